#pragma once

#include <string>
#include <vector>

#include "scgen/observe/witnesses.hpp"
#include "scgen/profile/generate.hpp"
#include "scgen/report/json_text.hpp"
#include "scgen/report/summary.hpp"

namespace scgen {

/// The evidence for each call of a workload, for people: how often, when, by whom, and a line of the log.
///
/// Shape: `name` is escaped. `wanted` are globs over names and numbers of calls; none is every call.
std::string explanation_text(const std::string& name, const Workload& workload, const Witnesses& witnesses,
                             const std::vector<std::string>& wanted);

/// The same of all workloads, as a JSON array: workload, calls (syscall, nr, arch, action, count, first, last, pids,
/// processes, comms, startup, risk, sample).
std::string explanation_json(const std::vector<Workload>& workloads, const Witnesses& witnesses,
                             const std::vector<std::string>& wanted);

/// A workload and the profile that was made for it.
struct Explained {
    const Workload* workload;
    const Generated* generated;
};

/// Why everything is in the profiles that is, as one JSON object: input (lines by outcome), workloads, each as in
/// explanation_json() with what was added unseen and what was answered with EPERM, and the reasons.
std::string evidence_json(const std::vector<Explained>& explained, const Witnesses& witnesses,
                          const InputFacts& facts);

}  // namespace scgen
