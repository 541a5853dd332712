#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "scgen/observe/container.hpp"

namespace scgen {

/// The containers of a node, as its files tell of them now.
struct NodeContainers {
    /// In order of id. Those that only their processes' cgroups tell of have no name.
    std::vector<Container> containers;
    /// Processes whose cgroup this user may not read.
    std::uint64_t unreadable = 0;
    /// Folders of runtimes' state that this user may not read: names are missing.
    std::vector<std::string> hidden;
    /// Whether the process numbers are surely not the node's own, but those of a pid namespace.
    bool inner_pids = false;
};

/// Looks under `root` ("/", or where the node's is mounted) for processes, and for the state of runc and crun.
///
/// Shape:  what ends while this looks is left out, as if it had ended before.
/// Errors: Error where `root` has no processes to list; Error naming a state file that is not one.
NodeContainers containers_of_node(const std::string& root);

}  // namespace scgen
