#pragma once

#include <string>

#include "scgen/profile/diff.hpp"

namespace scgen {

/// A diff and what to call its sides. Names are hostile; the writers make them safe.
struct NamedDiff {
    std::string profile;
    /// "containerd 2.3.4's default", or a file.
    std::string baseline;
    /// What the baseline was resolved for; empty for a file.
    std::string host;
    ProfileDiff diff;
};

/// For people: what was loosened first, and why each of it matters; `verbose` names every call that was tightened.
std::string diff_text(const NamedDiff& named, bool verbose);

/// One JSON object: profile, baseline, host, same, loosened, tightened, conditions and answers (arrays of objects with
/// syscall, reason, risk, here, there), architectures, surface.
std::string diff_json(const NamedDiff& named);

/// The same for a pull request: loosened calls as a table.
std::string diff_markdown(const NamedDiff& named);

}  // namespace scgen
