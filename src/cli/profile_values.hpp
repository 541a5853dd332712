#pragma once

#include "values.hpp"

namespace scgen {

/// What `scgen generate` makes of workloads.
///
/// Errors: as Values.
void read_generation(const Values& values, Options& options);

/// Which profiles a command reads, and for which host; takes them off the front of `words`, the logs stay.
///
/// Errors: as Values; Error where too few or too many profiles are named.
void read_profiles(const Values& values, std::vector<std::string>& words, Options& options);

}  // namespace scgen
