#pragma once

#include <string>
#include <vector>

#include "scgen/profile/validate.hpp"

namespace scgen {

/// A profile and what validate() found of it; names are hostile, the writers make them safe.
struct Validated {
    std::string profile;
    Validation validation;
};

/// "a.json: valid, 87 of 4096 instructions, 9313 calls compared", then a line for each finding.
std::string validation_text(const Validated& validated);

/// A JSON array of objects: profile, valid, instructions, compared, findings (severity, kind, what).
std::string validation_json(const std::vector<Validated>& all);

}  // namespace scgen
