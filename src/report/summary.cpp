#include "scgen/report/summary.hpp"

#include <algorithm>
#include <map>
#include <string_view>

#include "scgen/profile/runtime_calls.hpp"
#include "scgen/report/completeness.hpp"
#include "scgen/report/escape.hpp"
#include "scgen/report/hints.hpp"
#include "scgen/report/records.hpp"
#include "scgen/report/table.hpp"
#include "scgen/report/workloads.hpp"

// A profile that lacks one call fails in production, perhaps weeks later. So what cost a record, and what was
// left out on purpose, is said after every run, next to what would change it; and nothing else is, so that it
// is read.

namespace scgen {
namespace {

constexpr std::array all_outcomes{Outcome::observed,  Outcome::other,     Outcome::part,
                                  Outcome::excluded,  Outcome::refused,   Outcome::truncated,
                                  Outcome::malformed, Outcome::oversized, Outcome::unusable};

std::string lines_text(const Tally& tally) {
    std::string out = counted(tally.lines(), "line") + ": " + counted(tally[Outcome::observed], "record");
    for (const Outcome outcome : all_outcomes)
        if (outcome != Outcome::observed && tally[outcome] > 0)
            out += ", " + std::to_string(tally[outcome]) + " " + std::string(outcome_name(outcome));
    return out;
}

std::string losses_text(const Tally& tally) {
    std::vector<std::string> words;
    for (const Outcome outcome : all_outcomes)
        if (is_loss(outcome) && tally[outcome] > 0)
            words.push_back(std::to_string(tally[outcome]) + " " + std::string(outcome_name(outcome)));
    return counted(tally.lost(), "lost line") + " (" + enumerate(words, words.size()) + ")";
}

void add_losses(std::vector<Remark>& out, const InputFacts& facts, const Completeness& completeness) {
    if (completeness.state != Completeness::State::incomplete) return;
    out.push_back({true, headline(completeness)});
    if (facts.conflicts > 0)
        out.push_back(
            {true, counted(facts.conflicts, "record") +
                       " with the stamp and serial of another one that says something else: forged, or a "
                       "broken log; `scgen decode` shows them"});
    for (const Completeness::Reason& loss : completeness.losses)
        out.push_back({true, "lost: " + loss.text + "; " + std::string(loss.remedy)});
}

/// What is left to say where nothing is known to be lost, or more may be than is known.
void add_doubts(std::vector<Remark>& out, const Completeness& completeness, bool records) {
    if (!records) return;
    const bool incomplete = completeness.state == Completeness::State::incomplete;
    for (const Completeness::Reason& doubt : completeness.doubts)
        out.push_back(
            {!incomplete && doubt.kind == "printk", (incomplete ? "  more may be missing: " : "unproven: ") +
                                                        doubt.text + "; " + std::string(doubt.remedy)});
    if (completeness.state == Completeness::State::complete) out.push_back({false, headline(completeness)});
}

std::string trust_text(const std::array<std::uint64_t, 4>& origins) {
    constexpr std::array<std::string_view, 4> words{
        "unproven, behind a prefix that no kernel log writes (--trust any)",
        "as text, which any program that reaches syslog could have written",
        "from the kernel's ring, which programs cannot fake",
        "from the audit system, which programs cannot fake",
    };
    std::string out;
    for (std::size_t i = words.size(); i-- > 0;) {
        if (origins[i] == 0) continue;
        if (!out.empty()) out += "; ";
        out += counted(origins[i], "record") + " " + std::string(words[i]);
    }
    return out;
}

std::string counts_text(const std::map<std::string, Evidence>& names) {
    constexpr std::size_t most = 12;
    std::vector<std::string> words;
    for (const auto& [name, evidence] : names)
        words.push_back(escape(name) + " x" + std::to_string(evidence.count));
    return enumerate(words, most);
}

std::string unlearned_actions(const Workload& workload, Learn learn) {
    std::map<std::string_view, std::uint64_t> counts;
    for (const auto& [observed, evidence] : workload.calls)
        if (!teaches(learn, observed.action)) counts[action_name(observed.action)] += evidence.count;
    std::vector<std::string> words;
    for (const auto& [name, count] : counts)
        words.push_back(std::string(name) + " x" + std::to_string(count));
    return enumerate(words, words.size());
}

std::string numbers_text(const std::map<Syscall, Evidence>& numbers) {
    constexpr std::size_t most = 12;
    std::vector<std::string> words;
    for (const auto& [call, evidence] : numbers)
        words.push_back(std::to_string(call.nr) +
                        (call.arch == Arch::none ? " without arch=" : " of " + show_arch(call.arch)));
    return enumerate(words, most);
}

void add_unnamed(std::vector<Remark>& out, const Generated& generated) {
    for (const auto& [call, evidence] : generated.unnamed) {
        const std::string where = call.arch == Arch::none
                                      ? "of a record without arch=, as kernels before 3.16 write"
                                      : "of " + show_arch(call.arch);
        out.push_back({true, "number " + std::to_string(call.nr) + " " + where +
                                 " has no name, so no profile can hold it (" +
                                 counted(evidence.count, "record") + ")"});
    }
}

void add_left_out(std::vector<Remark>& out, const Workload& workload, const Generated& generated,
                  Learn learn) {
    if (!generated.not_learned.empty()) {
        std::string text = "  not learned: " + counts_text(generated.not_learned) + " (" +
                           unlearned_actions(workload, learn) + "); --learn all would";
        if (learn == Learn::log) text += ", but a denial may be an attack that was stopped";
        out.push_back({false, text});
    }
    if (!generated.other_arch.empty())
        out.push_back({true, "not learned: calls of ABIs that --arch leaves out: " +
                                 counts_text(generated.other_arch)});
    if (!generated.too_rare.empty())
        out.push_back(
            {false, "  not learned: seen less often than --min-count: " + counts_text(generated.too_rare)});
}

std::string archs_text(const Profile& profile) {
    std::vector<std::string> archs;
    for (const Arch arch : profile.architectures)
        archs.push_back(show_arch(arch));
    return enumerate(archs, archs.size());
}

bool allows(const Profile& profile, const std::string& name) {
    return std::any_of(profile.rules.begin(), profile.rules.end(), [&name](const Rule& rule) {
        return rule.action == Action::allow && rule.names.contains(name);
    });
}

std::size_t allowed_names(const Profile& profile) {
    std::set<std::string> names;
    for (const Rule& rule : profile.rules)
        if (rule.action == Action::allow) names.insert(rule.names.begin(), rule.names.end());
    return names.size();
}

std::uint64_t records_of(const std::map<Observed, Evidence>& calls) {
    std::uint64_t count = 0;
    for (const auto& [observed, evidence] : calls)
        count += evidence.count;
    return count;
}

}  // namespace

std::vector<Remark> input_summary(const InputFacts& facts) {
    std::vector<Remark> out;
    const Completeness completeness = assess(facts);
    add_losses(out, facts, completeness);
    out.push_back({false, lines_text(facts.tally)});
    if (facts.tally[Outcome::refused] > 0)
        out.push_back({false, "  refused: " + counted(facts.tally[Outcome::refused], "line") +
                                  ": like a record, but not on a line that the kernel's log writes (--trust "
                                  "any takes complete records behind any prefix)"});
    if (facts.duplicates > 0)
        out.push_back({false, "  twice: " + counted(facts.duplicates, "record") +
                                  ": a second copy of an event, counted once"});
    const std::string trust = trust_text(facts.origins);
    if (!trust.empty()) out.push_back({false, "  trust: " + trust});
    if (facts.losses.unrelated > 0)
        out.push_back({false, "  not counted: " + counted(facts.losses.unrelated, "message") +
                                  " of programs that their own logs dropped; no records"});
    add_doubts(out, completeness, facts.tally[Outcome::observed] > 0);
    return out;
}

void append_input(JsonText& json, const InputFacts& facts) {
    json.begin('{');
    json.key("lines").count(facts.tally.lines());
    json.key("outcomes").begin('{');
    for (const Outcome outcome : all_outcomes)
        json.key(outcome_name(outcome)).count(facts.tally[outcome]);
    json.end('}');
    json.key("duplicates").count(facts.duplicates);
    json.key("over_limit").count(facts.over_limit);
    json.key("completeness").begin('{');
    append_completeness(json, assess(facts));
    json.end('}');
    json.end('}');
}

namespace {

std::string escaped_names(const std::set<std::string>& names) {
    std::vector<std::string> words;
    for (const std::string& name : names)
        words.push_back(escape(name));
    return enumerate(words, 8);
}

}  // namespace

namespace {

/// What the runtime that started the workload lacks to execute something in it later.
void add_exec(std::vector<Remark>& out, const Workload& workload, const Profile& profile) {
    if (workload.startup.empty() || profile.default_action == Action::allow ||
        profile.default_action == Action::log)
        return;
    for (const std::string& runtime : workload.runtimes) {
        std::vector<std::string> missing;
        for (const std::string& name : calls_of_exec(runtime))
            if (!allows(profile, name)) missing.push_back(name);
        if (!missing.empty())
            out.push_back({false, "  exec: no program was executed in the running container by " +
                                      escape(runtime) + " (exec probes, kubectl exec), for which it calls " +
                                      enumerate(missing, missing.size()) +
                                      " as well: record one, or add them with "
                                      "--runtime " +
                                      escape(runtime)});
    }
}

}  // namespace

std::vector<Remark> profile_summary(const std::string& name, const Workload& workload,
                                    const Generated& generated, Learn learn) {
    std::vector<Remark> out;
    add_unnamed(out, generated);
    out.push_back({false, name + ": " + counted(allowed_names(generated.profile), "syscall") + " allowed (" +
                              archs_text(generated.profile) + ") from " +
                              counted(workload.records(), "record") + " of " +
                              counted(workload.pids.size(), "process", "processes")});
    if (!workload.started.empty())
        out.push_back(
            {true, name + ": seems to have started " + escaped_names(workload.started) +
                       "; they run under the same profile, and their calls are not in it. Select them too (a "
                       "--comm for each), or join everything with --group-by all"});
    if (!workload.startup.empty())
        out.push_back(
            {false, "  start-up: " + counted(records_of(workload.startup), "record") + " of " +
                        show_runtimes(workload) +
                        " before the program began; it does not start without them (--runtime none leaves "
                        "them out)"});
    add_exec(out, workload, generated.profile);
    if (!generated.forbidden.empty())
        out.push_back(
            {false, "  answered with EPERM: " + counted(generated.forbidden.size(), "call") +
                        " known to be dangerous; what is not known gets ENOSYS, so that libc tries older "
                        "calls"});
    add_left_out(out, workload, generated, learn);
    return out;
}

std::vector<Remark> reasons_summary(const std::map<std::string, std::string>& added) {
    std::map<std::string, std::vector<std::string>> by_reason;
    for (const auto& [name, reason] : added)
        by_reason[reason].push_back(escape(name));
    std::vector<Remark> out;
    for (const auto& [reason, names] : by_reason)
        out.push_back({false, "  " + enumerate(names, names.size()) + ": " + escape_message(reason)});
    return out;
}

namespace {

/// What the lines themselves say of why there is no record; empty where they say nothing.
std::string reason_in_lines(const InputFacts& facts) {
    const Tally& tally = facts.tally;
    if (tally[Outcome::excluded] > 0)
        return counted(tally[Outcome::excluded], "record") +
               (tally[Outcome::excluded] == 1 ? " is" : " are") +
               " outside --since and --until; times are UTC unless they carry an offset.";
    if (tally[Outcome::unusable] > 0)
        return "This format (ausearch --format text or csv) holds no syscall numbers; use `ausearch --raw`, "
               "or the log "
               "itself.";
    if (tally.lost() > 0) return losses_text(tally) + " may have held some; read the log they come from.";
    if (facts.losses.any_loss()) return "Those that were lost may have been the workload's.";
    if (tally[Outcome::refused] > 0 && !facts.container_output)
        return counted(tally[Outcome::refused], "line") +
               " looked like one, but not behind a prefix that a kernel log writes; --trust any takes them "
               "if you know "
               "where they come from.";
    return {};
}

}  // namespace

std::string no_record_reason(const InputFacts& facts) {
    const bool empty = facts.tally.lines() == 0;
    std::string out =
        empty ? "the log is empty: nothing to learn from."
              : "no seccomp record in " + counted(facts.tally.lines(), "line") + ": nothing to learn from.";
    const std::string in_lines = reason_in_lines(facts);
    if (!in_lines.empty()) out += " " + in_lines;
    const std::vector<std::string> hints = no_record_hints(facts);
    for (const std::string& hint : hints)
        out += " " + hint;
    if (empty && hints.empty() && facts.machine)
        out += " Is the workload under a profile that logs (SCMP_ACT_LOG), and did it run meanwhile?";
    if (!empty && in_lines.empty() && hints.empty())
        out +=
            " Is the workload under a profile that logs (SCMP_ACT_LOG)? Where auditd runs, records go to "
            "/var/log/audit/audit.log and not to syslog or dmesg.";
    return out;
}

std::string nothing_learned_reason(const std::string& name, const Workload& workload,
                                   const Generated& generated, Learn learn) {
    if (!generated.not_learned.empty() && learn == Learn::log)
        return name + ": only denied calls were recorded (" + unlearned_actions(workload, learn) +
               "), and a denial may be an attack that was stopped: nothing learned. `--learn denied` allows "
               "what was denied.";
    if (!generated.not_learned.empty())
        return name + ": only calls under other actions were recorded (" +
               unlearned_actions(workload, learn) +
               "): nothing learned. `--learn log` or `--learn all` takes them.";
    if (!generated.unnamed.empty())
        return name + ": only calls without a name were recorded (" + numbers_text(generated.unnamed) +
               "): nothing learned. Kernels before 3.16 log no arch=; a number unknown on its ABI is newer "
               "than the tables of this build, or no call at all.";
    if (!generated.other_arch.empty())
        return name +
               ": only calls of ABIs that --arch leaves out were recorded: nothing learned. `--arch "
               "observed` takes them.";
    if (!generated.too_rare.empty())
        return name + ": no call was seen as often as --min-count asks: nothing learned. Lower it.";
    if (!generated.denied.empty())
        return name + ": only calls that --deny forbids were recorded: nothing learned.";
    return name + ": no call was recorded: nothing learned.";
}

}  // namespace scgen
