// Records as `ausearch -i` prints them:
//
//   11/23/26 20:02:26.207:2162) : auid=unset uid=root gid=root ses=unset[ subj=CTX] pid=6637 comm=my app
//   exe=/x
//       sig=SIG0 arch=x86_64 syscall=openat compat=0 ip=0x7f74 code=log
//
// Names stand without quotes, so a comm may hold anything, " exe=" included. What is certain is read first:
// the six fields at the end hold no spaces and are taken from the right, the credentials from the left. In
// between, a comm has at most 15 bytes; where that still leaves two readings, the record is refused instead
// of guessed at (`ausearch --raw` has none of this). The date is the locale's, and no time zone is given:
// time_ms stays empty.
// Source: audit-userspace auparse/interpret.c and src/ausearch-report.c.
#include <array>
#include <utility>

#include "body.hpp"
#include "scgen/abi/arch.hpp"
#include "scgen/abi/syscall_table.hpp"

namespace scgen {
namespace {

constexpr std::size_t comm_bytes = 15;

/// Removes " key=VALUE" from the end of `text` and returns VALUE, which holds no space.
std::optional<std::string_view> last_field(std::string_view& text, std::string_view key) noexcept {
    const std::size_t at = text.rfind(key);
    if (at == std::string_view::npos) return std::nullopt;
    const std::string_view value = text.substr(at + key.size());
    if (value.empty() || value.find(' ') != std::string_view::npos) return std::nullopt;
    text = text.substr(0, at);
    return value;
}

/// The action libaudit names. Its "kill" is both kills: it masks the bit that tells them apart.
std::optional<Action> action_of_name(std::string_view name) noexcept {
    constexpr std::array<std::pair<std::string_view, Action>, 8> names{
        {{"log", Action::log},
         {"errno", Action::errno_},
         {"kill", Action::kill_process},
         {"kill-process", Action::kill_process},
         {"kill-thread", Action::kill_thread},
         {"trap", Action::trap},
         {"trace", Action::trace},
         {"user-notif", Action::notify}}};
    for (const auto& [known, action] : names)
        if (known == name) return action;
    return std::nullopt;
}

std::optional<std::int32_t> number_of(Arch arch, std::string_view name) noexcept {
    Cursor c{name};
    if (c.eat("unknown-syscall(")) {
        const auto nr = c.decimal<std::int32_t>();
        return nr && c.rest == ")" ? nr : std::nullopt;
    }
    return syscall_number_by_audit_name(arch, name);
}

/// How many bytes a name had before control characters were written as three octal digits.
std::size_t decoded_size(std::string_view text) noexcept {
    const auto octal = [&](std::size_t i) { return i < text.size() && text[i] >= '0' && text[i] <= '7'; };
    std::size_t bytes = 0;
    for (std::size_t i = 0; i < text.size(); ++bytes)
        i += text[i] == '\\' && octal(i + 1) && octal(i + 2) && octal(i + 3) ? 4U : 1U;
    return bytes;
}

/// Splits "COMM exe=EXE" where just one split leaves a comm short enough.
bool split_names(std::string_view text, Record& record) noexcept {
    constexpr std::string_view key = " exe=";
    std::size_t found = std::string_view::npos;
    for (std::size_t at = text.find(key); at != std::string_view::npos; at = text.find(key, at + 1)) {
        if (decoded_size(text.substr(0, at)) > comm_bytes) break;
        if (found != std::string_view::npos) return false;
        found = at;
    }
    if (found == std::string_view::npos) return false;
    record.comm = {Text::Form::plain, text.substr(0, found)};
    const std::string_view exe = text.substr(found + key.size());
    record.exe = exe == "(null)" ? Text{} : Text{Text::Form::plain, exe};
    return true;
}

bool parse_from_the_right(std::string_view& text, Record& record) noexcept {
    const auto code = last_field(text, " code=");
    const auto ip = code ? last_field(text, " ip=0x") : std::nullopt;
    const auto compat = ip ? last_field(text, " compat=") : std::nullopt;
    const auto syscall = compat ? last_field(text, " syscall=") : std::nullopt;
    const auto arch_text = syscall ? last_field(text, " arch=") : std::nullopt;
    const auto sig = arch_text ? last_field(text, " sig=") : std::nullopt;
    if (!sig) return false;

    const auto arch = arch_from_name(*arch_text);
    const auto nr = arch ? number_of(*arch, *syscall) : std::nullopt;
    const auto action = action_of_name(*code);
    Cursor address{*ip};
    record.ip = address.hex<std::uint64_t>();
    if (!nr || !action || !record.ip || !address.at_end()) return false;
    record.syscall = {arch_of(static_cast<std::uint32_t>(*arch), *nr), *nr};
    record.action = *action;
    if (*sig == "SIG0") record.sig = 0;
    if (*sig == "SIGSYS") record.sig = 31;
    return true;
}

bool parse_from_the_left(Cursor& c, Record& record) noexcept {
    for (const std::string_view key : {"auid=", " uid=", " gid=", " ses="}) {
        if (!c.eat(key)) return false;
        c.take_while([](char ch) { return ch != ' '; });
    }
    if (c.eat(" subj=")) {
        const std::size_t end = c.rest.find(" pid=");
        if (end == std::string_view::npos) return false;
        record.subj = c.take(end);
    }
    if (!c.eat(" pid=")) return false;
    const auto pid = c.decimal<std::int32_t>();
    if (!pid || *pid < 0 || !c.eat(" comm=")) return false;
    record.pid = *pid;
    return true;
}

}  // namespace

Outcome parse_interpreted_body(std::string_view text, Record& record) noexcept {
    const std::size_t end = text.find(") : ");
    const std::size_t colon = text.substr(0, end).rfind(':');
    if (end == std::string_view::npos || colon == std::string_view::npos) return Outcome::malformed;
    Cursor serial{text.substr(colon + 1, end - colon - 1)};
    record.serial = serial.decimal<std::uint32_t>();
    if (!record.serial || !serial.at_end()) return Outcome::malformed;

    std::string_view fields = text.substr(end + 4);
    while (fields.ends_with(' '))
        fields.remove_suffix(1);
    if (fields.rfind(" code=") == std::string_view::npos) return Outcome::truncated;
    if (!parse_from_the_right(fields, record)) return Outcome::malformed;
    Cursor c{fields};
    return parse_from_the_left(c, record) && split_names(c.rest, record) ? Outcome::observed
                                                                         : Outcome::malformed;
}

}  // namespace scgen
