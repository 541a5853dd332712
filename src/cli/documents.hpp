#pragma once

#include <string>

#include "scgen/profile/profile.hpp"
#include "terminal.hpp"

namespace scgen {

/// Reads the profile in the file at `path` and tells what runtimes would not obey in it.
///
/// Errors: Error naming the file.
Profile load_profile(const std::string& path, Terminal& terminal);

}  // namespace scgen
