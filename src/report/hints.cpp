#include "scgen/report/hints.hpp"

#include <charconv>
#include <sstream>
#include <string_view>

#include "scgen/report/escape.hpp"
#include "scgen/report/table.hpp"

namespace scgen {
namespace {

constexpr std::string_view how_to_log =
    "`sysctl -w kernel.seccomp.actions_logged=\"kill_process kill_thread trap errno user_notif trace log\"`.";

void add_hints_of_log(std::vector<std::string>& out, const InputFacts& facts, bool says_daemon) {
    const LossAccount& log = facts.losses;
    if (log.audit_off)
        out.emplace_back(
            "The log says that the kernel was started with audit=0, which means no audit records at all: "
            "start it without.");
    if (log.actions_changed)
        out.emplace_back("The log says that `log` was taken out of kernel.seccomp.actions_logged: " +
                         std::string(how_to_log));
    if (log.exclude_rule)
        out.emplace_back(
            "The log says that an exclude rule was added to the audit rules, which drops records: "
            "`auditctl -l` shows it.");
    if (log.daemon && !log.other_types && !says_daemon)
        out.emplace_back(
            "The log says that an audit daemon runs, so the kernel prints no records: read "
            "/var/log/audit/audit.log.");
    if (facts.container_output)
        out.emplace_back(
            "These lines are what a container printed (Docker's json-file or CRI). The kernel's records are "
            "in the log of the node: its audit.log, syslog or journal.");
}

bool lists_log(const std::string& actions) {
    std::istringstream words(actions);
    for (std::string word; words >> word;)
        if (word == "log") return true;
    return false;
}

/// Whether a kernel of this release has SECCOMP_RET_LOG, which came with 4.14. One that cannot be told has.
bool can_log(std::string_view release) {
    unsigned major = 0, minor = 0;
    const char* const end = release.data() + release.size();
    const auto [dot, error] = std::from_chars(release.data(), end, major);
    if (error != std::errc{} || dot == end || *dot != '.') return true;
    if (std::from_chars(dot + 1, end, minor).ec != std::errc{}) return true;
    return major > 4 || (major == 4 && minor >= 14);
}

void add_hints_of_audit(std::vector<std::string>& out, const AuditStatus& audit, bool log_of_daemon) {
    if (audit.daemon_pid != 0 && !log_of_daemon)
        out.push_back("An audit daemon runs here (process " + std::to_string(audit.daemon_pid) +
                      "), so the kernel prints no records: read /var/log/audit/audit.log.");
    if (audit.lost > 0)
        out.push_back(
            "The kernel's audit has lost " + counted(audit.lost, "record") +
            " since it started (`auditctl -s`); with a longer queue it may not: `auditctl -b 8192`.");
    if (audit.rate_limit > 0)
        out.push_back("The kernel's audit lets " + counted(audit.rate_limit, "record") +
                      " a second pass: `auditctl -r 0` lifts that.");
}

void add_hints_of_machine(std::vector<std::string>& out, const MachineFacts& machine, bool log_of_daemon) {
    if (machine.audit_off)
        out.emplace_back(
            "This kernel was started with audit=0, which means no audit records at all: start it without.");
    if (!can_log(machine.release))
        out.push_back("This kernel is " + escape(machine.release) +
                      ", and only since 4.14 can a profile log what it allows (SCMP_ACT_LOG).");
    else if (!machine.actions_logged)
        out.emplace_back(
            "This kernel has no kernel.seccomp.actions_logged, so it was built without seccomp, or hides "
            "/proc/sys from here.");
    else if (!lists_log(*machine.actions_logged))
        out.emplace_back("kernel.seccomp.actions_logged has no `log` here: " + std::string(how_to_log));
    for (const std::string& rule : machine.exclude_rules)
        out.push_back("An audit rule drops the records here: " + escape(rule) +
                      ". Take it away with `auditctl -d`, or all rules with `auditctl -D`.");
    if (machine.audit) add_hints_of_audit(out, *machine.audit, log_of_daemon);
}

}  // namespace

std::vector<std::string> no_record_hints(const InputFacts& facts) {
    std::vector<std::string> out;
    const auto& machine = facts.machine;
    const bool says_daemon = machine && machine->audit && machine->audit->daemon_pid != 0;
    add_hints_of_log(out, facts, says_daemon);
    if (machine) add_hints_of_machine(out, *machine, facts.losses.other_types);
    if (out.empty() && facts.losses.other_types)
        out.emplace_back(
            "Audit records of other types are there, so the kernel's audit works. Is the workload under a "
            "profile that logs (SCMP_ACT_LOG), and is the log whole?");
    return out;
}

}  // namespace scgen
