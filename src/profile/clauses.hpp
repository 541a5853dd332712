#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "scgen/profile/profile.hpp"

namespace scgen {

/// What a filter returns: an action with the data that errno and trace carry. In a canonical profile the data
/// is there exactly for those two.
struct Verdict {
    Action action = Action::allow;
    std::optional<std::uint32_t> errno_ret;

    auto operator<=>(const Verdict&) const = default;
};

/// One rule, seen from one of its names.
struct Clause {
    std::vector<Comparison> args;
    Verdict verdict;

    bool unconditional() const noexcept { return args.empty(); }
    auto operator<=>(const Clause&) const = default;
};

/// The clauses of one name in the order in which a runtime adds them.
using Clauses = std::vector<Clause>;

/// A profile's rules turned inside out: name -> clauses, none empty.
using ClausesByName = std::map<std::string, Clauses>;

/// The verdict with its data made explicit: EPERM where errno or trace name none, nothing where an action
/// takes none.
Verdict verdict_of(Action action, std::optional<std::uint32_t> errno_ret) noexcept;

/// Whether a call under `action` takes place without anybody else deciding so.
constexpr bool permits(Action action) noexcept {
    return action == Action::allow || action == Action::log;
}

/// The one form of clauses that mean the same.
Clauses normalised(Clauses clauses);

/// The clauses of every name, normalised, without those that equal the default.
ClausesByName clauses_of(const Profile& profile);

/// The rules that give those clauses, names of equal clauses joined, in the order a canonical profile has
/// them.
std::vector<Rule> rules_of(const ClausesByName& clauses);

}  // namespace scgen
