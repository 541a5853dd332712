#pragma once

#include "values.hpp"

namespace scgen {

/// The ABI that `word` names, as a value of --arch.
///
/// Errors: as Values; Error for an ABI that no profile can name.
Arch to_profile_arch(const std::string& word);

/// What `runtime` was measured to call in starting a container.
///
/// Errors: Error that names what was measured, for another runtime or a version before all of those.
RuntimeCalls measured_calls(const RuntimeChoice& runtime);

/// What `scgen generate` makes of workloads.
///
/// Errors: as Values.
void read_generation(const Values& values, Options& options);

/// Under which profile `scgen run` runs its command, resolved for this machine.
///
/// Errors: as Values.
void read_profile_of_run(const Values& values, Options& options);

/// Which profiles a command reads, and for which host; takes them off the front of `words`, the logs stay.
///
/// Errors: as Values; Error where too few or too many profiles are named.
void read_profiles(const Values& values, std::vector<std::string>& words, Options& options);

}  // namespace scgen
