#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "scgen/profile/profile.hpp"

namespace scgen {

/// What a profile does with one call.
struct Stance {
    enum class Kind : std::uint8_t { denied, conditional, allowed };
    Kind kind = Kind::denied;
    /// What befalls the call, where conditional: when no condition holds.
    Action action = Action::errno_;
    std::optional<std::uint32_t> errno_ret;
    /// The rules with conditions, in their order.
    std::vector<Rule> conditions;

    bool operator==(const Stance&) const = default;
};

/// One call of which two profiles say different things.
struct Difference {
    std::string syscall;
    Stance ours;
    Stance baseline;
};

/// How a profile differs from a baseline, call by call, each list in order of name.
struct ProfileDiff {
    /// Let through here and not there, if only with some arguments, and nothing the other way round.
    std::vector<Difference> loosened;
    std::vector<Difference> tightened;
    /// Conditions that let through here what they do not there, and the other way round too, or that cannot
    /// be compared.
    std::vector<Difference> conditions;
    /// Neither looser nor tighter, but answered otherwise: another errno, a kill, a record in the log.
    std::vector<Difference> answers;
    /// ABIs that one of them lists and the other does not: there the other kills every call.
    std::set<Arch> archs_loosened;
    std::set<Arch> archs_tightened;
    /// Calls that the baseline lets through, with some arguments at least, and how many of them are denied
    /// here.
    std::size_t baseline_surface = 0;
    std::size_t surface_gone = 0;

    bool same() const noexcept {
        return loosened.empty() && tightened.empty() && conditions.empty() && answers.empty() &&
               archs_loosened.empty() && archs_tightened.empty();
    }
};

/// Compares what both do with every call of the ABIs that either lists; an empty list is `native` alone.
///
/// Shape: a call that only ABIs know which a profile does not list is denied by it. Names that no ABI
/// concerned
///        knows are not looked at, for runtimes skip them. Order matters where conditions of several actions
///        overlap: the first that holds counts.
/// Law:   diff(p, p).same(); loosened of (a, b) is tightened of (b, a).
ProfileDiff diff(const Profile& ours, const Profile& baseline, Arch native = native_arch());

}  // namespace scgen
