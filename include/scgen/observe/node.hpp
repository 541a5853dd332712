#pragma once

#include <string>

#include "scgen/observe/roster.hpp"

namespace scgen {

/// The containers of a node now. Looks under `root` ("/", or where the node's is mounted) for processes, for what runtimes
/// keep of containers, and for the kubelet's logs.
///
/// Shape:  what ends while this looks is left out, as if it had ended before.
/// Errors: Error where `root` has no processes to list.
NodeContainers containers_of_node(const std::string& root);

}  // namespace scgen
