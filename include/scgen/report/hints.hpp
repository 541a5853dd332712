#pragma once

#include <string>
#include <vector>

#include "scgen/report/input_facts.hpp"

namespace scgen {

/// Why there may be no record of seccomp in a log, each reason a sentence or two that ends with what to do. Empty where
/// nothing points to a reason.
std::vector<std::string> no_record_hints(const InputFacts& facts);

}  // namespace scgen
