#include "scgen/observe/ingest.hpp"

#include <cassert>
#include <map>
#include <utility>
#include <vector>

#include "lineage.hpp"
#include "seen_events.hpp"
#include "spans.hpp"

namespace scgen {
namespace {

/// What kind of log an input is shows in its first lines.
constexpr std::uint64_t lines_to_look_at = 100;

/// What is known of more records than this is not all near the processor, which then is told what it will need, so many lines
/// ahead.
constexpr std::size_t familiar_in_cache = 4096;
constexpr std::size_t ahead = 8;

}  // namespace

class Ingest::State {
  public:
    explicit State(IngestOptions options)
        : options_(std::move(options)), observations_(options_.max_subjects) {
        if (options_.session) lineage_.emplace(*options_.session);
    }

    bool feed(const Block& block) {
        fresh_ = false;
        for (const Loss& loss : block.losses)
            ledger_.add(loss);
        if (block.text.empty() && block.oversized == 0 && !block.queue_checked && !block.end) return false;
        const auto at = input(block.input);
        input_ = &at->second;
        if (block.every_type) ledger_.keeps_every_type(input_->number);
        if (block.queue_checked) ledger_.queue_checked(input_->number);
        count(Outcome::oversized, block.oversized);
        read_all(block.text, block.preview);
        if (block.end) end(at);
        return fresh_;
    }

    Foresight foresight(std::uint64_t number) {
        if (!reads_by_heart()) return {};
        RecordReader& reader = input(number)->second.reader;
        return {[&reader](std::string_view text, Preview& preview) { reader.preview(text, preview); },
                reader.previewer()};
    }

    bool end_input() {
        fresh_ = false;
        while (!inputs_.empty())
            end(inputs_.begin());
        assert(tally_.lines() == fed_ && "every line has exactly one outcome");
        return fresh_;
    }

    const Observations& observations() {
        for (auto& [number, input] : inputs_)
            settle(input);
        return observations_;
    }

    OnRecord each_;
    Tally tally_;
    std::array<std::uint64_t, 4> origins_{};
    std::uint64_t duplicates_ = 0;
    IngestOptions options_;
    SeenEvents seen_;
    Ledger ledger_;
    std::optional<Lineage> lineage_;
    bool container_output_ = false;

  private:
    /// What is known of a record that came before from this speaker, and what is collected of it, so that the
    /// Observations are not touched for each line: how often it counts, and the first and the last moment.
    struct Familiar {
        std::uint32_t record = 0;
        std::uint32_t speaker = 0;
        SeenEvents::Print print;
        std::uint32_t first_serial = 0;
        std::uint32_t last_serial = 0;
        std::int64_t first_ms = 0;
        std::int64_t last_ms = 0;
        std::uint64_t count = 0;
        /// Something is collected.
        bool is_touched = false;
        /// Its place is in Input::touched.
        bool is_listed = false;
        Observations::Place place;

        /// Adds what comes behind all that is collected, and that soon; false where it does not.
        bool add_next(const Again& again, bool counted) noexcept {
            const auto later =
                static_cast<std::uint64_t>(again.time_ms) - static_cast<std::uint64_t>(last_ms);
            if (!is_touched || later - 1 >= span_pause_ms) return false;
            last_ms = again.time_ms;
            last_serial = again.serial;
            count += counted ? 1 : 0;
            return true;
        }
        bool is_far_from(std::int64_t time_ms) const noexcept {
            constexpr auto pause = static_cast<std::int64_t>(span_pause_ms);
            return time_ms > last_ms + pause || time_ms < first_ms - pause;
        }
        void begin(const Again& again) noexcept {
            is_touched = true;
            count = 0;
            first_ms = last_ms = again.time_ms;
            first_serial = last_serial = again.serial;
        }
        void add(const Again& again, bool counted) noexcept {
            count += counted ? 1 : 0;
            if (again.time_ms > last_ms || (again.time_ms == last_ms && again.serial > last_serial)) {
                last_ms = again.time_ms;
                last_serial = again.serial;
            } else if (again.time_ms < first_ms ||
                       (again.time_ms == first_ms && again.serial < first_serial)) {
                first_ms = again.time_ms;
                first_serial = again.serial;
            }
        }
    };

    /// A file, a stream: lines that follow each other.
    struct Input {
        Input(std::uint64_t number_, Trust trust) : number(number_), reader(trust) {}

        std::uint64_t number;
        RecordReader reader;
        std::uint64_t lines = 0;
        std::uint64_t fed = 0;
        std::uint64_t outcomes = 0;
        /// By number of record, as far as numbers of those that are known at a time differ.
        std::vector<Familiar> familiar;
        /// The places of which something may be collected.
        std::vector<std::uint32_t> touched;
    };
    using Inputs = std::map<std::uint64_t, Input>;

    Inputs::iterator input(std::uint64_t number) {
        const auto at = inputs_.try_emplace(number, inputs_seen_, options_.trust).first;
        inputs_seen_ = std::max(inputs_seen_, at->second.number + 1);
        return at;
    }

    void end(Inputs::iterator at) {
        input_ = &at->second;
        line_ = {};
        if (const auto outcome = input_->reader.finish(record_)) take(*outcome, record_);
        input_->fed += input_->reader.further_entries();
        assert(input_->outcomes == input_->fed && "every line has exactly one outcome");
        fed_ += input_->fed;
        settle(*input_);
        ledger_.end_input(input_->number);
        inputs_.erase(at);
    }

    void count(Outcome outcome, std::uint64_t lines) {
        tally_.add(outcome, lines);
        input_->fed += lines;
        input_->outcomes += lines;
    }

    /// Lines need not be read, but compared.
    bool reads_by_heart() const noexcept {
        return !options_.plain && !each_ && !lineage_ && !options_.since_ms && !options_.until_ms;
    }

    /// Reads lines one by one, or many at once: those that are known but for their stamps, and those that follow one of no
    /// interest, for where a log holds nothing else, it is no use to look for some.
    void read_all(std::string_view text, const Preview* preview) {
        const bool by_heart = reads_by_heart();
        const std::string_view all = text;
        std::span<const Preview::Part> parts;
        if (preview != nullptr) parts = preview->parts;
        while (!text.empty()) {
            if (input_->lines >= lines_to_look_at) {
                const std::size_t at = all.size() - text.size();
                while (!parts.empty() && parts.front().begin < at)
                    parts = parts.subspan(1);
                std::size_t bytes = 0;
                if (!parts.empty() && parts.front().begin == at) bytes = take(*preview, parts.front());
                if (bytes == 0 && by_heart) bytes = read_again(text);
                if (bytes == 0 && !interesting_ && !options_.plain) bytes = pass_over(text);
                if (bytes == 0 && !options_.plain) bytes = read_entry(text);
                text.remove_prefix(bytes);
                if (bytes > 0) continue;
            }
            const std::size_t newline = text.find('\n');
            read(text.substr(0, newline));
            if (newline == std::string_view::npos) return;
            text.remove_prefix(newline + 1);
        }
    }

    /// Takes a part of a preview; nothing where that does not hold.
    std::size_t take(const Preview& preview, const Preview::Part& part) {
        if (!input_->reader.holds(preview, part)) return 0;
        if (part.is_known)
            take({part.bytes, std::span(preview.again).subspan(part.first, part.lines), part.speaker,
                  preview.room});
        else
            count(Outcome::other, part.lines);
        input_->lines += part.lines;
        interesting_ = true;
        return part.bytes;
    }

    std::size_t pass_over(std::string_view text) {
        const PassedLines passed = input_->reader.pass_over(text);
        input_->lines += passed.lines;
        count(Outcome::other, passed.lines);
        interesting_ = passed.bytes > 0;
        return passed.bytes;
    }

    std::size_t read_entry(std::string_view text) {
        const auto entry = input_->reader.read_entry(text, record_);
        if (!entry) return 0;
        line_ = {};
        count(Outcome::part, entry->lines - 1);
        ++input_->fed;
        input_->lines += entry->lines;
        take(entry->outcome, record_);
        return entry->bytes;
    }

    std::size_t read_again(std::string_view text) {
        std::size_t bytes = 0;
        for (;;) {
            const LinesAgain lines = input_->reader.read_again(text.substr(bytes));
            if (lines.lines.empty()) return bytes;
            bytes += lines.bytes;
            input_->lines += lines.lines.size();
            interesting_ = true;
            take(lines);
        }
    }

    void take(const LinesAgain& lines) {
        const AuditEvent speaker = input_->reader.event_again(lines);
        std::uint64_t records = 0;
        const std::span<const Again> all = lines.lines;
        const bool is_cached = input_->familiar.size() <= familiar_in_cache;
        for (std::size_t i = 0; i < all.size(); ++i) {
            if (!is_cached && i + ahead < all.size()) expect(all[i + ahead].record & (lines.room - 1));
            if (all[i].record == 0) continue;
            learn_again(lines, all[i]);
            ++records;
        }
        origins_[static_cast<std::size_t>(speaker.origin)] += records;
        ledger_.add(speaker, lines.lines, records, input_->number);
        count(Outcome::observed, records);
        count(Outcome::other, lines.lines.size() - records);
    }

    /// Has the processor bring what is known of a record that comes soon.
    void expect(std::size_t at) const noexcept {
        const std::vector<Familiar>& all = input_->familiar;
        if (at >= all.size()) return;
        __builtin_prefetch(&all[at], 1);
        __builtin_prefetch(reinterpret_cast<const char*>(&all[at]) + 64, 1);
    }

    void learn_again(const LinesAgain& lines, const Again& again) {
        const std::uint32_t at = again.record & (lines.room - 1);
        Familiar& known = familiar(at);
        if (known.record != again.record || known.speaker != lines.speaker)
            return become_familiar(known, lines, again);
        const bool counted = seen_.first(known.print, again.time_ms, again.serial);
        duplicates_ += counted ? 0 : 1;
        if (known.add_next(again, counted)) return;
        add_out_of_order(known, at, again, counted);
    }

    [[gnu::noinline]] void add_out_of_order(Familiar& known, std::uint32_t at, const Again& again,
                                            bool counted) {
        if (known.is_touched && known.is_far_from(again.time_ms)) settle(known);
        if (!known.is_touched) known.begin(again);
        if (!std::exchange(known.is_listed, true)) input_->touched.push_back(at);
        known.add(again, counted);
    }

    void settle(Input& input) {
        for (const std::uint32_t at : input.touched) {
            settle(input.familiar[at]);
            input.familiar[at].is_listed = false;
        }
        input.touched.clear();
    }

    /// Adds what was collected of a record.
    void settle(Familiar& known) {
        if (!known.is_touched) return;
        known.is_touched = false;
        observations_.add(
            known.place,
            {known.count, {known.first_ms, known.first_serial}, {known.last_ms, known.last_serial}});
    }

    // Apart, so that what is done for each line needs few registers.
    [[gnu::noinline]] void become_familiar(Familiar& known, const LinesAgain& lines, const Again& again) {
        settle(known);
        const Record record = input_->reader.record_again(lines, again);
        known.print = seen_.print_of(record);
        const bool counted = seen_.first(known.print, again.time_ms, again.serial);
        duplicates_ += counted ? 0 : 1;
        fresh_ = observations_.add(record, {again.time_ms, again.serial}, counted) || fresh_;
        known.speaker = lines.speaker;
        const auto place = observations_.place_of(record);
        known.record = place ? again.record : 0;
        if (place) known.place = *place;
    }

    Familiar& familiar(std::size_t at) {
        std::vector<Familiar>& all = input_->familiar;
        if (at >= all.size()) all.resize(std::max(at + 1, 2 * all.size()));
        return all[at];
    }

    void read(std::string_view line) {
        interesting_ = false;
        line_ = line;
        ++input_->fed;
        if (input_->lines++ < lines_to_look_at && is_container_output(line)) container_output_ = true;
        if (const auto outcome = input_->reader.read(line, record_)) take(*outcome, record_);
        while (const auto outcome = input_->reader.more(record_))
            take(*outcome, record_);
    }

    void take(Outcome outcome, const Record& record) {
        if (outcome == Outcome::observed && !is_inside(record.time_ms)) outcome = Outcome::excluded;
        if (outcome == Outcome::observed && lineage_ && !lineage_->holds(record)) {
            // It came, so that its serial is not missing, whoever it is of.
            ledger_.add(record, input_->number);
            outcome = Outcome::excluded;
        }
        tally_.add(outcome);
        ++input_->outcomes;
        interesting_ = true;
        if (outcome == Outcome::observed) return learn(record);
        const RecordReader& reader = input_->reader;
        interesting_ = outcome != Outcome::other || reader.event() || reader.notice();
        if (const auto& event = reader.event(); event && is_inside(event->time_ms))
            ledger_.add(*event, input_->number);
        if (const auto& notice = reader.notice(); notice && is_inside(notice->time_ms)) ledger_.add(*notice);
    }

    bool is_inside(std::optional<std::int64_t> time_ms) const noexcept {
        if (!time_ms) return true;
        return (!options_.since_ms || *time_ms >= *options_.since_ms) &&
               (!options_.until_ms || *time_ms <= *options_.until_ms);
    }

    void learn(const Record& record) {
        ++origins_[static_cast<std::size_t>(record.origin)];
        const bool counted = seen_.first(record);
        if (!counted) ++duplicates_;
        ledger_.add(record, input_->number);
        const Moment moment{record.time_ms, record.serial ? *record.serial : ++ordinal_};
        fresh_ = observations_.add(record, moment, counted) || fresh_;
        if (each_) each_({record, input_->reader.spans_lines() ? std::string_view() : line_, counted});
    }

    Observations observations_;
    Inputs inputs_;           ///< those that have not ended
    Input* input_ = nullptr;  ///< the one being read
    /// The record of the last outcome that is observed. One for all lines: to make it empty takes as long as to split a line.
    Record record_;
    /// The line being read; empty at the end of input, which may end an entry.
    std::string_view line_;
    std::uint64_t fed_ = 0;  ///< lines of inputs that ended
    std::uint64_t ordinal_ = 0;
    std::uint64_t inputs_seen_ = 0;
    bool fresh_ = false;
    /// The last line was not one of those that could be passed over.
    bool interesting_ = true;
};

Ingest::Ingest(IngestOptions options) : state_(std::make_unique<State>(std::move(options))) {}
Ingest::~Ingest() = default;
Ingest::Ingest(Ingest&&) noexcept = default;
Ingest& Ingest::operator=(Ingest&&) noexcept = default;

void Ingest::on_record(OnRecord each) {
    state_->each_ = std::move(each);
}
bool Ingest::feed(const Block& block) {
    return state_->feed(block);
}
Foresight Ingest::foresight(std::uint64_t input) {
    return state_->foresight(input);
}
bool Ingest::end_input() {
    return state_->end_input();
}
const Observations& Ingest::observations() const {
    return state_->observations();
}
const Tally& Ingest::tally() const noexcept {
    return state_->tally_;
}
const std::array<std::uint64_t, 4>& Ingest::origins() const noexcept {
    return state_->origins_;
}
std::uint64_t Ingest::undecided() const noexcept {
    return state_->lineage_ ? state_->lineage_->undecided() : 0;
}
std::uint64_t Ingest::duplicates() const noexcept {
    return state_->duplicates_;
}
std::uint64_t Ingest::conflicts() const noexcept {
    return state_->seen_.conflicts();
}
const Ledger& Ingest::ledger() const noexcept {
    return state_->ledger_;
}
bool Ingest::container_output() const noexcept {
    return state_->container_output_;
}

}  // namespace scgen
