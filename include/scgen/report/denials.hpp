#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "scgen/observe/observations.hpp"
#include "scgen/profile/profile.hpp"
#include "scgen/profile/replay.hpp"

namespace scgen {

/// A call that was denied while a program ran under a profile.
struct DeniedCall {
    Observed call;
    Evidence evidence;
    /// Names of the threads that made it.
    std::set<std::string> comms;
    /// What the profile makes of it. Allowed: another filter denied it, one that the program loaded itself.
    Replayed replayed;
    /// The profile denies it by a rule, and not because it says nothing of it.
    bool by_rule = false;

    /// Whether a profile that names the call would let it through.
    bool can_be_added() const noexcept;
    bool is_of_profile() const noexcept { return replayed.reply != Reply::allowed; }
};

/// What a profile did to the program that ran under it.
struct Denials {
    /// In the order in which they were first seen.
    std::vector<DeniedCall> calls;
    /// Logged and let through (SCMP_ACT_LOG): calls, and their records.
    std::uint64_t logged_calls = 0;
    std::uint64_t logged_records = 0;

    /// Those of the profile that a longer one would not deny.
    std::vector<DeniedCall> that_can_be_added() const;
    std::uint64_t of_profile() const noexcept;
};

/// Reads off what was seen which calls were denied and, by asking `profile`, why.
///
/// Errors: as Filter::compile.
Denials denials_of(const Observations& seen, const Profile& profile);

/// One row for each call; empty where there are none.
std::string denials_table(const Denials& denials);

/// What should be known before the calls that can be added are added, each in a sentence.
std::vector<std::string> cautions_of(const Denials& denials);

}  // namespace scgen
