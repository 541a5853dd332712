#pragma once

#include <string>
#include <vector>

#include "scgen/profile/generate.hpp"
#include "scgen/profile/replay.hpp"

namespace scgen {

/// A call of a workload, and what becomes of it under the profile that is checked.
struct CheckedCall {
    std::string workload;
    Observed call;
    Evidence evidence;
    Replayed replayed;
};

/// What a check found, each list in order of workload and call.
struct CheckResult {
    /// Would be denied: the answer is no.
    std::vector<CheckedCall> findings;
    /// Hang on arguments, or on somebody else's decision, or have no ABI: nobody can tell.
    std::vector<CheckedCall> undecided;
    /// Were denied when they were recorded, and would not be now.
    std::vector<CheckedCall> allowed_now;
    std::uint64_t calls = 0;
};

/// Asks `replay` about every call of `workloads` whose action `replayed` takes.
CheckResult check(const std::vector<Workload>& workloads, const Replay& replay, Learn replayed);

/// Why a call gets the reply that it gets: "not allowed", "the profile does not list this ABI".
std::string why_text(Syscall syscall, const Replayed& replayed);

/// Findings as a table, one row each; empty where there are none.
std::string check_table(const CheckResult& result);

/// The same as one JSON object: profile, findings, undecided, allowed_now.
std::string check_json(const std::string& profile, const CheckResult& result);

/// What is to be said besides: what nobody can tell, and what is no longer denied.
std::vector<std::string> check_remarks(const CheckResult& result);

}  // namespace scgen
