#include "scgen/audit/machine.hpp"

#include <sys/utsname.h>

#include <fstream>
#include <iterator>
#include <sstream>

namespace scgen {
namespace {

std::optional<std::string> read_file(const char* path) {
    std::ifstream file(path);
    if (!file) return std::nullopt;
    return std::string(std::istreambuf_iterator<char>(file), {});
}

bool has_word(const std::string& text, const char* wanted) {
    std::istringstream words(text);
    for (std::string word; words >> word;)
        if (word == wanted) return true;
    return false;
}

}  // namespace

MachineFacts ask_machine() {
    MachineFacts out;
    if (utsname name{}; ::uname(&name) == 0) out.release = name.release;
    const std::string command_line = read_file("/proc/cmdline").value_or("");
    out.audit_off = has_word(command_line, "audit=0") || has_word(command_line, "audit=off");
    out.actions_logged = read_file("/proc/sys/kernel/seccomp/actions_logged");
    out.audit = audit_status();
    out.exclude_rules = audit_exclude_rules();
    return out;
}

}  // namespace scgen
