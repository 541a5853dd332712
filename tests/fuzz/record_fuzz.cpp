// Any bytes are a valid log. For every line: parse_record must not throw (it is noexcept), must say the same
// twice, must not depend on what the Record held before, and what it calls observed must be a record that can
// be used. What parse_event and parse_notice find must be on the line, and where a search would look for it.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <string_view>
#include <utility>

#include "scgen/audit/record_reader.hpp"
#include "scgen/audit/source.hpp"

namespace scgen {
namespace {

static_assert(noexcept(parse_record({}, Trust::any, std::declval<Record&>())));
static_assert(noexcept(parse_event({}, Trust::any)) && noexcept(parse_notice({}, Trust::any)));
static_assert(noexcept(may_be_notice({})) && noexcept(is_container_output({})));

void require(bool holds, std::string_view law, std::string_view line) {
    if (holds) return;
    std::cerr << law << ": " << line << "\n";
    std::abort();
}

bool same(Text a, Text b) {
    return a.form == b.form && a.raw == b.raw;
}

bool same(const Record& a, const Record& b) {
    return a.time_ms == b.time_ms && a.serial == b.serial && a.host == b.host && a.subj == b.subj &&
           same(a.comm, b.comm) && same(a.exe, b.exe) && a.pid == b.pid && a.syscall == b.syscall &&
           a.action == b.action && a.code == b.code && a.auid == b.auid && a.uid == b.uid && a.sig == b.sig &&
           a.ip == b.ip && a.origin == b.origin;
}

/// Whether `part` points into `line`: parse_record allocates nothing, so it has nowhere else to point.
bool inside(std::string_view part, std::string_view line) {
    return part.empty() ||
           (part.data() >= line.data() && part.data() + part.size() <= line.data() + line.size());
}

void judge_text(Text text, std::string_view line) {
    require(inside(text.raw, line), "a name outside the line", line);
    const std::string bytes = interpret(text);
    switch (text.form) {
        case Text::Form::null: require(bytes.empty(), "null with text", line); break;
        case Text::Form::hex:
            require(bytes.size() * 2 == text.raw.size(), "hex of the wrong length", line);
            break;
        case Text::Form::quoted:
        case Text::Form::plain: require(bytes == text.raw, "text changed", line); break;
    }
}

void judge_observed(const Record& record, std::string_view line) {
    require(record.pid >= 0, "a pid below zero", line);
    require(record.action != Action::allow, "a record of an allowed call", line);
    require(!record.code || action_of_code(*record.code) == record.action, "a code of another action", line);
    require(inside(record.host, line) && inside(record.subj, line), "a view outside the line", line);
    judge_text(record.comm, line);
    judge_text(record.exe, line);
}

void judge_beside(std::string_view line) {
    const auto event = parse_event(line, Trust::kernel), any_event = parse_event(line, Trust::any);
    const auto notice = parse_notice(line, Trust::kernel), any_notice = parse_notice(line, Trust::any);
    require(!event || (any_event && any_event->serial == event->serial), "trusting more shows no event",
            line);
    require(!notice || (any_notice && any_notice->loss == notice->loss), "trusting more shows no notice",
            line);
    require(!(any_event || any_notice) || may_be_notice(line), "no anchor", line);
    if (any_event)
        require(inside(any_event->host, line) && inside(any_event->body, line) && any_event->boot.empty(),
                "a view of an event outside the line", line);
    if (any_notice)
        require(inside(any_notice->host, line) && any_notice->boot.empty(),
                "a view of a notice outside the line", line);
    Record record;
    if (parse_record(line, Trust::kernel, record) == Outcome::observed && record.serial && record.time_ms &&
        event)
        require(event->serial == record.serial && event->time_ms == record.time_ms &&
                    event->printed == record.printed,
                "an event that is not its record", line);
    is_container_output(line);
}

void judge_line(std::string_view line) {
    judge_beside(line);
    Outcome outcomes[2];
    for (const Trust trust : {Trust::kernel, Trust::any}) {
        Record first;
        const Outcome outcome = parse_record(line, trust, first);
        require(static_cast<std::size_t>(outcome) < outcome_count, "no outcome", line);
        Record used = first;
        used.serial = 1;
        used.subj = "stale";
        require(parse_record(line, trust, used) == outcome, "another outcome the second time", line);
        if (outcome == Outcome::observed) {
            require(same(first, used), "another record the second time", line);
            judge_observed(first, line);
        }
        outcomes[trust == Trust::any ? 1 : 0] = outcome;
    }
    require(outcomes[0] != Outcome::observed || outcomes[1] == Outcome::observed, "trusting more shows less",
            line);
}

}  // namespace
}  // namespace scgen

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    scgen::for_each_line(text, scgen::judge_line);
    scgen::judge_line(text);  // a line may hold any byte but a newline, and a parser should not care
    return 0;
}
