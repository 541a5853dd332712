#include "written.hpp"

#include <unistd.h>

#include "output.hpp"
#include "scgen/error.hpp"
#include "terminal.hpp"

namespace scgen {

Written written_as(const Profile& profile, const std::string& name, const Options& options) {
    return emit(profile, options.form, {name, options.profiles.arch});
}

std::string_view extension_of(Format form) noexcept {
    switch (form) {
        case Format::oci:
        case Format::k8s: return ".json";
        case Format::spo: return ".yaml";
        case Format::systemd: return ".conf";
        case Format::minijail: return ".policy";
        case Format::firejail: return ".profile";
        case Format::names: return ".txt";
        case Format::c: return ".c";
        case Format::bpf: return ".bpf";
        case Format::pfc: return ".pfc";
    }
    return {};
}

std::string without_json(std::string path) {
    const std::string_view json = extension_of(Format::oci);
    if (path.ends_with(json)) path.resize(path.size() - json.size());
    return path;
}

void write_result(const std::string& bytes, const Options& options) {
    if (options.file) {
        replace_file(*options.file, bytes);
        return;
    }
    if (options.form == Format::bpf && ::isatty(STDOUT_FILENO) == 1)
        throw Error("bpf is binary, and standard output is a terminal; name a file with -o, or redirect.");
    put(bytes);
}

}  // namespace scgen
