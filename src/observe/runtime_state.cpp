#include "runtime_state.hpp"

#include <sys/stat.h>

#include <array>
#include <filesystem>
#include <map>
#include <optional>
#include <string_view>
#include <system_error>

#include "proc_file.hpp"
#include "scgen/error.hpp"
#include "scgen/text/json_value.hpp"

// Names are annotations that the kubelet, containerd and CRI-O gave the container; runc keeps them in its state, crun a
// copy of the config.json. Docker and Podman keep names of their own.
//
// Source: runc keeps annotations as "KEY=VALUE" in config.labels of state.json (libcontainer/specconv); crun keeps a
//         copy of config.json beside its status; Docker container/container.go (config.v2.json); containers/storage
//         containers.go (containers.json).

namespace scgen {
namespace {

namespace fs = std::filesystem;

constexpr DocumentKind state_document{"container state", "the state of a container is wanted"};

/// Where runtimes keep a folder for each container: by themselves, and under containerd, Docker and CRI-O.
constexpr std::array<std::string_view, 5> state_folders{"run/runc", "run/crun", "run/containerd/runc/k8s.io",
                                                        "run/containerd/runc/moby",
                                                        "run/docker/runtime-runc/moby"};
/// Where containers/storage keeps its list, by driver.
constexpr std::array<std::string_view, 3> storage_lists{
    "var/lib/containers/storage/overlay-containers/containers.json",
    "var/lib/containers/storage/vfs-containers/containers.json",
    "var/lib/containers/storage/btrfs-containers/containers.json"};

using Annotations = std::map<std::string, std::string>;

const JsonValue* find(const JsonValue* object, std::string_view key) {
    return object == nullptr ? nullptr : object->find(key);
}

/// runc: an array of "KEY=VALUE".
Annotations labels_of(const JsonValue& state) {
    Annotations annotations;
    const JsonValue* const labels = find(state.find("config"), "labels");
    if (labels == nullptr) return annotations;
    for (const JsonValue& label : labels->items)
        if (const auto equals = label.text.find('='); equals != std::string::npos)
            annotations[label.text.substr(0, equals)] = label.text.substr(equals + 1);
    return annotations;
}

/// crun, and Docker's labels: an object.
Annotations annotations_of(const JsonValue* found) {
    Annotations annotations;
    for (std::size_t i = 0; found != nullptr && i < found->keys.size(); ++i)
        annotations[found->keys[i]] = found->items[i].text;
    return annotations;
}

void take(Container& container, const Annotations& annotations) {
    const auto get = [&annotations](std::string& into, const char* key) {
        if (const auto found = annotations.find(key); found != annotations.end()) into = found->second;
    };
    get(container.pod_namespace, "io.kubernetes.pod.namespace");
    get(container.pod, "io.kubernetes.pod.name");
    get(container.name, "io.kubernetes.container.name");
    get(container.pod_namespace, "io.kubernetes.cri.sandbox-namespace");
    get(container.pod, "io.kubernetes.cri.sandbox-name");
    get(container.name, "io.kubernetes.cri.container-name");
}

void take_docker(Container& container, const JsonValue& config) {
    if (const JsonValue* const name = config.find("Name")) {
        container.name = name->text;
        if (container.name.starts_with('/')) container.name.erase(0, 1);
    }
    take(container, annotations_of(find(config.find("Config"), "Labels")));
}

/// An array of {"id", "names": [..]}.
void take_storage(Container& container, const JsonValue& list) {
    for (const JsonValue& each : list.items) {
        const JsonValue* const id = each.find("id");
        const JsonValue* const names = each.find("names");
        if (id != nullptr && id->text == container.id && names != nullptr && !names->items.empty())
            container.name = names->items.front().text;
    }
}

std::optional<JsonValue> read(const fs::path& path, std::set<std::string>& faults) {
    const auto text = read_proc_file(path.string(), json_max_bytes + 1);
    if (!text) return std::nullopt;
    try {
        return parse_json(*text, path.string(), state_document);
    } catch (const Error& error) {
        faults.insert(error.what());
        return std::nullopt;
    }
}

}  // namespace

RuntimeState::Version RuntimeState::version() const {
    Version version;
    for (const std::string_view folder : state_folders) {
        struct stat status {};
        if (::stat((root_ + "/" + std::string(folder)).c_str(), &status) != 0) continue;
        // A folder's links count the folders in it, which may change twice within one tick of its clock.
        for (const auto number : {status.st_mtim.tv_sec, status.st_mtim.tv_nsec})
            version.push_back(number);
        version.push_back(static_cast<std::int64_t>(status.st_nlink));
    }
    return version;
}

ContainerIds RuntimeState::ids(std::vector<std::string>& hidden) const {
    ContainerIds ids;
    for (const std::string_view folder : state_folders) {
        std::error_code error;  // a runtime that is not here has no folder
        fs::directory_iterator entry(fs::path(root_) / folder, error);
        for (; !error && entry != fs::directory_iterator(); entry.increment(error)) {
            std::error_code unknown;
            if (entry->is_directory(unknown)) ids.insert(entry->path().filename().string());
        }
        if (error == std::errc::permission_denied) hidden.emplace_back(folder);
    }
    return ids;
}

void RuntimeState::take_names(Container& container, std::set<std::string>& faults) const {
    // An id is part of a path here, and may come from the name of a control group.
    if (container.id.empty() || container.id.front() == '.' || container.id.find('/') != std::string::npos)
        return;
    const fs::path root(root_);
    for (const std::string_view folder : state_folders) {
        const fs::path of_container = root / folder / container.id;
        if (const auto state = read(of_container / "state.json", faults))
            take(container, labels_of(*state));
        else if (const auto config = read(of_container / "config.json", faults))
            take(container, annotations_of(config->find("annotations")));
    }
    if (container.name.empty())
        if (const auto docker =
                read(root / "var/lib/docker/containers" / container.id / "config.v2.json", faults))
            take_docker(container, *docker);
    for (const std::string_view list : storage_lists)
        if (container.name.empty())
            if (const auto storage = read(root / list, faults)) take_storage(container, *storage);
}

}  // namespace scgen
