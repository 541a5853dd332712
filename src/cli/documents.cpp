#include "documents.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "scgen/error.hpp"
#include "scgen/profile/baseline.hpp"
#include "scgen/profile/json.hpp"

namespace scgen {
namespace {

[[noreturn]] void fail(const std::string& path, const char* what) {
    throw Error(path + ": " + what + ": " + std::strerror(errno));
}

/// At most a byte more than a profile may have, so that read_profile() sees that it is too long.
std::string read_text(const std::string& path) {
    constexpr std::size_t longest = (std::size_t{8} << 20U) + 1;
    const int fd = path == "-" ? ::dup(STDIN_FILENO) : ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) fail(path, "open");
    std::string text;
    std::array<char, 65'536> buffer{};
    while (text.size() < longest) {
        const ssize_t got = ::read(fd, buffer.data(), buffer.size());
        if (got == 0) break;
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) {
            const int error = errno;
            ::close(fd);
            errno = error;
            fail(path, "read");
        }
        text.append(buffer.data(), static_cast<std::size_t>(got));
    }
    ::close(fd);
    return text;
}

std::string name_of(const std::string& path) {
    return path == "-" ? "standard input" : path;
}

/// A profile in Docker's form says the same of every rule; the first few tell enough.
void tell_notes(const std::string& origin, const std::vector<std::string>& notes, Terminal& terminal) {
    constexpr std::size_t most = 8;
    for (std::size_t i = 0; i < std::min(notes.size(), most); ++i)
        terminal.note(origin + ": " + notes[i]);
    if (notes.size() > most)
        terminal.note(
            origin + ": and " + std::to_string(notes.size() - most) +
            " more notes of this kind. `--engine docker` or `--engine podman` reads a profile as those do.");
}

Arch arch_or_native(const ProfileInput& input) {
    return input.arch.value_or(native_arch());
}

}  // namespace

Profile load_profile(const std::string& path, Terminal& terminal) {
    const std::string origin = name_of(path);
    ProfileDocument document = read_profile(read_text(path), origin);
    tell_notes(origin, document.notes, terminal);
    return document.profile;
}

Profile load_profile(const std::string& path, const ProfileInput& input, Terminal& terminal) {
    const Engine engine = input.engine.value_or(Engine::containerd);
    if (engine == Engine::containerd) return load_profile(path, terminal);
    const std::string origin = name_of(path);
    const DockerProfile document = read_docker_profile(read_text(path), origin);
    tell_notes(origin, document.notes, terminal);
    Host host = host_of(input, arch_or_native(input), engine == Engine::docker ? "docker" : "podman");
    host.engine = engine;
    return resolve(document, host);
}

std::vector<Container> load_containers(const std::vector<std::string>& paths) {
    std::vector<std::vector<Container>> snapshots;
    for (const std::string& path : paths)
        snapshots.push_back(read_containers(read_text(path), name_of(path)));
    return joined(snapshots);
}

Host host_of(const ProfileInput& input, Arch native, const std::string& runtime) {
    Host host;
    host.arch = input.arch.value_or(native);
    host.kernel = input.kernel;
    if (input.default_caps) host.caps = default_capabilities(runtime);
    host.caps.insert(input.caps.begin(), input.caps.end());
    if (input.all_caps)
        for (const std::string_view name : capability_names())
            host.caps.emplace(name);
    host.privileged = input.privileged;
    return host;
}

}  // namespace scgen
