#include "scgen/observe/observations.hpp"

#include <algorithm>
#include <deque>
#include <utility>

#include "call_store.hpp"
#include "hash.hpp"
#include "spans.hpp"
#include "text_bytes.hpp"
#include "text_pool.hpp"

// A row a subject, in the order of their coming; an open-addressing table finds a row by the hash of what its
// names stand for. Most records are of the subject of the record before, so that one is compared first. Names
// are kept once each, and calls packed but for those of some subjects (call_store.hpp).
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
constexpr std::int64_t no_time = PackedMoment::no_time;

/// When a subject was active. Most have one span, which needs no memory of its own, and most that comes belongs to the last.
class ActiveTimes {
  public:
    void add(const Moment& first, const Moment& last) {
        if (!first.time_ms) return;
        if (latest_.first_ms == no_time) {
            latest_ = pack(first, last);
            return;
        }
        const auto [begin, end] = unpack(latest_);
        const bool is_behind = end <= first, is_near = !is_pause(end, first);
        if (is_near && (is_behind || (earlier_.empty() && !is_pause(last, begin))))
            latest_ = pack(std::min(begin, first), std::max(end, last));
        else if (is_behind && earlier_.size() + 1 < most_spans)
            part(pack(first, last));
        else
            add_out_of_order(first, last);
    }

    Spans all() const {
        Spans spans;
        if (latest_.first_ms == no_time) return spans;
        for (const PackedSpan& span : earlier_)
            spans.push_back(unpack(span));
        spans.push_back(unpack(latest_));
        return spans;
    }

  private:
    /// With times, and in the room that a hundred thousand subjects leave.
    struct PackedSpan {
        std::int64_t first_ms = no_time;
        std::int64_t last_ms = no_time;
        std::uint32_t first_order = 0;
        std::uint32_t last_order = 0;
    };

    static PackedSpan pack(const Moment& first, const Moment& last) noexcept {
        return {*first.time_ms, *last.time_ms, PackedMoment(first).order, PackedMoment(last).order};
    }
    static Spans::value_type unpack(const PackedSpan& span) noexcept {
        return {{span.first_ms, span.first_order}, {span.last_ms, span.last_order}};
    }

    void part(const PackedSpan& next) {
        if (earlier_.size() == earlier_.capacity())
            earlier_.reserve(earlier_.size() + earlier_.size() / 4 + 1);
        earlier_.push_back(std::exchange(latest_, next));
    }

    void add_out_of_order(const Moment& first, const Moment& last) {
        Spans spans = all();
        add_span(spans, first, last);
        earlier_.clear();
        latest_ = pack(spans.front().first, spans.front().second);
        for (auto at = spans.begin() + 1; at != spans.end(); ++at)
            part(pack(at->first, at->second));
    }

    PackedSpan latest_;
    std::vector<PackedSpan> earlier_;
};

struct Row {
    TextPool::Id host;
    TextPool::Id exe;
    TextPool::Id comm;
    TextPool::Id subj;
    std::int32_t pid;
    std::uint32_t hash;
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
    std::uint64_t seed = hash_seed();
    TextPool texts;
    // A deque, since a vector would need room for all rows twice when it grows.
    std::deque<Row> rows;
    /// Of each row.
    CallStore calls;
    std::vector<std::uint32_t> slots = std::vector<std::uint32_t>(64, no_row);
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

    /// As their names are ordered. Each text is kept once, so that most need not be compared.
    bool is_before(const Row& left, const Row& right) const noexcept {
        const auto less = [this](TextPool::Id one, TextPool::Id other) { return texts[one] < texts[other]; };
        if (left.host != right.host) return less(left.host, right.host);
        if (left.pid != right.pid) return left.pid < right.pid;
        if (left.exe != right.exe) return less(left.exe, right.exe);
        if (left.comm != right.comm) return less(left.comm, right.comm);
        return left.subj != right.subj && less(left.subj, right.subj);
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

    /// The row of `names`, a new one where there is room; else no_row.
    std::uint32_t row(const SubjectView& names, std::size_t max_subjects) {
        if (recent != no_row && is(rows[recent], names)) return recent;
        const std::uint32_t hash = hash_of(names);
        const std::uint32_t found = slots[slot_of(hash, names)];
        if (found == no_row) return new_row(names, hash, max_subjects);
        return recent = found;
    }

    std::uint32_t new_row(const SubjectView& names, std::uint32_t hash, std::size_t max_subjects) {
        if (rows.size() >= max_subjects || rows.size() >= no_row) return no_row;
        const auto host = texts.keep(names.host);
        const auto exe = texts.keep(names.exe);
        const auto comm = texts.keep(names.comm);
        const auto subj = texts.keep(names.subj);
        if (!host || !exe || !comm || !subj) return no_row;
        if (rows.size() >= slots.size() / 4 * 3) grow();
        recent = static_cast<std::uint32_t>(rows.size());
        slots[slot_of(hash, names)] = recent;
        rows.push_back({*host, *exe, *comm, *subj, names.pid, hash, {}});
        calls.add_subject();
        return recent;
    }

    std::uint32_t number_of(const Observed& what) {
        if (last_what != no_row && whats[last_what] == what) return last_what;
        const auto [at, fresh] = number_of_what.try_emplace(what, static_cast<std::uint32_t>(whats.size()));
        if (fresh) whats.push_back(what);
        return last_what = at->second;
    }

    enum class Added : std::uint8_t { known, fresh, over_limit };

    /// Where the call is, or belongs.
    static std::vector<Call>::iterator find(std::vector<Call>& calls, std::uint32_t what) noexcept {
        return std::lower_bound(calls.begin(), calls.end(), what,
                                [](const Call& left, std::uint32_t right) { return left.what < right; });
    }

    Added add(std::uint32_t row, const Observed& what, const Evidence& evidence, std::size_t max_subjects) {
        const std::size_t most = std::max(most_calls_at_least, calls_per_allowed_subject * max_subjects);
        // Numbers are given out for calls that are kept, of which there are not so many.
        if (calls.size() >= most && !number_of_what.contains(what)) return Added::over_limit;
        const std::uint32_t number = number_of(what);
        const PackedMoment first(evidence.first), last(evidence.last);
        std::vector<Call>& known = calls.open(row);
        const auto at = find(known, number);
        if (at != known.end() && at->what == number) {
            at->add(first, last, evidence.count);
            return Added::known;
        }
        if (known.size() >= most_calls_per_subject || calls.size() >= most) return Added::over_limit;
        Call call{number, 0, first, last};
        call.add(first, last, evidence.count);
        calls.insert(known, at, call);
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
    const std::uint32_t row = index_->row(index_->names_of(record), max_subjects_);
    const Evidence evidence{counted ? 1U : 0U, moment, moment};
    const auto added = row != no_row
                           ? index_->add(row, {record.syscall, record.action}, evidence, max_subjects_)
                           : Index::Added::over_limit;
    if (added == Index::Added::over_limit) {
        ++over_limit_;
        return false;
    }
    index_->rows[row].active.add(moment, moment);
    return added == Index::Added::fresh;
}

std::optional<Observations::Place> Observations::place_of(const Record& record) {
    const std::uint32_t row = index_->row(index_->names_of(record), max_subjects_);
    if (row == no_row) return std::nullopt;
    const std::uint32_t what = index_->number_of({record.syscall, record.action});
    std::vector<Call>& calls = index_->calls.open(row);
    const auto at = Index::find(calls, what);
    if (at == calls.end() || at->what != what) return std::nullopt;
    return Place{row, static_cast<std::uint32_t>(at - calls.begin()), what};
}

void Observations::add(Place& place, const Evidence& evidence) {
    std::vector<Call>& calls = index_->calls.open(place.row);
    // Calls that came meanwhile may have moved it.
    if (place.call >= calls.size() || calls[place.call].what != place.what)
        place.call = static_cast<std::uint32_t>(Index::find(calls, place.what) - calls.begin());
    calls[place.call].add(PackedMoment(evidence.first), PackedMoment(evidence.last), evidence.count);
    index_->rows[place.row].active.add(evidence.first, evidence.last);
}

void Observations::merge(const Observations& other) {
    if (this == &other) return merge(Observations(other));
    over_limit_ += other.over_limit_;
    for (std::uint32_t place = 0; place < other.size(); ++place) {
        const std::uint32_t ours = index_->row(other.subject(place), max_subjects_);
        for (const auto& [what, evidence] : other.calls(place))
            if (ours == no_row ||
                index_->add(ours, what, evidence, max_subjects_) == Index::Added::over_limit)
                over_limit_ += std::max<std::uint64_t>(evidence.count, 1);
        if (ours == no_row) continue;
        for (const auto& [first, last] : other.spans(place))
            index_->rows[ours].active.add(first, last);
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
        if (!index_->calls.is_empty(place)) all.push_back(place);
    std::sort(all.begin(), all.end(), [this](std::uint32_t left, std::uint32_t right) {
        return index_->is_before(index_->rows[left], index_->rows[right]);
    });
    return all;
}

SubjectView Observations::subject(std::uint32_t place) const noexcept {
    return index_->names_of(index_->rows[place]);
}

std::vector<std::pair<Observed, Evidence>> Observations::calls(std::uint32_t place) const {
    std::vector<std::pair<Observed, Evidence>> all;
    index_->calls.for_each(
        place, [&](const Call& call) { all.emplace_back(index_->whats[call.what], call.evidence()); });
    std::sort(all.begin(), all.end(),
              [](const auto& left, const auto& right) { return left.first < right.first; });
    return all;
}

Evidence Observations::total(std::uint32_t place) const noexcept {
    Evidence all;
    index_->calls.for_each(place, [&all](const Call& call) { all.add(call.evidence()); });
    return all;
}

std::vector<std::pair<Moment, Moment>> Observations::spans(std::uint32_t place) const {
    return index_->rows[place].active.all();
}

std::size_t Observations::size() const noexcept {
    return index_->rows.size();
}

}  // namespace scgen
