#include "scgen/observe/observations.hpp"

#include <algorithm>
#include <deque>
#include <limits>

#include "hash.hpp"
#include "spans.hpp"
#include "text_bytes.hpp"
#include "text_pool.hpp"

// A row a subject, in the order of their coming; an open-addressing table finds a row by the hash of what its
// names stand for. Most records are of the subject of the record before, so that one is compared first. Names
// are kept once each, and a call takes 32 bytes: a hundred thousand subjects of eight calls each need 50 MiB.
//
// A log is hostile: everything that it can make grow has a limit (subjects, calls a subject, calls in all,
// bytes of names, spans a subject), and what is past one is counted. Tables are seeded, so that names cannot
// be chosen to collide. Nothing handed out is in table order.

namespace scgen {
namespace {

constexpr std::size_t most_calls_per_subject = 4096;
constexpr std::size_t most_calls_at_least = 1'000'000;
constexpr std::size_t calls_per_allowed_subject = 32;
constexpr std::uint32_t no_row = 0xffffffffU;
constexpr std::int64_t no_time = std::numeric_limits<std::int64_t>::min();

/// A Moment in the room that a hundred thousand subjects leave.
struct PackedMoment {
    std::int64_t time_ms;
    std::uint32_t order;

    auto operator<=>(const PackedMoment&) const = default;
};

/// Serials have 32 bits. Lines without one are numbered, and those past 4294967295 have no order among each other.
PackedMoment pack(const Moment& moment) noexcept {
    constexpr std::uint64_t last = std::numeric_limits<std::uint32_t>::max();
    return {moment.time_ms.value_or(no_time), static_cast<std::uint32_t>(std::min(moment.order, last))};
}

/// What a subject did: the call by its number in Index::whats. A count stays at its greatest value.
struct Call {
    std::int64_t first_ms;
    std::int64_t last_ms;
    std::uint32_t first_order;
    std::uint32_t last_order;
    std::uint32_t count;
    std::uint32_t what;

    Moment first() const noexcept { return unpacked(first_ms, first_order); }
    Moment last() const noexcept { return unpacked(last_ms, last_order); }

    void add(const PackedMoment& first, const PackedMoment& last, std::uint64_t more) noexcept {
        count = static_cast<std::uint32_t>(
            std::min<std::uint64_t>(count + more, std::numeric_limits<std::uint32_t>::max()));
        if (first < PackedMoment{first_ms, first_order}) {
            first_ms = first.time_ms;
            first_order = first.order;
        }
        if (PackedMoment{last_ms, last_order} < last) {
            last_ms = last.time_ms;
            last_order = last.order;
        }
    }

  private:
    static Moment unpacked(std::int64_t time_ms, std::uint32_t order) noexcept {
        return {time_ms == no_time ? std::nullopt : std::optional(time_ms), order};
    }
};
static_assert(sizeof(Call) == 32);

/// When a subject was active. Most have one span, which needs no memory of its own.
class ActiveTimes {
  public:
    void add(const Moment& first, const Moment& last) {
        if (!first.time_ms) return;
        if (several_.empty()) {
            const bool any = first_ms_ != no_time;
            const Moment begin{first_ms_, first_order_}, end{last_ms_, last_order_};
            if (!any) return set(first, last);
            if (!is_pause(end, first) && !is_pause(last, begin))
                return set(std::min(begin, first), std::max(end, last));
            several_.emplace_back(begin, end);
        }
        add_span(several_, first, last);
        // One again, where what came lies between two.
        if (several_.size() == 1) {
            set(several_[0].first, several_[0].second);
            several_.clear();
        }
    }

    Spans all() const {
        if (!several_.empty() || first_ms_ == no_time) return several_;
        return {{{first_ms_, first_order_}, {last_ms_, last_order_}}};
    }

  private:
    void set(const Moment& first, const Moment& last) noexcept {
        first_ms_ = *first.time_ms;
        last_ms_ = *last.time_ms;
        first_order_ = pack(first).order;
        last_order_ = pack(last).order;
    }

    std::int64_t first_ms_ = no_time;
    std::int64_t last_ms_ = no_time;
    std::uint32_t first_order_ = 0;
    std::uint32_t last_order_ = 0;
    Spans several_;
};

struct Row {
    TextPool::Id host;
    TextPool::Id exe;
    TextPool::Id comm;
    TextPool::Id subj;
    std::int32_t pid;
    std::uint32_t hash;
    std::vector<Call> calls;
    ActiveTimes active;
};

}  // namespace

void Evidence::add(const Evidence& other) noexcept {
    if (other == Evidence{}) return;
    if (*this == Evidence{}) {
        *this = other;
        return;
    }
    count += other.count;
    first = std::min(first, other.first);
    last = std::max(last, other.last);
}

void Activity::add(const Activity& other) {
    for (const auto& [what, evidence] : other.calls)
        calls[what].add(evidence);
    for (const auto& [first, last] : other.spans)
        add_span(spans, first, last);
}

struct Observations::Index {
    std::uint64_t seed = hash_seed(this);
    TextPool texts;
    // A deque, since a vector would need room for all rows twice when it grows.
    std::deque<Row> rows;
    std::vector<std::uint32_t> slots = std::vector<std::uint32_t>(64, no_row);
    std::size_t calls = 0;
    /// What was seen, by number, in the order of its coming.
    std::vector<Observed> whats;
    std::map<Observed, std::uint32_t> number_of_what;
    std::uint32_t last_what = no_row;
    std::uint32_t recent = no_row;
    std::string comm_buffer;
    std::string exe_buffer;

    SubjectView names_of(const Row& row) const noexcept {
        return {texts[row.host], row.pid, texts[row.exe], texts[row.comm], texts[row.subj]};
    }

    /// Lives as long as the record, and until the next call.
    SubjectView names_of(const Record& record) {
        return {record.host, record.pid, text_bytes(record.exe, exe_buffer),
                text_bytes(record.comm, comm_buffer), record.subj};
    }

    bool is(const Row& row, const SubjectView& names) const noexcept {
        return row.pid == names.pid && texts[row.comm] == names.comm && texts[row.exe] == names.exe &&
               texts[row.host] == names.host && texts[row.subj] == names.subj;
    }

    std::uint32_t hash_of(const SubjectView& names) const noexcept {
        std::uint64_t hash = mix(seed, static_cast<std::uint64_t>(names.pid));
        hash = mix(mix(hash, names.comm), names.exe);
        hash = mix(mix(hash, names.host), names.subj);
        return static_cast<std::uint32_t>(hash >> 16U);
    }

    std::size_t slot_of(std::uint32_t hash, const SubjectView& names) const noexcept {
        const std::size_t mask = slots.size() - 1;
        std::size_t at = hash & mask;
        while (slots[at] != no_row && !(rows[slots[at]].hash == hash && is(rows[slots[at]], names)))
            at = (at + 1) & mask;
        return at;
    }

    void grow() {
        slots.assign(slots.size() * 2, no_row);
        for (std::uint32_t i = 0; i < rows.size(); ++i)
            slots[slot_of(rows[i].hash, names_of(rows[i]))] = i;
    }

    /// The row of `names`, a new one where there is room; else nothing.
    Row* row(const SubjectView& names, std::size_t max_subjects) {
        if (recent != no_row && is(rows[recent], names)) return &rows[recent];
        const std::uint32_t hash = hash_of(names);
        const std::uint32_t found = slots[slot_of(hash, names)];
        if (found == no_row) return new_row(names, hash, max_subjects);
        recent = found;
        return &rows[found];
    }

    Row* new_row(const SubjectView& names, std::uint32_t hash, std::size_t max_subjects) {
        if (rows.size() >= max_subjects || rows.size() >= no_row) return nullptr;
        const auto host = texts.keep(names.host);
        const auto exe = texts.keep(names.exe);
        const auto comm = texts.keep(names.comm);
        const auto subj = texts.keep(names.subj);
        if (!host || !exe || !comm || !subj) return nullptr;
        if (rows.size() >= slots.size() / 4 * 3) grow();
        recent = static_cast<std::uint32_t>(rows.size());
        slots[slot_of(hash, names)] = recent;
        rows.push_back({*host, *exe, *comm, *subj, names.pid, hash, {}, {}});
        return &rows.back();
    }

    std::uint32_t number_of(const Observed& what) {
        if (last_what != no_row && whats[last_what] == what) return last_what;
        const auto [at, fresh] = number_of_what.try_emplace(what, static_cast<std::uint32_t>(whats.size()));
        if (fresh) whats.push_back(what);
        return last_what = at->second;
    }

    enum class Added : std::uint8_t { known, fresh, over_limit };

    /// Where the call is, or belongs.
    static std::vector<Call>::iterator find(Row& row, std::uint32_t what) noexcept {
        return std::lower_bound(row.calls.begin(), row.calls.end(), what,
                                [](const Call& left, std::uint32_t right) { return left.what < right; });
    }

    Added add(Row& row, const Observed& what, const Evidence& evidence, std::size_t max_subjects) {
        const std::size_t most = std::max(most_calls_at_least, calls_per_allowed_subject * max_subjects);
        // Numbers are given out for calls that are kept, of which there are not so many.
        if (calls >= most && !number_of_what.contains(what)) return Added::over_limit;
        const std::uint32_t number = number_of(what);
        const PackedMoment first = pack(evidence.first), last = pack(evidence.last);
        auto at = find(row, number);
        if (at != row.calls.end() && at->what == number) {
            at->add(first, last, evidence.count);
            return Added::known;
        }
        if (row.calls.size() >= most_calls_per_subject || calls >= most) return Added::over_limit;
        Call call{first.time_ms, last.time_ms, first.order, last.order, 0, number};
        call.add(first, last, evidence.count);
        // A vector that doubles would leave a third of so many unused.
        if (row.calls.size() == row.calls.capacity()) {
            const auto place = at - row.calls.begin();
            row.calls.reserve(row.calls.size() + row.calls.size() / 4 + 2);
            at = row.calls.begin() + place;
        }
        row.calls.insert(at, call);
        ++calls;
        return Added::fresh;
    }
};

Observations::Observations(std::size_t max_subjects)
    : index_(std::make_unique<Index>()), max_subjects_(max_subjects) {}
Observations::Observations(const Observations& other)
    : index_(std::make_unique<Index>(*other.index_)),
      max_subjects_(other.max_subjects_),
      over_limit_(other.over_limit_) {}
Observations& Observations::operator=(const Observations& other) {
    if (this != &other) *this = Observations(other);
    return *this;
}
Observations::Observations(Observations&&) noexcept = default;
Observations& Observations::operator=(Observations&&) noexcept = default;
Observations::~Observations() = default;

bool Observations::add(const Record& record, const Moment& moment, bool counted) {
    Row* row = index_->row(index_->names_of(record), max_subjects_);
    const Evidence evidence{counted ? 1U : 0U, moment, moment};
    const auto added = row != nullptr
                           ? index_->add(*row, {record.syscall, record.action}, evidence, max_subjects_)
                           : Index::Added::over_limit;
    if (added == Index::Added::over_limit) {
        ++over_limit_;
        return false;
    }
    row->active.add(moment, moment);
    return added == Index::Added::fresh;
}

std::optional<Observations::Place> Observations::place_of(const Record& record) {
    Row* row = index_->row(index_->names_of(record), max_subjects_);
    if (row == nullptr) return std::nullopt;
    const std::uint32_t what = index_->number_of({record.syscall, record.action});
    const auto at = Index::find(*row, what);
    if (at == row->calls.end() || at->what != what) return std::nullopt;
    return Place{row, static_cast<std::size_t>(at - row->calls.begin()), what};
}

void Observations::add(Place& place, const Evidence& evidence) {
    Row& row = *static_cast<Row*>(place.row);
    // Calls that came meanwhile may have moved it.
    if (place.call >= row.calls.size() || row.calls[place.call].what != place.what)
        place.call = static_cast<std::size_t>(Index::find(row, place.what) - row.calls.begin());
    row.calls[place.call].add(pack(evidence.first), pack(evidence.last), evidence.count);
    row.active.add(evidence.first, evidence.last);
}

void Observations::merge(const Observations& other) {
    if (this == &other) return merge(Observations(other));
    over_limit_ += other.over_limit_;
    for (std::uint32_t place = 0; place < other.size(); ++place) {
        Row* ours = index_->row(other.subject(place), max_subjects_);
        for (const auto& [what, evidence] : other.calls(place))
            if (ours == nullptr ||
                index_->add(*ours, what, evidence, max_subjects_) == Index::Added::over_limit)
                over_limit_ += std::max<std::uint64_t>(evidence.count, 1);
        if (ours == nullptr) continue;
        for (const auto& [first, last] : other.spans(place))
            ours->active.add(first, last);
    }
}

std::map<Subject, Activity> Observations::subjects() const {
    std::map<Subject, Activity> all;
    for (const std::uint32_t place : places()) {
        const SubjectView names = subject(place);
        Activity& activity = all[Subject{std::string(names.host), names.pid, std::string(names.exe),
                                         std::string(names.comm), std::string(names.subj)}];
        for (const auto& [what, evidence] : calls(place))
            activity.calls.emplace_hint(activity.calls.end(), what, evidence);
        activity.spans = spans(place);
    }
    return all;
}

std::vector<std::uint32_t> Observations::places() const {
    std::vector<std::uint32_t> all;
    all.reserve(size());
    for (std::uint32_t place = 0; place < size(); ++place)
        if (!index_->rows[place].calls.empty()) all.push_back(place);
    std::sort(all.begin(), all.end(),
              [this](std::uint32_t left, std::uint32_t right) { return subject(left) < subject(right); });
    return all;
}

SubjectView Observations::subject(std::uint32_t place) const noexcept {
    return index_->names_of(index_->rows[place]);
}

std::vector<std::pair<Observed, Evidence>> Observations::calls(std::uint32_t place) const {
    std::vector<std::pair<Observed, Evidence>> all;
    for (const Call& call : index_->rows[place].calls)
        all.emplace_back(index_->whats[call.what], Evidence{call.count, call.first(), call.last()});
    std::sort(all.begin(), all.end(),
              [](const auto& left, const auto& right) { return left.first < right.first; });
    return all;
}

Evidence Observations::total(std::uint32_t place) const noexcept {
    Evidence all;
    for (const Call& call : index_->rows[place].calls)
        all.add({call.count, call.first(), call.last()});
    return all;
}

std::vector<std::pair<Moment, Moment>> Observations::spans(std::uint32_t place) const {
    return index_->rows[place].active.all();
}

std::size_t Observations::size() const noexcept {
    return index_->rows.size();
}

}  // namespace scgen
