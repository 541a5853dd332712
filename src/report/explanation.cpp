#include "scgen/report/explanation.hpp"

#include <fnmatch.h>

#include <algorithm>

#include "scgen/profile/risk.hpp"
#include "scgen/report/escape.hpp"
#include "scgen/report/records.hpp"
#include "scgen/report/table.hpp"
#include "scgen/report/time_text.hpp"
#include "scgen/report/workloads.hpp"

namespace scgen {
namespace {

bool is_wanted(const std::vector<std::string>& globs, Syscall syscall) {
    if (globs.empty()) return true;
    const std::string name = show_syscall(syscall);
    const std::string number = std::to_string(syscall.nr);
    return std::any_of(globs.begin(), globs.end(), [&](const std::string& glob) {
        return fnmatch(glob.c_str(), name.c_str(), 0) == 0 || glob == number;
    });
}

std::uint64_t startup_count(const Workload& workload, const Observed& call) {
    const auto found = workload.startup.find(call);
    return found == workload.startup.end() ? 0 : found->second.count;
}

std::optional<Risk> risk_of_call(Syscall syscall) {
    const auto name = syscall_name(syscall);
    return name ? risk_of(*name) : std::nullopt;
}

std::string callers_text(const Callers& callers) {
    constexpr std::size_t few = 4;
    std::vector<std::string> names;
    for (const std::string& comm : callers.comms)
        names.push_back(comm.empty() ? "\"\"" : escape(comm));
    std::vector<std::string> pids;
    for (const std::int32_t pid : callers.pids)
        pids.push_back(std::to_string(pid));
    std::string text = enumerate(names, few) + (callers.more_comms ? " and others" : "") + ", ";
    const std::size_t shown = std::min(few, pids.size());
    text += callers.processes == 1 ? "pid " : "pids ";
    text += enumerate({pids.begin(), pids.begin() + static_cast<std::ptrdiff_t>(shown)}, shown);
    if (callers.processes > shown) text += " and " + std::to_string(callers.processes - shown) + " more";
    return text;
}

std::string times_text(const Evidence& evidence) {
    if (!evidence.first.time_ms) return "at times that the log does not tell";
    const std::string first = show_time(evidence.first.time_ms);
    if (evidence.first.time_ms == evidence.last.time_ms) return "at " + first;
    return "from " + first + " to " + show_time(evidence.last.time_ms);
}

std::string sample_text(const Witness* witness) {
    if (witness == nullptr) return "(no line of it was kept: too many processes)";
    return witness->line.empty() ? "(an entry of several lines)" : escape(witness->line);
}

void append_call(std::string& out, const Workload& workload, const Observed& call, const Evidence& evidence,
                 const Witnesses& witnesses) {
    out += show_syscall(call.syscall) + " (" + show_arch(call.syscall.arch) + "), " +
           std::string(action_name(call.action)) + ": " + counted(evidence.count, "record") + " " +
           times_text(evidence) + "\n";
    out += "    by " + callers_text(workload.callers.at(call)) + "\n";
    if (const auto startup = startup_count(workload, call); startup > 0)
        out += "    " + counted(startup, "record") +
               " of these by the start-up of the container's runtime (" + show_runtimes(workload) + ")\n";
    if (const auto risk = risk_of_call(call.syscall))
        out += "    " + std::string(severity_name(risk->severity)) + " risk: " + std::string(risk->reason) +
               "\n";
    out += "    " + sample_text(witnesses.find(workload, call)) + "\n";
}

std::optional<std::string> time_json(const Moment& moment) {
    return moment.time_ms ? format_time(*moment.time_ms) : std::nullopt;
}

void append_callers(JsonText& json, const Callers& callers) {
    json.key("pids").begin('[');
    for (const std::int32_t pid : callers.pids)
        json.number(pid);
    json.end(']');
    json.key("processes").count(callers.processes);
    json.key("comms").begin('[');
    for (const std::string& comm : callers.comms)
        json.text(comm);
    json.end(']');
}

void append_risk(JsonText& json, std::optional<Risk> risk) {
    json.key("risk");
    if (!risk) {
        json.null();
        return;
    }
    json.begin('{');
    json.key("severity").text(severity_name(risk->severity));
    json.key("reason").text(risk->reason);
    json.end('}');
}

void append_calls(JsonText& json, const Workload& workload, const Witnesses& witnesses,
                  const std::vector<std::string>& wanted) {
    json.key("calls").begin('[');
    for (const auto& [call, evidence] : workload.calls) {
        if (!is_wanted(wanted, call.syscall)) continue;
        const Syscall syscall = call.syscall;
        const auto name = syscall_name(syscall);
        json.begin('{');
        json.key("syscall").text(name ? std::optional(std::string(*name)) : std::nullopt);
        json.key("nr").number(syscall.nr);
        json.key("arch").text(syscall.arch == Arch::none ? std::nullopt
                                                         : std::optional(show_arch(syscall.arch)));
        json.key("action").text(action_name(call.action));
        json.key("count").count(evidence.count);
        json.key("first").text(time_json(evidence.first));
        json.key("last").text(time_json(evidence.last));
        append_callers(json, workload.callers.at(call));
        json.key("startup").count(startup_count(workload, call));
        append_risk(json, risk_of_call(syscall));
        const Witness* const witness = witnesses.find(workload, call);
        json.key("sample").text(witness == nullptr || witness->line.empty() ? std::nullopt
                                                                            : std::optional(witness->line));
        json.end('}');
    }
    json.end(']');
}

void append_reasons(JsonText& json, std::string_view key, const std::map<std::string, std::string>& reasons) {
    json.key(key).begin('[');
    for (const auto& [name, reason] : reasons) {
        json.begin('{');
        json.key("syscall").text(name);
        json.key("reason").text(reason);
        json.end('}');
    }
    json.end(']');
}

/// Names that were seen and are not in the profile, each with why.
void append_left_out(JsonText& json, const Generated& generated) {
    std::map<std::string, std::string> reasons;
    for (const auto& [call, evidence] : generated.unnamed)
        reasons[std::to_string(call.nr) + " (" + show_arch(call.arch) + ")"] = "no table names this number";
    for (const auto& [name, evidence] : generated.not_learned)
        reasons.emplace(name, "recorded under an action that --learn does not take");
    for (const auto& [name, evidence] : generated.other_arch)
        reasons.emplace(name, "of an ABI that --arch leaves out");
    for (const auto& [name, evidence] : generated.too_rare)
        reasons.emplace(name, "seen less often than --min-count");
    append_reasons(json, "left_out", reasons);
}

constexpr std::size_t indent = 2;

}  // namespace

std::string explanation_text(const std::string& name, const Workload& workload, const Witnesses& witnesses,
                             const std::vector<std::string>& wanted) {
    std::string calls;
    for (const auto& [call, evidence] : workload.calls)
        if (is_wanted(wanted, call.syscall)) append_call(calls, workload, call, evidence, witnesses);
    if (calls.empty()) return {};
    return name + ": " + counted(workload.calls.size(), "call") + ", " +
           counted(workload.records(), "record") + ", " +
           counted(workload.pids.size(), "process", "processes") + "\n\n" + calls;
}

std::string explanation_json(const std::vector<Workload>& workloads, const Witnesses& witnesses,
                             const std::vector<std::string>& wanted) {
    JsonText json(indent);
    json.begin('[');
    for (const Workload& workload : workloads) {
        json.begin('{');
        json.key("workload").text(workload.name);
        append_calls(json, workload, witnesses, wanted);
        json.end('}');
    }
    json.end(']');
    return json.str() + "\n";
}

std::string evidence_json(const std::vector<Explained>& explained, const Witnesses& witnesses,
                          const InputFacts& facts) {
    JsonText json(indent);
    json.begin('{');
    json.key("input");
    append_input(json, facts);
    json.key("workloads").begin('[');
    for (const auto& [workload, generated] : explained) {
        json.begin('{');
        json.key("workload").text(workload->name);
        append_calls(json, *workload, witnesses, {});
        append_reasons(json, "added", generated->added);
        append_reasons(json, "forbidden", generated->forbidden);
        append_left_out(json, *generated);
        json.end('}');
    }
    json.end(']');
    json.end('}');
    return json.str() + "\n";
}

}  // namespace scgen
