// What a program does in a loop the kernel prints again and again, word for word, but for the stamp:
//
//   Jul  6 15:37:40 my-machine kernel: [369128.669452] audit: type=1326 audit(1594067860.484:14536): auid=4294967295 uid=0 ..
//   |______________________________ head ___________________________________||____ stamp ________||____ body ___________
//
// So a head and a body that were read once, in the plain way and found good, need not be read again: it is enough that
// they are the same. That is as strict as reading, for a comparison has no rules that could be too lax; and it is many
// times as fast, since 32 bytes are compared at once. Of a head some digits may differ, whose values nothing depends on
// (heads.hpp); the stamp is read. A line is known when its head is, its stamp is whole, and the text from there to its
// newline is a body that is kept, which is looked up by a hash. The newline is not looked for in as many bytes as the
// shortest body has: were one there, what is taken for a body would hold it, and so be none.
//
// Records of other types teach no more than that their serial is there. For those the head is enough, and that nothing
// behind it is one of the words for which a line would be read as something else (telling_letters in words.hpp).
//
// Whatever is not known goes the plain way, and may be known from then on. Another thread that looks at what comes later
// has a memory of its own, which learns the same in the same order (pupil.hpp). The plain twin is reading every line;
// tests/property/by_heart_test.cpp compares the two.
#include "by_heart.hpp"

#include <algorithm>
#include <string>

#include "../body.hpp"
#include "kernels.hpp"

namespace scgen {

using std::string_view;

namespace {

/// Of these types the body tells whether it is a SECCOMP record, as it was before there was a type for those.
bool is_of_two_types(string_view head) noexcept {
    return head.ends_with("type=1701 audit(") || head.ends_with("type=ANOM_ABEND msg=audit(");
}

}  // namespace

ByHeart::ByHeart() : ByHeart(kernels) {}
ByHeart::ByHeart(const Kernels& passes) : kernels_(&passes) {}

const Speaker* ByHeart::speaker_of(string_view head) noexcept {
    const Head* const known = memory_.heads.find(head);
    return known != nullptr ? memory_.heads.speaker(known->speaker) : nullptr;
}

bool ByHeart::learn(const Lesson& lesson) {
    if (is_of_two_types(lesson.head)) return false;
    const bool is_new = lesson.other_type || speaker_of(lesson.head) == nullptr;
    if (is_new)
        memory_.heads.learn(lesson.head, lesson.host,
                            {lesson.origin, lesson.printed, std::string(lesson.host), lesson.is_json},
                            lesson.other_type);
    if (lesson.other_type) return true;
    const string_view body = lesson.body;
    const std::uint64_t hash = kernels_->hash_of(body.data(), body.size());
    const Bodies::Body* const known = memory_.bodies.find(hash);
    if (std::any_of(known, known + Bodies::reach,
                    [body](const Bodies::Body& one) { return string_view(one.text, one.size) == body; }))
        return is_new;
    memory_.bodies.add(body, hash);
    return true;
}

std::optional<ByHeart::Lesson> ByHeart::lesson_of(const AuditEvent& event, string_view line) {
    constexpr string_view stamp_word = "audit(";
    if (event.type != AuditEvent::Type::other) return std::nullopt;
    const string_view head = line.substr(0, line.find(stamp_word) + stamp_word.size());
    return Lesson{head, event.host, {}, event.origin, event.printed, true, false};
}

std::optional<ByHeart::Lesson> ByHeart::lesson_of(const Record& record, string_view id, string_view line) {
    constexpr string_view end = Head::stamp_end_in_json;
    const std::size_t begin = Head::in_json.size(), behind = begin + id.size() + end.size();
    const bool is_known_form = line.starts_with(Head::in_json) && id.data() == line.data() + begin &&
                               line.substr(0, behind).ends_with(end);
    if (!is_known_form || !record.host.empty()) return std::nullopt;
    return Lesson{line.substr(0, begin), {}, line.substr(behind), record.origin, record.printed, false, true};
}

std::string ByHeart::json_of(const Again& again) const {
    return std::string(Head::in_json).append("0.000:0").append(Head::stamp_end_in_json).append(body(again));
}

LinesAgain ByHeart::read(string_view text) {
    if (memory_.heads.begin() == memory_.heads.end()) return {};
    const char* begin = text.data();
    const char* limit = begin + text.size();
    if (text.size() <= short_text) {
        // Behind it something can be read, then, and holds nothing.
        begin = copy_.data();
        limit = std::copy(text.begin(), text.end(), copy_.begin()) + margin;
        std::fill_n(copy_.begin() + static_cast<std::ptrdiff_t>(text.size()), margin, '\0');
    }
    const Run run = kernels_->read_run(begin, limit, memory_, lines_);
    return {static_cast<std::size_t>(run.end - begin),
            {lines_.data(), run.count},
            run.speaker,
            memory_.bodies.room()};
}

Record ByHeart::record(const LinesAgain& lines, const Again& again) const {
    const Speaker& speaker = *memory_.heads.speaker(lines.speaker);
    Record record;
    // It was read before, and found good.
    parse_fields(body(again), record);
    record.time_ms = again.time_ms;
    record.serial = again.serial;
    record.host = speaker.host;
    record.origin = speaker.origin;
    record.printed = speaker.printed;
    return record;
}

AuditEvent ByHeart::event(const LinesAgain& lines) const {
    const Speaker& speaker = *memory_.heads.speaker(lines.speaker);
    return {.type = AuditEvent::Type::other,
            .printed = speaker.printed,
            .origin = speaker.origin,
            .host = speaker.host,
            .boot = {},
            .time_ms = 0,
            .serial = 0,
            .body = {}};
}

}  // namespace scgen
