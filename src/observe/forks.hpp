#pragma once

#include "processes.hpp"

namespace scgen {

/// Gives each fork of a named thread its parent: a process that never called exec and bears only names of
/// another one's threads, with the same exe on the same host.
///
/// Shape: of several that it could come from, the one that began last before it.
void find_forks(Processes& all);

}  // namespace scgen
