#pragma once

#include <map>
#include <string>
#include <vector>

#include "processes.hpp"
#include "scgen/observe/container.hpp"

namespace scgen {

/// Which container each process is in, by index; null where that is not known.
///
/// Shape: points into the containers it was made of, and into its own, which are known by SELinux labels alone.
struct Placement {
    std::vector<const Container*> container_of;
    /// By level; they have names, and no ids.
    std::map<std::string, Container> labelled = {};
    /// The log names several hosts: pids are one host's own, so nothing is placed.
    bool several_hosts = false;
};

/// Places processes by their pids, and their children by what they began as.
Placement place(const Processes& all, const std::vector<Container>& containers);

}  // namespace scgen
