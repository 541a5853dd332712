#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace scgen {

/// A container and the processes that a snapshot knows to be in it.
///
/// Shape: `pod` and `pod_namespace` are empty where it is in no pod; `pids` are the node's numbers, and empty where the
///        container had ended.
struct Container {
    std::string id;
    std::string pod_namespace;
    std::string pod;
    std::string name;
    std::set<std::int32_t> pids;

    bool operator==(const Container&) const = default;
};

/// "NAMESPACE/POD/NAME", or the name alone outside of pods. A container that was started again has the same.
std::string container_label(const Container& container);

/// "NAMESPACE/POD", or the container's name outside of pods.
std::string pod_label(const Container& container);

/// Reads which containers there are, in the form that the content shows: {"containers": [{"id", "namespace", "pod",
/// "container", "pids"}]}, or what `runc list -f json`, `runc state`, `crictl inspect`, `docker inspect` and
/// `podman inspect` print. These know first processes only.
///
/// Errors: Error naming `origin` and the place in it.
std::vector<Container> read_containers(std::string_view json, const std::string& origin);

/// The containers of several snapshots, each once with all its pids.
std::vector<Container> joined(const std::vector<std::vector<Container>>& snapshots);

}  // namespace scgen
