#include "scgen/report/check_report.hpp"

#include <set>

#include "scgen/profile/errno_name.hpp"
#include "scgen/profile/wording.hpp"
#include "scgen/report/escape.hpp"
#include "scgen/report/json_text.hpp"
#include "scgen/report/records.hpp"
#include "scgen/report/table.hpp"
#include "scgen/report/time_text.hpp"

namespace scgen {
namespace {

bool is_denial(Action action) noexcept {
    return teaches(Learn::denied, action);
}

std::string ruling_text(const Ruling& ruling) {
    return scgen::ruling_text(ruling.action, ruling.data);
}

std::string denial_text(Syscall syscall, Denial because) {
    switch (because) {
        case Denial::abi_not_listed: return "the profile does not list this ABI";
        case Denial::unknown_to_libseccomp:
            return "libseccomp " + libseccomp_version() +
                   " does not know the name, and a runtime with it skips it";
        case Denial::rules: break;
    }
    return syscall_name(syscall) ? "not allowed" : "a number without a name";
}

std::string calls_text(const std::vector<CheckedCall>& calls) {
    constexpr std::size_t most = 12;
    std::set<std::string> names;
    for (const CheckedCall& checked : calls)
        names.insert(show_syscall(checked.call.syscall) + " (" + show_arch(checked.call.syscall.arch) + ")");
    return enumerate({names.begin(), names.end()}, most);
}

void append_calls(JsonText& json, std::string_view key, const std::vector<CheckedCall>& calls) {
    json.key(key).begin('[');
    for (const CheckedCall& checked : calls) {
        const Syscall syscall = checked.call.syscall;
        const auto time = [](const Moment& moment) {
            return moment.time_ms ? format_time(*moment.time_ms) : std::nullopt;
        };
        json.begin('{');
        json.key("workload").text(checked.workload);
        const auto name = syscall_name(syscall);
        json.key("syscall").text(name ? std::optional(std::string(*name)) : std::nullopt);
        json.key("nr").number(syscall.nr);
        json.key("arch").text(syscall.arch == Arch::none ? std::nullopt
                                                         : std::optional(show_arch(syscall.arch)));
        json.key("recorded").text(action_name(checked.call.action));
        json.key("answer").text(checked.replayed.reply == Reply::unknown
                                    ? std::nullopt
                                    : std::optional(ruling_text(checked.replayed.ruling)));
        json.key("reason").text(why_text(syscall, checked.replayed));
        json.key("count").count(checked.evidence.count);
        json.key("first").text(time(checked.evidence.first));
        json.key("last").text(time(checked.evidence.last));
        json.end('}');
    }
    json.end(']');
}

}  // namespace

std::string why_text(Syscall syscall, const Replayed& replayed) {
    switch (replayed.reply) {
        case Reply::denied: return denial_text(syscall, replayed.because);
        case Reply::depends: return "depends on its arguments, or on a supervisor";
        case Reply::unknown: return "the record has no ABI";
        case Reply::allowed: break;
    }
    return "allowed";
}

CheckResult check(const std::vector<Workload>& workloads, const Replay& replay, Learn replayed) {
    CheckResult result;
    for (const Workload& workload : workloads) {
        for (const auto& [call, evidence] : workload.calls) {
            if (!teaches(replayed, call.action)) continue;
            ++result.calls;
            CheckedCall checked{workload.name, call, evidence, replay.ask(call.syscall)};
            const Reply reply = checked.replayed.reply;
            if (reply == Reply::denied)
                result.findings.push_back(std::move(checked));
            else if (reply != Reply::allowed)
                result.undecided.push_back(std::move(checked));
            else if (is_denial(call.action))
                result.allowed_now.push_back(std::move(checked));
        }
    }
    return result;
}

std::string check_table(const CheckResult& result) {
    if (result.findings.empty()) return {};
    Table table({{"WORKLOAD"},
                 {"SYSCALL"},
                 {"ARCH"},
                 {"COUNT", Table::Align::right},
                 {"FIRST"},
                 {"RECORDED"},
                 {"ANSWER"},
                 {"WHY"}});
    for (const CheckedCall& checked : result.findings)
        table.row({escape(checked.workload), show_syscall(checked.call.syscall),
                   show_arch(checked.call.syscall.arch), std::to_string(checked.evidence.count),
                   show_time(checked.evidence.first.time_ms), std::string(action_name(checked.call.action)),
                   ruling_text(checked.replayed.ruling), why_text(checked.call.syscall, checked.replayed)});
    return table.text();
}

std::string check_json(const std::string& profile, const CheckResult& result) {
    constexpr std::size_t indent = 2;
    JsonText json(indent);
    json.begin('{');
    json.key("profile").text(profile);
    append_calls(json, "findings", result.findings);
    append_calls(json, "undecided", result.undecided);
    append_calls(json, "allowed_now", result.allowed_now);
    json.end('}');
    return json.str() + "\n";
}

std::vector<std::string> check_remarks(const CheckResult& result) {
    std::vector<std::string> remarks;
    if (!result.undecided.empty())
        remarks.push_back(
            "cannot be told from a log: " + calls_text(result.undecided) +
            ": the profile decides by arguments or leaves it to a supervisor, and records hold no "
            "arguments (or, before Linux 3.16, no ABI)");
    if (!result.allowed_now.empty())
        remarks.push_back("denied when they were recorded, and allowed by the profile: " +
                          calls_text(result.allowed_now));
    return remarks;
}

}  // namespace scgen
