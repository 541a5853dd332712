#pragma once

#include <map>
#include <set>
#include <string>

#include "clauses.hpp"
#include "scgen/profile/profile.hpp"

namespace scgen {

/// What a fleet of mixed kernels, libcs and ABIs may call in place of what was seen.
struct Wider {
    /// To be added to what is said of these names.
    ClausesByName clauses;
    /// Why, for every name in `clauses`.
    std::map<std::string, std::string> reasons;
};

/// The calls of the same power as those `seen`, and substitutes under conditions that keep them to what they
/// stand for, for a profile of these ABIs (none: the native one). Of names in `deny`, nothing.
///
/// Source: syscall-tables/siblings.tsv, multiplexed.tsv.
Wider same_power(const std::set<std::string>& seen, const std::set<Arch>& archs,
                 const std::set<std::string>& deny);

/// The calls to answer with EPERM where unknown ones get ENOSYS, each with the reason: those of high or
/// medium risk that `allowed` does not have. A program takes ENOSYS for "not here" and EPERM for "not
/// allowed".
///
/// Source: syscall-tables/risks.tsv; containers-common's default has such a list.
std::map<std::string, std::string> forbidden(const std::set<std::string>& allowed);

}  // namespace scgen
