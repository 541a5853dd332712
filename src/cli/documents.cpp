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
#include "scgen/text/json_value.hpp"

namespace scgen {
namespace {

[[noreturn]] void fail(const std::string& path, const char* what) {
    throw Error(path + ": " + what + ": " + std::strerror(errno));
}

/// At most a byte more than a document of its kind may have, so that whoever reads it sees that it is too long.
std::string read_text(const std::string& path, std::size_t most = json_max_bytes) {
    const std::size_t longest = most + 1;
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

std::vector<Container> load_containers(const std::vector<std::string>& paths, bool pids_wanted,
                                       Terminal& terminal) {
    std::vector<Snapshot> snapshots;
    std::string origins;
    for (const std::string& path : paths) {
        const std::string origin = name_of(path);
        snapshots.push_back({origin, read_containers(read_text(path, containers_max_bytes), origin)});
        origins += (origins.empty() ? "" : ", ") + origin;
    }
    Joined found = joined(snapshots);
    for (const std::string& contradiction : found.contradictions)
        terminal.warning("--containers: " + contradiction);
    const auto has_pids = [](const Container& container) { return !container.pids.empty(); };
    if (!paths.empty() && pids_wanted &&
        std::none_of(found.containers.begin(), found.containers.end(), has_pids))
        throw Error(
            origins +
            ": no process of any container is named, and records have nothing else. Add a file that does, "
            "taken on the node while they ran: --containers FILE of `scgen containers`, `runc list -f json` "
            "or "
            "`crictl inspect -o json $(crictl ps -q)`.");
    return std::move(found.containers);
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
