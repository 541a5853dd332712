// Lines in, records out. Most carriers put a record on a line, and parse_record does those. Three do not:
//
//   journalctl -o export    KEY=VALUE lines, an empty line behind each entry. A value that is not plain text
//                           stands as KEY, then eight bytes of little-endian length, then the bytes: it may
//                           hold newlines, so it is followed by count, not by line.
//   journalctl -o verbose   "Mon 2026-11-23 19:42:25.355000 UTC [s=...]", then lines of four blanks and
//                           KEY=VALUE; longer indents continue a value.
//   JSON                    an object a line (json, laurel, Fluent Bit), several on a line (arrays), or an
//                           object over many lines (json-pretty, dmesg -J).
//
// An entry is settled when it ends, and each of its lines but the last has the outcome `part`. Where only the
// next line shows that an entry is over, the outcome of the last line is owed until then. A lone "{" opens an
// object; were it no JSON, whatever follows would soon break JSON's rules, and then the line that does is
// read afresh as text, so that nothing can swallow the rest of a log.
#include "scgen/audit/record_reader.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <utility>

#include "cursor.hpp"
#include "entry.hpp"
#include "entry_forms.hpp"
#include "fast/by_heart.hpp"
#include "fast/ordinary.hpp"
#include "fast/pupil.hpp"
#include "json_bounds.hpp"
#include "json_scanner.hpp"
#include "record_words.hpp"

namespace scgen {
namespace {

using std::string_view;

constexpr std::size_t max_entry = std::size_t{1} << 20;
constexpr std::size_t max_kept = std::size_t{1} << 17;

/// Whether a JSON text could say anything of its log: laurel's objects all have a serial.
bool may_hold_more(string_view text) noexcept {
    return may_be_notice(text) || text.starts_with("{\"ID\":\"");
}

}  // namespace

class RecordReader::State {
  public:
    explicit State(Trust trust) : trust_(trust) {}

    std::optional<Outcome> read(string_view line, Record& record) {
        rest_ = {};
        forget();
        if (mode_ == Mode::binary) return feed_binary(line);
        if (line.ends_with('\r')) line.remove_suffix(1);
        switch (mode_) {
            case Mode::json: return feed_json(line, record);
            case Mode::fields: return feed_export(line, record);
            case Mode::verbose: return feed_verbose(line, record);
            default: return begin(line, record);
        }
    }

    std::optional<Outcome> more(Record& record) {
        forget();
        if (settling_) {
            settling_ = false;
            return settle_json(settled_, record);
        }
        if (deferred_) {
            const string_view line = *deferred_;
            deferred_.reset();
            return begin(line, record);
        }
        if (!rest_.empty()) {
            ++further_;
            return next_on_line(record);
        }
        return std::nullopt;
    }

    std::optional<Outcome> finish(Record& record) {
        forget();
        const Mode mode = std::exchange(mode_, Mode::text);
        if (!std::exchange(owed_, false)) return std::nullopt;
        if (mode == Mode::json) return record_words_.has_any(buffer_) ? Outcome::truncated : Outcome::other;
        if (mode == Mode::binary) return Outcome::truncated;
        return settle_entry(record);
    }

    PassedLines pass_over(string_view text) const noexcept {
        return is_between_entries() ? ordinary_lines(text) : PassedLines{};
    }

    std::optional<WholeEntry> read_entry(string_view text, Record& record) {
        const bool is_open = mode_ == Mode::json && !owed_ && !settling_ && buffer_ == "{";
        if (!is_open && !(is_between_entries() && text.starts_with("{\n"))) return std::nullopt;
        const string_view begin = text.substr(0, 65);
        if (!is_open && is_dmesg_opening(begin.substr(0, begin.find('\n', begin.find('[')) + 1)))
            return std::nullopt;
        text = text.substr(0, max_kept);
        forget();
        clear_entry();
        const auto size = scan(text, is_open);
        const string_view end = is_open ? ",{\n" : "\n";
        if (!size || !text.substr(*size).starts_with(end)) return std::nullopt;
        const string_view entry = text.substr(0, *size);
        spans_lines_ = true;
        const bool may_hold = record_words_.has_any(entry) || may_hold_more(entry);
        std::uint64_t lines = 1;
        for (std::size_t at = 0; (at = entry.find('\n', at)) != string_view::npos; ++at)
            ++lines;
        return WholeEntry{*size + end.size(), lines, may_hold ? settle_scanned(record) : Outcome::other};
    }

    LinesAgain read_again(string_view text) {
        if (trust_ != Trust::kernel || !is_between_entries()) return {};
        if (!by_heart_) by_heart_ = std::make_unique<ByHeart>();
        return by_heart_->read(text);
    }

    void preview(string_view text, Preview& preview) { make_preview(text, by_heart_.get(), preview); }

    MakePreview previewer() {
        pupil_ = std::make_shared<Pupil>();
        return [pupil = pupil_](string_view text, Preview& preview) { pupil->preview(text, preview); };
    }

    bool holds(const Preview& preview, const Preview::Part& part) const noexcept {
        if (!is_between_entries()) return false;
        return !part.is_known || (by_heart_ && preview.first_record == by_heart_->first_record() &&
                                  by_heart_->speaker(part.speaker) != nullptr);
    }
    AuditEvent event_again(const LinesAgain& lines) const { return by_heart_->event(lines); }
    Record record_again(const LinesAgain& lines, const Again& again) {
        if (!by_heart_->speaker(lines.speaker)->is_json) return by_heart_->record(lines, again);
        Record record;
        settled_ = by_heart_->json_of(again);
        // It was read before, and found good.
        settle_json(settled_, record);
        record.time_ms = again.time_ms;
        record.serial = again.serial;
        return record;
    }

    std::uint64_t further() const noexcept { return further_; }
    bool spans_lines() const noexcept { return spans_lines_; }
    const std::optional<AuditEvent>& event() const noexcept { return event_; }
    const std::optional<Notice>& notice() const noexcept { return notice_; }

  private:
    enum class Mode : std::uint8_t { text, json, fields, binary, verbose };

    bool is_between_entries() const noexcept {
        return mode_ == Mode::text && !owed_ && !deferred_ && !settling_ && rest_.empty();
    }

    void forget() noexcept {
        event_.reset();
        notice_.reset();
    }

    std::optional<Outcome> begin(string_view line, Record& record) {
        spans_lines_ = false;
        if (!line.empty()) {
            const char first = line.front();
            if (first == '_' && line.starts_with("__CURSOR=")) return open(Mode::fields);
            if (first >= 'F' && first <= 'W' && opens_verbose_entry(line)) return open(Mode::verbose);
            if (first == '{' || first == '[' || first == ',' || first == '\x1e' || first == 'd' ||
                is_blank(first))
                if (const string_view text = json_start(line); !text.empty()) return begin_json(text, record);
        }
        return settle_line(line, record);
    }

    Outcome settle_line(string_view line, Record& record) {
        const Outcome outcome =
            by_heart_ ? parse_and_learn(line, record) : parse_record(line, trust_, record);
        if (outcome == Outcome::observed || outcome == Outcome::refused || !may_be_notice(line))
            return outcome;
        event_ = parse_event(line, trust_);
        notice_ = event_ ? notice_of(*event_) : parse_notice(line, trust_);
        if (by_heart_ && event_ && outcome == Outcome::other) learn(ByHeart::lesson_of(*event_, line));
        return outcome;
    }

    Outcome parse_and_learn(string_view line, Record& record) {
        std::optional<ByHeart::Lesson> lesson;
        const Outcome outcome = parse_record(line, record, *by_heart_, lesson);
        learn(lesson);
        return outcome;
    }

    void learn(const std::optional<ByHeart::Lesson>& lesson) {
        if (lesson && by_heart_->learn(*lesson) && pupil_) pupil_->lessons().add(*lesson);
    }

    /// Views into the arena stay good until the next time.
    void clear_entry(std::size_t room = max_kept) {
        entry_.clear();
        arena_.clear();
        arena_.reserve(room);
    }

    std::optional<Outcome> open(Mode mode) {
        mode_ = mode;
        clear_entry();
        owed_ = true;
        return std::nullopt;
    }

    /// The outcome of the line before, if that is owed; the present line is owed from now on.
    std::optional<Outcome> inner() {
        return std::exchange(owed_, true) ? std::optional(Outcome::part) : std::nullopt;
    }

    std::optional<Outcome> begin_json(string_view text, Record& record) {
        if (text != "{") {
            rest_ = text;
            return next_on_line(record);
        }
        mode_ = Mode::json;
        buffer_.clear();
        bounds_ = JsonBounds();
        return feed_json(text, record);
    }

    /// Settles the next object on a line that holds whole ones: {"dmesg":[{...},{...}]} and arrays hold
    /// several.
    Outcome next_on_line(Record& record) {
        string_view text = std::exchange(rest_, {});
        text = without_dmesg_opening(text);
        const bool may_hold = record_words_.has_any(text);
        if (!may_hold && !may_hold_more(text)) return Outcome::other;
        clear_entry(text.size());
        const auto size = scan(text);
        if (!size) return may_hold ? Outcome::truncated : Outcome::other;
        const string_view after = json_start(trimmed(text.substr(*size)));
        rest_ = after;
        const Outcome outcome = settle_scanned(record);
        if (by_heart_ && outcome == Outcome::observed && *size == text.size())
            learn(ByHeart::lesson_of(record, entry_.laurel_id(), text));
        return outcome;
    }

    /// Reads the fields of the object at the start of a text, or behind whose bracket that is.
    std::optional<std::size_t> scan(string_view text, bool is_open = false) {
        JsonScanner scanner(text, arena_);
        const auto set = [this](string_view path, string_view key, JsonKind kind, string_view value) {
            entry_.set(path, key, kind, value);
        };
        return is_open ? scanner.scan_open(set) : scanner.scan(set);
    }

    Outcome settle_json(string_view text, Record& record) {
        spans_lines_ = true;
        const bool may_hold = record_words_.has_any(text);
        if (!may_hold && !may_hold_more(text)) return Outcome::other;
        clear_entry(text.size());
        if (!scan(text)) return may_hold ? Outcome::malformed : Outcome::other;
        return settle_scanned(record);
    }

    Outcome settle_entry(Record& record) {
        spans_lines_ = true;
        return settle_scanned(record);
    }

    Outcome settle_scanned(Record& record) {
        const Outcome outcome = entry_.settle(trust_, scratch(), record);
        if (outcome == Outcome::observed || outcome == Outcome::refused) return outcome;
        event_ = entry_.event(trust_);
        notice_ = event_ ? notice_of(*event_) : entry_.notice(trust_);
        return outcome;
    }

    /// Room for decoded names that does not move while a record points into it.
    std::string& scratch() {
        scratch_.clear();
        if (scratch_.capacity() < max_kept) scratch_.reserve(max_kept);
        return scratch_;
    }

    /// Ends the entry with the line before, whose outcome this is, and reads `line` afresh.
    std::optional<Outcome> end_before(string_view line, Outcome outcome, Record& record) {
        mode_ = Mode::text;
        if (!std::exchange(owed_, false)) return begin(line, record);
        deferred_ = line;
        return outcome;
    }

    std::optional<Outcome> feed_verbose(string_view line, Record& record) {
        if (!line.starts_with("    ")) return end_before(line, settle_entry(record), record);
        const string_view field = line.substr(4);
        const std::size_t equals = field.find('=');
        if (equals != string_view::npos && is_key(field.substr(0, equals)))
            keep(field.substr(0, equals), field.substr(equals + 1));
        return inner();
    }

    std::optional<Outcome> feed_export(string_view line, Record& record) {
        if (line.starts_with("__CURSOR=")) return end_before(line, settle_entry(record), record);
        const std::size_t equals = line.find('=');
        if (!is_key(line.substr(0, equals))) return end_before(line, settle_entry(record), record);
        if (equals != string_view::npos) {
            keep(line.substr(0, equals), line.substr(equals + 1));
        } else {
            mode_ = Mode::binary;
            key_ = line;
            value_begin_ = arena_.size();
            value_lost_ = false;
            length_ = 0;
            length_bytes_ = 0;
        }
        return inner();
    }

    /// A line of a binary value: the newline behind it is part of the value, or ends it.
    std::optional<Outcome> feed_binary(string_view line) {
        const auto take_byte = [this](unsigned char byte) {
            if (length_bytes_ < 8) {
                length_ |= std::uint64_t{byte} << (8 * length_bytes_++);
            } else if (length_ > 0) {
                --length_;
                if (arena_.size() < arena_.capacity())
                    arena_.push_back(static_cast<char>(byte));
                else
                    value_lost_ = true;
            } else {
                end_binary();
            }
        };
        for (const char c : line) {
            if (mode_ != Mode::binary) break;
            take_byte(static_cast<unsigned char>(c));
        }
        if (mode_ == Mode::binary) take_byte('\n');
        if (length_bytes_ == 8 && length_ > max_binary) mode_ = Mode::fields;
        return inner();
    }

    void end_binary() {
        mode_ = Mode::fields;
        const bool wanted = Entry::wants("", key_);
        if (wanted && !value_lost_)
            entry_.set("", key_, JsonKind::string, string_view(arena_).substr(value_begin_));
        else
            arena_.resize(value_begin_);
        if (wanted && value_lost_) entry_.overflow();
    }

    void keep(string_view key, string_view value) {
        if (!Entry::wants("", key)) return;
        if (arena_.capacity() - arena_.size() < value.size()) return entry_.overflow();
        const std::size_t begin = arena_.size();
        arena_.append(value);
        entry_.set("", key, JsonKind::string, string_view(arena_).substr(begin));
    }

    std::optional<Outcome> feed_json(string_view line, Record& record) {
        using Progress = JsonBounds::Progress;
        std::size_t at = buffer_.size();
        buffer_.append(line);
        buffer_.push_back('\n');
        const Progress progress = bounds_.follow(buffer_, at);
        if (progress == Progress::broken || buffer_.size() > max_entry) {
            const Outcome outcome = !record_words_.has_any(buffer_) ? Outcome::other
                                    : progress == Progress::broken  ? Outcome::malformed
                                                                    : Outcome::oversized;
            return end_before(line, outcome, record);
        }
        if (progress == Progress::closed) return close_json(at, record);
        // {"dmesg":[ holds the entries; it is none itself.
        if (is_dmesg_opening(buffer_)) return end_before("", Outcome::part, record);
        return inner();
    }

    std::optional<Outcome> close_json(std::size_t end, Record& record) {
        settled_.assign(buffer_, 0, end);
        const string_view after = trimmed(string_view(buffer_).substr(end, buffer_.size() - end - 1));
        const bool reopens = after == ",{";
        mode_ = reopens ? Mode::json : Mode::text;
        buffer_ = reopens ? "{" : "";
        bounds_ = JsonBounds(reopens ? 1 : 0);
        if (std::exchange(owed_, false)) {
            settling_ = true;
            return Outcome::part;
        }
        return settle_json(settled_, record);
    }

    static constexpr std::uint64_t max_binary = std::uint64_t{64} << 20;

    Trust trust_;
    Mode mode_ = Mode::text;
    Entry entry_;
    /// Values of the present entry; reserved once, so that views into it stay good.
    std::string arena_;
    std::string scratch_;
    /// A JSON object that is not yet over, and the last one that was.
    std::string buffer_;
    std::string settled_;
    JsonBounds bounds_;
    RecordWords record_words_;
    /// settled_ waits for more().
    bool settling_ = false;
    /// The last line has no outcome yet.
    bool owed_ = false;
    bool spans_lines_ = false;
    std::optional<string_view> deferred_;
    std::unique_ptr<ByHeart> by_heart_;
    std::shared_ptr<Pupil> pupil_;
    string_view rest_;
    std::uint64_t further_ = 0;
    std::optional<AuditEvent> event_;
    std::optional<Notice> notice_;
    std::string key_;
    std::size_t value_begin_ = 0;
    bool value_lost_ = false;
    std::uint64_t length_ = 0;
    int length_bytes_ = 0;
};

RecordReader::RecordReader(Trust trust) : state_(std::make_unique<State>(trust)) {}
RecordReader::~RecordReader() = default;
RecordReader::RecordReader(RecordReader&&) noexcept = default;
RecordReader& RecordReader::operator=(RecordReader&&) noexcept = default;

std::optional<Outcome> RecordReader::read(string_view line, Record& record) noexcept {
    return state_->read(line, record);
}

std::optional<Outcome> RecordReader::more(Record& record) noexcept {
    return state_->more(record);
}

std::optional<Outcome> RecordReader::finish(Record& record) noexcept {
    return state_->finish(record);
}

bool RecordReader::spans_lines() const noexcept {
    return state_->spans_lines();
}

const std::optional<AuditEvent>& RecordReader::event() const noexcept {
    return state_->event();
}

const std::optional<Notice>& RecordReader::notice() const noexcept {
    return state_->notice();
}

std::optional<WholeEntry> RecordReader::read_entry(string_view text, Record& record) {
    return state_->read_entry(text, record);
}

PassedLines RecordReader::pass_over(string_view text) const noexcept {
    return state_->pass_over(text);
}

LinesAgain RecordReader::read_again(string_view text) {
    return state_->read_again(text);
}

void RecordReader::preview(string_view text, Preview& preview) {
    state_->preview(text, preview);
}

MakePreview RecordReader::previewer() {
    return state_->previewer();
}

bool RecordReader::holds(const Preview& preview, const Preview::Part& part) const noexcept {
    return state_->holds(preview, part);
}

Record RecordReader::record_again(const LinesAgain& lines, const Again& again) const {
    return state_->record_again(lines, again);
}

AuditEvent RecordReader::event_again(const LinesAgain& lines) const {
    return state_->event_again(lines);
}

std::uint64_t RecordReader::further_entries() const noexcept {
    return state_->further();
}

}  // namespace scgen
