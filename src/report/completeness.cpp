#include "scgen/report/completeness.hpp"

#include <array>

#include "scgen/report/table.hpp"

// Three words for the state of a recording. What was lost is told by whoever lost it; that nothing was lost can only be
// shown where serials are kept and every type of record is there; and everything else stays unproven, because the usual
// sources lose records in silence.

namespace scgen {
namespace {

using Reason = Completeness::Reason;
using Kind = Loss::Kind;

/// What a loss is, with and without a number before it, and what helps.
struct Words {
    std::string_view what;
    std::string_view remedy;
};

constexpr Words words_of(Kind kind) noexcept {
    switch (kind) {
        case Kind::printk_limit:
            return {"that the kernel did not print, for it prints ten messages in five seconds",
                    "record with `scgen --live` or auditd, which have no such limit, or after "
                    "`sysctl kernel.printk_ratelimit=0`"};
        case Kind::kernel_ring:
            return {"overwritten in the kernel's ring before they were read",
                    "record with `scgen --live` or auditd, or with a longer ring (log_buf_len=16M on the "
                    "kernel's "
                    "command line)"};
        case Kind::audit_lost:
            return {"that the kernel's audit lost, by its own count",
                    "give it a longer queue (`auditctl -b 8192`) and no rate limit (`auditctl -r 0`)"};
        case Kind::audit_backlog:
            return {"for which the kernel's audit queue had no room",
                    "give it a longer one: `auditctl -b 8192`"};
        case Kind::audit_rate: return {"above the kernel's audit rate limit", "lift it: `auditctl -r 0`"};
        case Kind::audit_queue:
            return {"that waited for an audit daemon in vain",
                    "give the kernel a longer queue: `auditctl -b 8192`, and see that the daemon runs"};
        case Kind::audit_memory:
            return {"for which the kernel had no memory", "record with more memory free"};
        case Kind::audit_daemon:
            return {"that the audit daemon did not write",
                    "its messages say why: a full disk, or a full queue "
                    "(q_depth in auditd.conf)"};
        case Kind::serial_gap:
            return {
                "whose serials are missing between others",
                "they were dropped on the way, or the log was filtered: record again, or give the whole log"};
        case Kind::journal:
            return {"that journald dropped", "lift its limit: RateLimitBurst=0 in journald.conf"};
        case Kind::syslog:
            return {"that the syslog daemon dropped",
                    "lift its limit (ratelimit.interval=\"0\" of rsyslog's input)"};
        case Kind::receive_buffer:
            return {"that came faster than scgen read them", "record with less running beside it"};
        case Kind::rotation:
            return {"in a file that was cut short before it was read",
                    "let the rotation rename files and not truncate them (no copytruncate)"};
    }
    return {};
}

Words words_of(Outcome outcome) noexcept {
    switch (outcome) {
        case Outcome::truncated:
            return {"truncated: cut before its end, so its call is not known",
                    "the kernel log cuts at about 1000 bytes, the audit log (/var/log/audit/audit.log, or "
                    "`journalctl "
                    "_TRANSPORT=audit -o export`) does not"};
        case Outcome::malformed:
            return {"malformed: begins as a record and breaks its grammar",
                    "look for tools that rewrite the log"};
        case Outcome::oversized:
            return {"oversized: longer than --max-line allows", "raise it if these may be records"};
        case Outcome::unusable:
            return {"unusable: in a format without syscall numbers",
                    "use `ausearch --raw` or the log itself"};
        default: return {};
    }
}

void add_told_losses(std::vector<Reason>& out, const LossAccount& account) {
    for (std::size_t i = 0; i < Loss::kind_count; ++i) {
        const auto kind = static_cast<Kind>(i);
        const LossAccount::Sum& sum = account[kind];
        const auto [what, remedy] = words_of(kind);
        const std::string rest = " " + std::string(what);
        if (sum.count > 0)
            out.push_back({loss_name(kind), sum.count, counted(sum.count, "record") + rest, remedy});
        if (sum.count == 0 && sum.untold > 0) out.push_back({loss_name(kind), 0, "records" + rest, remedy});
    }
}

void add_read_losses(std::vector<Reason>& out, const InputFacts& facts) {
    for (std::size_t i = 0; i < outcome_count; ++i) {
        const auto outcome = static_cast<Outcome>(i);
        const std::uint64_t count = facts.tally[outcome];
        if (!is_loss(outcome) || count == 0) continue;
        const auto [what, remedy] = words_of(outcome);
        out.push_back(
            {outcome_name(outcome), count, counted(count, "line") + " " + std::string(what), remedy});
    }
    if (facts.over_limit > 0)
        out.push_back({"max_workloads", facts.over_limit,
                       counted(facts.over_limit, "record") + " of more processes than --max-workloads allows",
                       "raise it, or select with --since and --until"});
    if (facts.unnamed > 0)
        out.push_back(
            {"unnamed", facts.unnamed,
             counted(facts.unnamed, "record") + " of calls without a name, which no profile can hold",
             "`scgen decode` shows them"});
}

constexpr std::string_view to_have_proof =
    "`scgen --live`, auditd's log and the journal's audit transport (-o json) show what is missing";

std::vector<Reason> doubts_of(const InputFacts& facts) {
    const LossAccount& account = facts.losses;
    std::vector<Reason> out;
    const auto doubt = [&out](std::string_view kind, std::uint64_t count, std::string_view noun,
                              std::string_view what, std::string_view remedy) {
        if (count > 0) out.push_back({kind, count, counted(count, noun) + " " + std::string(what), remedy});
    };
    doubt("printk", account.printed, "record",
          "came through printk, which prints ten messages in five seconds and tells only with the next one "
          "what it left "
          "out",
          to_have_proof);
    doubt("no_serial", account.unnumbered, "record",
          "came without serial or time, so that none can be missed",
          "`journalctl -o json`, `-o export` and `ausearch --raw` keep both");
    doubt("text", account.as_text, "record", "came in text that any program could have written",
          to_have_proof);
    doubt("filtered", account.filtered, "record",
          "came without the other types of audit records, so that missing serials say nothing",
          "give the whole log, not a part of it");
    doubt("daemon_away", account.away, "serial",
          "missing from before a start of the audit daemon: of records that it could not write, if the "
          "machine did not "
          "start anew",
          "let it run from the first record to the last");
    if (account.overflowed)
        out.push_back({"too_much", 0, "more machines, boots or missing serials than are kept",
                       "give less at once, with --since and --until"});
    return out;
}

void append_reasons(JsonText& json, std::string_view key, const std::vector<Reason>& reasons) {
    json.key(key).begin('[');
    for (const Reason& reason : reasons) {
        json.begin('{').key("kind").text(reason.kind);
        json.key("count");
        if (reason.count > 0)
            json.count(reason.count);
        else
            json.null();
        json.key("text").text(reason.text).key("remedy").text(reason.remedy).end('}');
    }
    json.end(']');
}

}  // namespace

Completeness assess(const InputFacts& facts) {
    Completeness out;
    add_told_losses(out.losses, facts.losses);
    add_read_losses(out.losses, facts);
    out.doubts = doubts_of(facts);
    out.lost = facts.losses.lost() + facts.tally.lost() + facts.over_limit + facts.unnamed;
    out.at_least = facts.losses.at_least();
    out.conflicts = facts.conflicts;
    out.queue_checked = facts.queue_checked;
    if (!out.losses.empty() || out.conflicts > 0)
        out.state = Completeness::State::incomplete;
    else if (out.doubts.empty() && facts.tally[Outcome::observed] > 0)
        out.state = Completeness::State::complete;
    return out;
}

bool fails_strict(const Completeness& completeness) noexcept {
    return completeness.state == Completeness::State::incomplete;
}

std::string_view state_name(Completeness::State state) noexcept {
    constexpr std::array<std::string_view, 3> names{"complete", "incomplete", "unproven"};
    return names[static_cast<std::size_t>(state)];
}

std::string headline(const Completeness& completeness) {
    const std::string complete =
        "complete as far as the source can show: no serial is missing, and nothing says that a record was "
        "lost";
    constexpr std::string_view checked = ", by the kernel's own count as well";
    constexpr std::string_view unchecked =
        ". What the kernel's own queue had no room for took no serial: `auditctl -s` must say lost 0";
    switch (completeness.state) {
        case Completeness::State::complete:
            return complete + std::string(completeness.queue_checked ? checked : unchecked);
        case Completeness::State::unproven: return "unproven";
        case Completeness::State::incomplete: break;
    }
    if (completeness.losses.empty()) return "incomplete: records contradict each other";
    if (completeness.lost == 0) return "incomplete: records were lost, nobody counted them";
    return std::string("incomplete: ") + (completeness.at_least ? "at least " : "") +
           counted(completeness.lost, "record") + " lost";
}

void append_completeness(JsonText& json, const Completeness& completeness) {
    json.key("state").text(state_name(completeness.state));
    json.key("lost").count(completeness.lost);
    json.key("at_least").boolean(completeness.at_least);
    json.key("conflicts").count(completeness.conflicts);
    append_reasons(json, "losses", completeness.losses);
    append_reasons(json, "doubts", completeness.doubts);
}

}  // namespace scgen
