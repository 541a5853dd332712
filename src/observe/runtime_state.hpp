#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "scgen/observe/cgroup.hpp"
#include "scgen/observe/container.hpp"

namespace scgen {

/// What the runtimes of a node keep of their containers, under the node's root: runc, crun, containerd, CRI-O, Podman and
/// Docker.
class RuntimeState {
  public:
    explicit RuntimeState(std::string root) : root_(std::move(root)) {}

    /// Changes whenever containers come or go.
    using Version = std::vector<std::int64_t>;
    Version version() const;

    /// Lists the containers that have a state now.
    ///
    /// Shape:  the folders that this user may not read are left in `hidden`.
    ContainerIds ids(std::vector<std::string>& hidden) const;

    /// Gives a container the names that its runtime knows; it stays as it is where none is found. What is wrong with a file
    /// that is none (or is being written) is added to `faults`.
    void take_names(Container& container, std::set<std::string>& faults) const;

  private:
    std::string root_;
};

}  // namespace scgen
