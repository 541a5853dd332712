#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "options.hpp"
#include "scgen/observe/attribution.hpp"
#include "scgen/observe/observations.hpp"
#include "scgen/profile/generate.hpp"
#include "scgen/report/completeness.hpp"

namespace scgen {

/// A workload with the profile made for it.
struct Made {
    /// For messages, escaped.
    std::string name;
    Workload workload;
    Generated generated;
    /// What --compile warns of.
    std::vector<std::string> doubts;
    /// Its start was recorded with no_new_privs, and without it a container makes calls that the profile lacks.
    bool needs_no_new_privs = false;
};

/// What generate makes of the observations: profiles, or why there are none.
struct Judgement {
    /// 0: `made` is the answer; 1: the answer is no; 2: the question must be asked differently.
    int exit_code = 0;
    std::vector<Made> made;
    /// Workloads that got no profile, each with the reason.
    std::vector<std::string> skipped;
    /// Names of those in `made` whose start was not recorded, so that a container would not start under the profile.
    std::vector<std::string> unstarted;
    /// Of those that were not recorded from the start on either, the names of those that executed something themselves:
    /// one runtime could start a container under their profile, under one condition.
    std::vector<std::string> barely_started;
    /// Container start-up that belongs to no workload.
    Workload unattributed;
    /// What to say of processes in no container known, where containers are asked for; empty where there are none.
    std::string unplaced;
    /// Records of its workloads that bear a number without a name.
    std::uint64_t unnamed = 0;
    /// Why the answer is no, and what to do.
    std::vector<std::string> errors;
    /// The table to choose from, when there is a choice to make.
    std::string table;
};

/// The exit code for an input without a record: 2 where its format holds no system calls and another must be
/// asked for, else 1.
int no_record_exit_code(const Tally& tally) noexcept;

/// Whether everything goes into one profile, by default or by request.
GroupBy group_of(const Options& options) noexcept;

/// Attributes, selects and generates, as the options of `scgen generate` ask.
///
/// Law:    a verdict of 0 has at least one profile, and every profile in it has learned something; under --strict nothing
///         was lost.
Judgement judge(const Observations& observations, const InputFacts& facts, const Options& options);

/// What to say of patterns that matched nothing.
std::vector<std::string> unmatched_errors(const std::vector<Attribution::Unmatched>& unmatched);

/// Why there is no workload to speak of: no record, a pattern that matches nothing, or patterns that match nothing
/// together. No errors: there is one.
struct Nothing {
    std::vector<std::string> errors;
    int exit_code = 1;
};
Nothing nothing_found(const InputFacts& facts, const Attribution& found);

/// What to say where --strict meets a loss.
std::string strict_error(const Completeness& completeness, std::string_view consequence);

/// What to say of container start-up that belongs to no workload; empty where there is none.
std::string unattributed_text(const Workload& unattributed);

/// What to say of processes that are in no container known; empty where there are none.
std::string unplaced_text(const Attribution::Unplaced& unplaced, const KnownContainers& containers);

}  // namespace scgen
