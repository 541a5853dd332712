#include "verdict.hpp"

#include <algorithm>
#include <utility>

#include "scgen/profile/validate.hpp"
#include "scgen/report/completeness.hpp"
#include "scgen/report/escape.hpp"
#include "scgen/report/nearest.hpp"
#include "scgen/report/summary.hpp"
#include "scgen/report/table.hpp"
#include "scgen/report/workloads.hpp"

// A profile for the wrong workload is worse than none: it is believed. So nothing here guesses. One file and
// several workloads is a question back to the user, a name that matches nothing is a no even if another name
// matched, and what taught nothing gets no profile, because an empty allow list stops everything.

namespace scgen {
namespace {

constexpr const char* nothing_placed =
    "no process of the log is known to be in a container. --containers must be taken on the log's host, "
    "while "
    "they run.";

/// The workload without what only its container runtime did before it began.
Workload without_startup(Workload workload) {
    for (const auto& [observed, evidence] : workload.startup) {
        const auto found = workload.calls.find(observed);
        if (found == workload.calls.end()) continue;
        if (found->second.count <= evidence.count)
            workload.calls.erase(found);
        else
            found->second.count -= evidence.count;
    }
    workload.startup.clear();
    return workload;
}

Judgement no(std::vector<std::string> reasons) {
    Judgement verdict;
    verdict.exit_code = 1;
    verdict.errors = std::move(reasons);
    return verdict;
}

/// Asks for one of the workloads, where one profile is wanted, nobody said of what, and there are several.
std::optional<Judgement> ask_which(const Observations& observations, const Options& options,
                                   const Attribution& found) {
    if (options.directory) return std::nullopt;
    WorkloadTable table;
    std::size_t count = 0;
    const auto add = [&](const Workload& workload) {
        table.add(workload);
        ++count;
    };
    if (options.group_by)
        std::for_each(found.workloads.begin(), found.workloads.end(), add);
    else if (options.selection.empty())
        attribute(observations, options.containers->empty() ? GroupBy::comm : GroupBy::container,
                  options.selection, options.containers->now(), Detail::calls, add);
    if (count < 2) return std::nullopt;
    Judgement verdict;
    verdict.exit_code = 2;
    verdict.errors.push_back("there are " + std::to_string(count) +
                             " workloads and one profile to write. Choose with " +
                             (options.containers->empty() ? "" : "--container, --pod, ") +
                             "--comm, --exe, --subj or --pid; write a profile "
                             "for each with -O DIR; or join them all with --group-by all.");
    verdict.table = table.text();
    return verdict;
}

std::vector<std::string> denied_errors(const Made& made) {
    std::vector<std::string> errors;
    for (const auto& [name, evidence] : made.generated.denied)
        errors.push_back(made.name + ": made the call " + name + ", which --deny forbids (" +
                         counted(evidence.count, "record") +
                         "): nothing written. Find out why with `scgen decode`, or leave the --deny out.");
    return errors;
}

/// The verdict as --strict wants it: no profile where something was lost.
Judgement strictly(Judgement verdict, InputFacts facts) {
    facts.unnamed = verdict.unnamed;
    const Completeness completeness = assess(facts);
    if (!fails_strict(completeness)) return verdict;
    Judgement refused = no({strict_error(completeness, "no profile is written")});
    refused.unnamed = verdict.unnamed;
    return refused;
}

/// Compiles what was made, where --compile asks for it: returns what is wrong, and leaves each its doubts.
std::vector<std::string> faults_of(std::vector<Made>& all, const Options& options) {
    std::vector<std::string> faults;
    if (!options.compile) return faults;
    for (Made& made : all)
        for (const Finding& finding : validate(made.generated.profile).findings) {
            const std::string text = made.name + ": " + std::string(finding.kind) + ": " + finding.what;
            if (finding.severity == Finding::Severity::error)
                faults.push_back(text + ": nothing written.");
            else
                made.doubts.push_back(text);
        }
    return faults;
}

bool lets_through(const Profile& profile, std::string_view name) {
    const auto permits = [](Action action) { return action == Action::allow || action == Action::log; };
    return permits(profile.default_action) ||
           std::any_of(profile.rules.begin(), profile.rules.end(), [&](const Rule& rule) {
               return permits(rule.action) && rule.names.contains(std::string(name));
           });
}

/// Whether `runtime` makes no call before the program that the profile forbids and no start does without.
bool starts_under(const Profile& profile, std::string_view runtime, bool no_new_privs) {
    const auto calls = calls_after_filter(runtime, no_new_privs);
    return std::all_of(calls.begin(), calls.end(), [&](const CallAfterFilter& call) {
        return call.need != CallAfterFilter::Need::required || lets_through(profile, call.name);
    });
}

/// With no_new_privs a runtime loads its filter after it has set its capabilities, without it before.
/// Source: after-filter.tsv, where capset is in the longer list of each runtime alone.
bool needs_no_new_privs(const Made& made, const Options& options) {
    return options.generate.for_containers && !made.workload.startup.empty() &&
           !lets_through(made.generated.profile, "capset");
}

/// Tells those whose container would not start under its profile, as no start was recorded.
void sort_in_unstarted(const Made& made, const Options& options, Judgement& verdict) {
    if (!options.generate.for_containers || !options.keep_startup || !made.workload.startup.empty()) return;
    const Profile& profile = made.generated.profile;
    if (starts_under(profile, "runc", false) || starts_under(profile, "crun", false)) return;
    // With no_new_privs crun needs execve alone, which a program may have called itself.
    (starts_under(profile, "crun", true) ? verdict.barely_started : verdict.unstarted).push_back(made.name);
}

Judgement judge_found(Attribution& found, const Observations& observations, const InputFacts& facts,
                      const Options& options) {
    if (!found.unmatched.empty()) return no(unmatched_errors(found.unmatched));
    if (auto question = ask_which(observations, options, found)) return *std::move(question);
    Judgement verdict;
    verdict.unattributed = std::move(found.unattributed);
    std::vector<std::string> denied;
    for (Workload& workload : found.workloads) {
        if (!options.keep_startup) workload = without_startup(std::move(workload));
        Made made{show_workload(workload, group_of(options)), std::move(workload), {}, {}};
        made.generated = generate(made.workload, options.generate);
        made.needs_no_new_privs = needs_no_new_privs(made, options);
        for (const auto& [call, evidence] : made.generated.unnamed)
            verdict.unnamed += evidence.count;
        const auto forbidden = denied_errors(made);
        denied.insert(denied.end(), forbidden.begin(), forbidden.end());
        if (made.generated.learned > 0) sort_in_unstarted(made, options, verdict);
        if (made.generated.learned == 0)
            verdict.skipped.push_back(
                nothing_learned_reason(made.name, made.workload, made.generated, options.generate.learn));
        else
            verdict.made.push_back(std::move(made));
    }
    if (!denied.empty()) return no(std::move(denied));
    if (std::vector<std::string> faults = faults_of(verdict.made, options); !faults.empty())
        return no(std::move(faults));
    if (!verdict.made.empty()) return options.strict ? strictly(std::move(verdict), facts) : verdict;
    Judgement nothing = no(std::move(verdict.skipped));
    nothing.unattributed = std::move(verdict.unattributed);
    if (nothing.errors.empty() && found.unplaced.processes > 0) nothing.errors.emplace_back(nothing_placed);
    if (nothing.errors.empty() && options.selection.empty())
        nothing.errors.push_back(
            "only a container runtime's start-up was recorded: nothing learned. " +
            std::string("Record the workload itself; --comm 'runc:*' selects the start-up."));
    if (nothing.errors.empty())
        nothing.errors.push_back(
            "the selection matches no process: each option matches some, but none matches all. Leave one "
            "out, or see `scgen list`.");
    return nothing;
}

}  // namespace

int no_record_exit_code(const Tally& tally) noexcept {
    return tally[Outcome::unusable] > 0 ? 2 : 1;
}

GroupBy group_of(const Options& options) noexcept {
    if (options.group_by) return *options.group_by;
    if (!options.directory && options.command == Command::generate) return GroupBy::all;
    return options.containers->empty() ? GroupBy::comm : GroupBy::container;
}

std::vector<std::string> unmatched_errors(const std::vector<Attribution::Unmatched>& unmatched) {
    std::vector<std::string> errors;
    for (const auto& [option, pattern, names] : unmatched)
        errors.push_back(option + " " + escape(pattern) + ": matches no process in the log." +
                         did_you_mean(names) + " `scgen list` shows what is there.");
    return errors;
}

Nothing nothing_found(const InputFacts& facts, const Attribution& found) {
    if (facts.tally[Outcome::observed] == 0)
        return {{no_record_reason(facts)}, no_record_exit_code(facts.tally)};
    Nothing nothing{unmatched_errors(found.unmatched)};
    if (nothing.errors.empty() && found.count == 0 && found.unplaced.processes > 0)
        nothing.errors.emplace_back(nothing_placed);
    if (nothing.errors.empty() && found.count == 0)
        nothing.errors.emplace_back(
            "no workload matches. Leave an option out, or see `scgen list` without any.");
    return nothing;
}

std::string strict_error(const Completeness& completeness, std::string_view consequence) {
    return "--strict: " + headline(completeness) + ": " + std::string(consequence) +
           ". `scgen list` tells what was lost, each with what helps.";
}

std::string unattributed_text(const Workload& unattributed) {
    const std::uint64_t records = unattributed.records();
    if (records == 0) return {};
    return counted(records, "record") + " of container start-up (" + show_runtimes(unattributed) + ", " +
           counted(unattributed.pids.size(), "process", "processes") +
           ") of no workload: the container died, or the log lacks the rest.";
}

std::string unplaced_text(const Attribution::Unplaced& unplaced, const KnownContainers& containers) {
    if (unplaced.processes == 0) return {};
    constexpr std::size_t most = 8;
    std::vector<std::string> pids;
    for (const std::int32_t pid : unplaced.pids)
        pids.push_back(std::to_string(pid));
    const std::string what = counted(unplaced.records, "record") + " of " +
                             counted(unplaced.processes, "process", "processes") + " (pid " +
                             enumerate(pids, most) + ") left out: ";
    if (unplaced.several_hosts)
        return what +
               "the log names several hosts, and a pid means something on one only. Give --containers with "
               "the log of its own host alone.";
    if (containers.watches()) {
        std::string text =
            what +
            "they are in no container, or had ended before they could be looked up, and the log does not "
            "show whose children they are.";
        for (const std::string& limit : containers.limits())
            text += " " + limit;
        return text;
    }
    return what +
           "--containers does not list their pids, or not for one container alone, and the log does not show "
           "whose children they are. A snapshot with all pids of each container places them.";
}

Judgement judge(const Observations& observations, const InputFacts& facts, const Options& options) {
    if (facts.tally[Outcome::observed] == 0) {
        Judgement verdict = no({no_record_reason(facts)});
        verdict.exit_code = no_record_exit_code(facts.tally);
        return verdict;
    }
    Attribution found =
        attribute(observations, group_of(options), options.selection, options.containers->now(),
                  options.evidence ? Detail::callers : Detail::calls);
    Judgement verdict = judge_found(found, observations, facts, options);
    verdict.unplaced = unplaced_text(found.unplaced, *options.containers);
    return verdict;
}

}  // namespace scgen
