#include "scgen/report/denials.hpp"

#include <algorithm>
#include <map>

#include "scgen/profile/generate.hpp"
#include "scgen/profile/wording.hpp"
#include "scgen/report/check_report.hpp"
#include "scgen/report/escape.hpp"
#include "scgen/report/records.hpp"
#include "scgen/report/table.hpp"
#include "scgen/report/time_text.hpp"

namespace scgen {
namespace {

bool names(const Rule& rule, Syscall call) {
    const auto name = syscall_name(call);
    return name && rule.names.contains(std::string(*name));
}

bool is_denied_by_rule(const Profile& profile, Syscall call) {
    return std::any_of(profile.rules.begin(), profile.rules.end(), [call](const Rule& rule) {
        return teaches(Learn::denied, rule.action) && names(rule, call);
    });
}

/// The record tells no errno; the profile does.
std::string action_text(const DeniedCall& denied) {
    const Ruling& ruling = denied.replayed.ruling;
    if (denied.is_of_profile() && ruling.action == denied.call.action)
        return ruling_text(ruling.action, ruling.data);
    return std::string(action_name(denied.call.action));
}

std::string why_denied(const DeniedCall& denied) {
    if (!denied.is_of_profile()) return "a filter that the program loaded itself";
    if (denied.replayed.reply == Reply::depends) return "allowed with other arguments";
    if (denied.by_rule && denied.replayed.because == Denial::rules) return "denied by a rule";
    return why_text(denied.call.syscall, denied.replayed);
}

std::string comms_text(const std::set<std::string>& comms) {
    constexpr std::size_t most = 3;
    std::vector<std::string> words;
    for (const std::string& comm : comms)
        words.push_back(escape(comm));
    return enumerate(words, most);
}

template <class Wanted>
std::string calls_text(const Denials& denials, Wanted wanted) {
    std::vector<std::string> words;
    for (const DeniedCall& denied : denials.that_can_be_added())
        if (wanted(denied)) words.push_back(show_syscall(denied.call.syscall));
    std::sort(words.begin(), words.end());
    words.erase(std::unique(words.begin(), words.end()), words.end());
    return words.empty() ? std::string() : enumerate(words, words.size());
}

}  // namespace

bool DeniedCall::can_be_added() const noexcept {
    if (!is_of_profile() || !syscall_name(call.syscall)) return false;
    return replayed.reply != Reply::denied || replayed.because != Denial::unknown_to_libseccomp;
}

std::vector<DeniedCall> Denials::that_can_be_added() const {
    std::vector<DeniedCall> out;
    std::copy_if(calls.begin(), calls.end(), std::back_inserter(out),
                 [](const DeniedCall& denied) { return denied.can_be_added(); });
    return out;
}

std::uint64_t Denials::of_profile() const noexcept {
    return static_cast<std::uint64_t>(std::count_if(
        calls.begin(), calls.end(), [](const DeniedCall& denied) { return denied.is_of_profile(); }));
}

Denials denials_of(const Observations& seen, const Profile& profile) {
    std::map<Observed, DeniedCall> denied;
    std::set<Syscall> logged;
    Denials out;
    for (const auto& [subject, activity] : seen.subjects()) {
        for (const auto& [call, evidence] : activity.calls) {
            if (call.action == Action::log) {
                logged.insert(call.syscall);
                out.logged_records += evidence.count;
            }
            if (!teaches(Learn::denied, call.action)) continue;
            DeniedCall& row = denied[call];
            row.call = call;
            row.evidence.add(evidence);
            row.comms.insert(subject.comm);
        }
    }
    out.logged_calls = logged.size();
    const Replay replay(profile);
    const Profile rules = canonical(profile);
    for (auto& [call, row] : denied) {
        row.replayed = replay.ask(call.syscall);
        row.by_rule = is_denied_by_rule(rules, call.syscall);
        out.calls.push_back(std::move(row));
    }
    std::stable_sort(out.calls.begin(), out.calls.end(), [](const DeniedCall& left, const DeniedCall& right) {
        return left.evidence.first < right.evidence.first;
    });
    return out;
}

std::string denials_table(const Denials& denials) {
    if (denials.calls.empty()) return {};
    Table table(
        {{"SYSCALL"}, {"ARCH"}, {"ACTION"}, {"COUNT", Table::Align::right}, {"FIRST"}, {"COMM"}, {"WHY"}});
    for (const DeniedCall& denied : denials.calls)
        table.row({show_syscall(denied.call.syscall), show_arch(denied.call.syscall.arch),
                   action_text(denied), std::to_string(denied.evidence.count),
                   show_time(denied.evidence.first.time_ms), comms_text(denied.comms), why_denied(denied)});
    return table.text();
}

std::vector<std::string> cautions_of(const Denials& denials) {
    std::vector<std::string> out;
    const std::string by_rule = calls_text(denials, [](const DeniedCall& denied) {
        return denied.by_rule && denied.replayed.because == Denial::rules;
    });
    const std::string by_argument =
        calls_text(denials, [](const DeniedCall& denied) { return denied.replayed.reply == Reply::depends; });
    if (!by_rule.empty())
        out.push_back("the profile denies " + by_rule +
                      " by a rule, most likely on purpose, and a program that asks may well do without");
    if (!by_argument.empty())
        out.push_back("the profile allows " + by_argument +
                      " with some arguments; records hold none, so that it would be allowed with any");
    return out;
}

}  // namespace scgen
