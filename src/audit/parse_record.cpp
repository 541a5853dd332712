// Finds the record in a line of text. A line is searched for "audit(", which every carrier but journalctl's
// short forms keeps, and only the words before it decide what the line claims to be; then the text before
// those words must be a prefix that some carrier of kernel messages writes (origin.cpp), and the text behind
// must follow the grammar (body.cpp, interpreted.cpp).
#include <array>
#include <utility>

#include "body.hpp"
#include "fast/by_heart.hpp"
#include "origin.hpp"
#include "scgen/audit/record_reader.hpp"

namespace scgen {
namespace {

using std::string_view;

/// A place where a record seems to begin.
struct Anchor {
    Voice voice;
    std::size_t begin;  ///< of "type=..." or "SECCOMP"
    std::size_t body;   ///< behind "audit(", or at "auid="
};

constexpr string_view stamp_word = "audit(";

/// Kernels before 3.8 had no type of their own for seccomp and used ANOM_ABEND, with a reason.
bool claims_old_seccomp(string_view line, std::size_t at) noexcept {
    return line.find(" reason=\"seccomp\"", at) != string_view::npos;
}

std::optional<Anchor> anchor_at(string_view line, std::size_t stamp) noexcept {
    struct Words {
        string_view text;
        Voice voice;
        bool old;
    };
    constexpr std::array<Words, 6> all{{{"type=1326 ", Voice::kernel, false},
                                        {"type=SECCOMP msg=", Voice::daemon, false},
                                        {"type=UNKNOWN[1326] msg=", Voice::daemon, false},
                                        {"type=1326 msg=", Voice::daemon, false},
                                        {"type=1701 ", Voice::kernel, true},
                                        {"type=ANOM_ABEND msg=", Voice::daemon, true}}};
    const string_view before = line.substr(0, stamp);
    for (const auto& words : all)
        if (before.ends_with(words.text) && (!words.old || claims_old_seccomp(line, stamp)))
            return Anchor{words.voice, stamp - words.text.size(), stamp + stamp_word.size()};
    return std::nullopt;
}

std::optional<Anchor> find_anchor(string_view line) noexcept {
    for (std::size_t at = line.find(stamp_word); at != string_view::npos; at = line.find(stamp_word, at + 1))
        if (const auto anchor = anchor_at(line, at)) return anchor;
    for (const string_view name : {"SECCOMP ", "UNKNOWN[1326] ", "AUDIT1326 "}) {
        const std::size_t at = line.find(name);
        if (at == string_view::npos || line.substr(at + name.size(), 5) != "auid=") continue;
        if (at == 0 || line[at - 1] == ' ') return Anchor{Voice::journal, at, at + name.size()};
    }
    return std::nullopt;
}

/// The two other output formats of ausearch name no syscall, so nothing can be learned from them.
bool is_useless_format(string_view line) noexcept {
    return line.starts_with("NODE,EVENT,DATE,") ||
           line.find(",called-seccomp-controlled-syscall,") != string_view::npos ||
           (line.starts_with("At ") && line.find(" called-seccomp-controlled-syscall ") != string_view::npos);
}

/// A body whose stamp is not as the kernel prints it: there is none, ausearch interpreted it, or it is cut.
Outcome parse_other_body(string_view text, Voice voice, Record& record) {
    if (voice == Voice::journal) return parse_fields(text, record);
    Cursor stamp{text};
    const bool interpreted = voice == Voice::daemon && !parse_stamp(stamp, record) && !stamp.cut;
    return interpreted ? parse_interpreted_body(text, record) : parse_stamped_body(text, record);
}

/// Reads what stands before a record; false where no carrier's line begins so.
bool parse_before(string_view before, Voice voice, Trust trust, Record& record,
                  std::optional<std::int64_t>& time_ms) {
    if (before.find("msg='") != string_view::npos) return false;
    const auto prefix = parse_prefix(before, voice);
    if (!prefix) return trust == Trust::any;
    record.origin = prefix->origin;
    record.host = prefix->host;
    time_ms = prefix->time_ms;
    return true;
}

Outcome parse(string_view line, Trust trust, Record& record, ByHeart* by_heart,
              std::optional<ByHeart::Lesson>* lesson) {
    const auto anchor = find_anchor(line);
    if (!anchor) return is_useless_format(line) ? Outcome::unusable : Outcome::other;
    record = Record{};
    record.printed = anchor->voice == Voice::kernel;
    const string_view head = line.substr(0, anchor->body), body = line.substr(anchor->body);
    Cursor c{body};
    const bool stamped = anchor->voice != Voice::journal && parse_stamp(c, record) && c.eat("): ");
    const Speaker* const known = by_heart != nullptr && stamped ? by_heart->speaker_of(head) : nullptr;
    std::optional<std::int64_t> carrier_time_ms;
    if (known != nullptr) {
        record.origin = known->origin;
        record.host = known->host;
    } else if (!parse_before(line.substr(0, anchor->begin), anchor->voice, trust, record, carrier_time_ms)) {
        return Outcome::refused;
    }
    const Outcome outcome =
        stamped ? parse_fields(c.rest, record) : parse_other_body(body, anchor->voice, record);
    if (!record.time_ms) record.time_ms = carrier_time_ms;
    if (lesson != nullptr && stamped && outcome == Outcome::observed)
        *lesson = {head,           known != nullptr ? string_view() : record.host,
                   c.rest,         record.origin,
                   record.printed, false};
    return outcome;
}

}  // namespace

Outcome parse_record(string_view line, Trust trust, Record& record) noexcept {
    return parse(line, trust, record, nullptr, nullptr);
}

Outcome parse_record(string_view line, Record& record, ByHeart& by_heart,
                     std::optional<ByHeart::Lesson>& lesson) {
    return parse(line, Trust::kernel, record, &by_heart, &lesson);
}

}  // namespace scgen
