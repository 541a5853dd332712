#pragma once

#include <string>
#include <vector>

namespace scgen {

/// Runs the command line `words`, the program's name left out, and returns the exit code; all failures are
/// told on standard error.
int run_program(const std::vector<std::string>& words);

}  // namespace scgen
