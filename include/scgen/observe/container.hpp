#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace scgen {

/// One life of a process's number in a container. A time that nobody knows is empty; so is the last of one that runs.
///
/// Units: milliseconds since the Unix epoch.
struct Stay {
    std::int32_t pid = 0;
    std::optional<std::int64_t> from_ms;
    std::optional<std::int64_t> until_ms;

    bool operator==(const Stay&) const = default;
};

/// A container and the processes that are known to be, or to have been, in it.
///
/// Shape: `pod` and `pod_namespace` are empty where it is in no pod; `pids` are the node's numbers, and empty where the
///        container had ended; `stays` are the lives of those of them whose times are known.
struct Container {
    std::string id;
    std::string pod_namespace;
    std::string pod;
    std::string name;
    std::set<std::int32_t> pids;
    std::vector<Stay> stays = {};

    bool operator==(const Container&) const = default;
};

/// "NAMESPACE/POD/NAME", or the name alone outside of pods. A container that was started again has the same.
std::string container_label(const Container& container);

/// "NAMESPACE/POD", or the container's name outside of pods.
std::string pod_label(const Container& container);

/// No longer list of containers is read: the pods of some thousand nodes.
inline constexpr std::size_t containers_max_bytes = std::size_t{64} << 20U;

/// Reads which containers there are, in the form that the content shows: {"containers": [{"id", "namespace", "pod",
/// "container", "pids", "processes": [{"pid", "from_ms", "until_ms"}]}]}, where processes, those of the pids whose times are
/// known, may be left out; or what programs print that know first processes (`runc list -f json`, `runc state`, `crictl
/// inspect`, `docker inspect`, `podman inspect`, `podman ps`), or names alone (`kubectl get pods`, `crictl ps`, `crictl
/// pods`). Several documents may follow one another.
///
/// Errors: Error naming `origin` and the place in it.
std::vector<Container> read_containers(std::string_view json, const std::string& origin);

/// What one file says; `origin` is its name.
struct Snapshot {
    std::string origin;
    std::vector<Container> containers;
};

/// Containers, in order of id, and in words what was said differently of one.
struct Joined {
    std::vector<Container> containers;
    std::vector<std::string> contradictions;
};

/// The containers of several snapshots, each once with all its pids.
Joined joined(const std::vector<Snapshot>& snapshots);

}  // namespace scgen
