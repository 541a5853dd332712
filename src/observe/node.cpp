#include "scgen/observe/node.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <string_view>
#include <system_error>

#include "scgen/error.hpp"
#include "scgen/text/json_value.hpp"

// A process's cgroup names its container: every runtime makes a group with the id in its name, 64 hex digits
// ("/kubepods/.../ID", "docker-ID.scope", "cri-containerd-ID.scope", "libpod-ID.scope/container"). Groups in groups are
// containers in containers: the innermost counts. "conmon" in the name is a runtime's monitor, outside of it. Other ids
// are known from the runtimes' state, which also has the names that kubelet and containerd gave as annotations.
//
// Source: runc keeps annotations as "KEY=VALUE" in config.labels of state.json (libcontainer/specconv); crun keeps a
//         copy of config.json beside its status; PROC_PID_INIT_INO in the kernel's include/linux/proc_ns.h.

namespace scgen {
namespace {

namespace fs = std::filesystem;

constexpr DocumentKind state_document{"container state", "the state of a container is wanted"};

/// Where runtimes keep a folder for each container: by themselves, and under containerd, Docker and CRI-O.
constexpr std::array<std::string_view, 5> state_folders{"run/runc", "run/crun", "run/containerd/runc/k8s.io",
                                                        "run/containerd/runc/moby",
                                                        "run/docker/runtime-runc/moby"};

/// Nothing where the file is not there, or may not be read.
std::optional<std::string> read_file(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) return std::nullopt;
    std::string text;
    std::array<char, 65'536> buffer{};
    while (text.size() <= json_max_bytes && file.read(buffer.data(), buffer.size()).gcount() > 0)
        text.append(buffer.data(), static_cast<std::size_t>(file.gcount()));
    return text;
}

using Annotations = std::map<std::string, std::string>;

/// runc: an array of "KEY=VALUE".
Annotations labels_of(const JsonValue& state) {
    Annotations annotations;
    const JsonValue* const config = state.find("config");
    const JsonValue* const labels = config == nullptr ? nullptr : config->find("labels");
    if (labels == nullptr) return annotations;
    for (const JsonValue& label : labels->items)
        if (const auto equals = label.text.find('='); equals != std::string::npos)
            annotations[label.text.substr(0, equals)] = label.text.substr(equals + 1);
    return annotations;
}

/// crun: an object.
Annotations annotations_of(const JsonValue& config) {
    Annotations annotations;
    const JsonValue* const found = config.find("annotations");
    for (std::size_t i = 0; found != nullptr && i < found->keys.size(); ++i)
        annotations[found->keys[i]] = found->items[i].text;
    return annotations;
}

void take_names(Container& container, const Annotations& annotations) {
    const auto take = [&annotations](std::string& into, const char* key) {
        if (const auto found = annotations.find(key); found != annotations.end()) into = found->second;
    };
    take(container.pod_namespace, "io.kubernetes.pod.namespace");
    take(container.pod, "io.kubernetes.pod.name");
    take(container.name, "io.kubernetes.container.name");
    take(container.pod_namespace, "io.kubernetes.cri.sandbox-namespace");
    take(container.pod, "io.kubernetes.cri.sandbox-name");
    take(container.name, "io.kubernetes.cri.container-name");
}

using ById = std::map<std::string, Container>;

/// False where there is a folder that may not be read.
bool read_states(const fs::path& folder, ById& containers) {
    std::error_code error;  // a runtime that is not here has no folder
    for (fs::directory_iterator entry(folder, error); entry != fs::directory_iterator();
         entry.increment(error)) {
        const fs::path state = entry->path() / "state.json";
        const fs::path config = entry->path() / "config.json";
        Container container;
        container.id = entry->path().filename().string();
        if (const auto text = read_file(state))
            take_names(container, labels_of(parse_json(*text, state.string(), state_document)));
        else if (const auto copy = read_file(config))
            take_names(container, annotations_of(parse_json(*copy, config.string(), state_document)));
        else
            continue;
        containers[container.id] = container;
    }
    return error != std::errc::permission_denied;
}

bool is_hex(char c) noexcept {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
}

/// The run of exactly 64 hex digits in a group's name.
std::string_view long_id_in(std::string_view name) noexcept {
    constexpr std::size_t digits = 64;
    for (std::size_t begin = 0; begin < name.size();) {
        if (!is_hex(name[begin])) {
            ++begin;
            continue;
        }
        std::size_t end = begin;
        while (end < name.size() && is_hex(name[end]))
            ++end;
        if (end - begin == digits) return name.substr(begin, digits);
        begin = end;
    }
    return {};
}

/// The container that a cgroup path is in; empty for none.
std::string container_in(std::string_view path, const ById& known) {
    while (!path.empty()) {
        const std::size_t slash = path.rfind('/');
        const std::string name(path.substr(slash == std::string_view::npos ? 0 : slash + 1));
        if (name.find("conmon") != std::string::npos) return {};
        if (known.contains(name)) return name;
        if (const std::string_view id = long_id_in(name); !id.empty()) return std::string(id);
        path = path.substr(0, slash == std::string_view::npos ? 0 : slash);
    }
    return {};
}

/// The container that /proc/PID/cgroup tells of; lines are "HIERARCHY:CONTROLLERS:PATH".
std::string container_of(std::string_view cgroup, const ById& known) {
    while (!cgroup.empty()) {
        const std::string_view line = cgroup.substr(0, cgroup.find('\n'));
        const std::size_t first = line.find(':');
        const std::size_t second = first == std::string_view::npos ? first : line.find(':', first + 1);
        if (second != std::string_view::npos)
            if (std::string id = container_in(line.substr(second + 1), known); !id.empty()) return id;
        cgroup.remove_prefix(std::min(line.size() + 1, cgroup.size()));
    }
    return {};
}

std::optional<std::int32_t> pid_of(const std::string& name) {
    constexpr std::size_t most_digits = 9;
    const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
    if (name.empty() || name.size() > most_digits || !std::all_of(name.begin(), name.end(), is_digit))
        return std::nullopt;
    return std::stoi(name);
}

bool has_inner_pids(const fs::path& proc) {
    std::error_code unknown;
    const std::string space = fs::read_symlink(proc / "1/ns/pid", unknown).string();
    return !unknown && space != "pid:[4026531836]";
}

}  // namespace

NodeContainers containers_of_node(const std::string& root) {
    const fs::path node(root);
    ById containers;
    NodeContainers found;
    for (const std::string_view folder : state_folders)
        if (!read_states(node / folder, containers)) found.hidden.emplace_back(folder);
    std::error_code error;
    fs::directory_iterator processes(node / "proc", error);
    if (error)
        throw Error((node / "proc").string() + ": list the processes: " + error.message() +
                    "; --root takes the folder in which the node's / is");
    for (; processes != fs::directory_iterator(); processes.increment(error)) {
        const auto pid = pid_of(processes->path().filename().string());
        if (!pid) continue;
        errno = 0;
        const auto cgroup = read_file(processes->path() / "cgroup");
        if (!cgroup) {
            if (errno == EACCES) ++found.unreadable;
            continue;
        }
        const std::string id = container_of(*cgroup, containers);
        if (id.empty()) continue;
        Container& container = containers.try_emplace(id, Container{id, {}, {}, {}, {}}).first->second;
        container.pids.insert(*pid);
    }
    for (auto& [id, container] : containers)
        found.containers.push_back(std::move(container));
    found.inner_pids = has_inner_pids(node / "proc");
    return found;
}

}  // namespace scgen
