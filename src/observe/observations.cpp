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
// are kept once each, and a call takes 56 bytes: a hundred thousand subjects of three calls each need 45 MiB.
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

/// A Moment without the padding of its optional.
struct PackedMoment {
    std::int64_t time_ms;
    std::uint64_t order;

    auto operator<=>(const PackedMoment&) const = default;
};

PackedMoment pack(const Moment& moment) noexcept {
    return {moment.time_ms.value_or(no_time), moment.order};
}

Moment unpack(const PackedMoment& moment) noexcept {
    return {moment.time_ms == no_time ? std::nullopt : std::optional(moment.time_ms), moment.order};
}

struct Call {
    Observed what;
    std::uint64_t count;
    PackedMoment first;
    PackedMoment last;
};

/// What a record says of its subject, interpreted.
struct Names {
    std::string_view host;
    std::int32_t pid;
    std::string_view exe;
    std::string_view comm;
    std::string_view subj;
};

struct Row {
    TextPool::Id host;
    TextPool::Id exe;
    TextPool::Id comm;
    TextPool::Id subj;
    std::int32_t pid;
    std::uint32_t hash;
    std::vector<Call> calls;
    Spans spans;
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
    std::uint32_t recent = no_row;
    std::string comm_buffer;
    std::string exe_buffer;

    Names names_of(const Row& row) const noexcept {
        return {texts[row.host], row.pid, texts[row.exe], texts[row.comm], texts[row.subj]};
    }

    /// Lives as long as the record, and until the next call.
    Names names_of(const Record& record) {
        return {record.host, record.pid, text_bytes(record.exe, exe_buffer),
                text_bytes(record.comm, comm_buffer), record.subj};
    }

    bool is(const Row& row, const Names& names) const noexcept {
        return row.pid == names.pid && texts[row.comm] == names.comm && texts[row.exe] == names.exe &&
               texts[row.host] == names.host && texts[row.subj] == names.subj;
    }

    std::uint32_t hash_of(const Names& names) const noexcept {
        std::uint64_t hash = mix(seed, static_cast<std::uint64_t>(names.pid));
        hash = mix(mix(hash, names.comm), names.exe);
        hash = mix(mix(hash, names.host), names.subj);
        return static_cast<std::uint32_t>(hash >> 16U);
    }

    std::size_t slot_of(std::uint32_t hash, const Names& names) const noexcept {
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
    Row* row(const Names& names, std::size_t max_subjects) {
        if (recent != no_row && is(rows[recent], names)) return &rows[recent];
        const std::uint32_t hash = hash_of(names);
        const std::uint32_t found = slots[slot_of(hash, names)];
        if (found == no_row) return new_row(names, hash, max_subjects);
        recent = found;
        return &rows[found];
    }

    Row* new_row(const Names& names, std::uint32_t hash, std::size_t max_subjects) {
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

    enum class Added : std::uint8_t { known, fresh, over_limit };

    /// Where the call is, or belongs.
    static std::vector<Call>::iterator find(Row& row, const Observed& what) noexcept {
        return std::lower_bound(row.calls.begin(), row.calls.end(), what,
                                [](const Call& left, const Observed& right) { return left.what < right; });
    }

    static void add(Call& call, const PackedMoment& first, const PackedMoment& last,
                    std::uint64_t count) noexcept {
        call.count += count;
        call.first = std::min(call.first, first);
        call.last = std::max(call.last, last);
    }

    Added add(Row& row, const Call& call, std::size_t max_subjects) {
        const auto at = find(row, call.what);
        if (at != row.calls.end() && at->what == call.what) {
            add(*at, call.first, call.last, call.count);
            return Added::known;
        }
        const std::size_t most = std::max(most_calls_at_least, calls_per_allowed_subject * max_subjects);
        if (row.calls.size() >= most_calls_per_subject || calls >= most) return Added::over_limit;
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
    const PackedMoment when = pack(moment);
    const Call call{{record.syscall, record.action}, counted ? 1U : 0U, when, when};
    const auto added = row != nullptr ? index_->add(*row, call, max_subjects_) : Index::Added::over_limit;
    if (added == Index::Added::over_limit) {
        ++over_limit_;
        return false;
    }
    add_span(row->spans, moment, moment);
    return added == Index::Added::fresh;
}

std::optional<Observations::Place> Observations::place_of(const Record& record) {
    const Observed what{record.syscall, record.action};
    Row* row = index_->row(index_->names_of(record), max_subjects_);
    if (row == nullptr) return std::nullopt;
    const auto at = Index::find(*row, what);
    if (at == row->calls.end() || at->what != what) return std::nullopt;
    return Place{row, static_cast<std::size_t>(at - row->calls.begin()), what};
}

void Observations::add(Place& place, const Evidence& evidence) {
    Row& row = *static_cast<Row*>(place.row);
    // Calls that came meanwhile may have moved it.
    if (place.call >= row.calls.size() || row.calls[place.call].what != place.what)
        place.call = static_cast<std::size_t>(Index::find(row, place.what) - row.calls.begin());
    Index::add(row.calls[place.call], pack(evidence.first), pack(evidence.last), evidence.count);
    add_span(row.spans, evidence.first, evidence.last);
}

void Observations::merge(const Observations& other) {
    if (this == &other) return merge(Observations(other));
    over_limit_ += other.over_limit_;
    for (const Row& theirs : other.index_->rows) {
        Row* ours = index_->row(other.index_->names_of(theirs), max_subjects_);
        for (const Call& call : theirs.calls)
            if (ours == nullptr || index_->add(*ours, call, max_subjects_) == Index::Added::over_limit)
                over_limit_ += std::max<std::uint64_t>(call.count, 1);
        if (ours == nullptr) continue;
        for (const auto& [first, last] : theirs.spans)
            add_span(ours->spans, first, last);
    }
}

std::map<Subject, Activity> Observations::subjects() const {
    std::map<Subject, Activity> all;
    for (const Row& row : index_->rows) {
        if (row.calls.empty()) continue;
        const Names names = index_->names_of(row);
        Activity& activity = all[Subject{std::string(names.host), names.pid, std::string(names.exe),
                                         std::string(names.comm), std::string(names.subj)}];
        for (const Call& call : row.calls)
            activity.calls.emplace_hint(activity.calls.end(), call.what,
                                        Evidence{call.count, unpack(call.first), unpack(call.last)});
        activity.spans = row.spans;
    }
    return all;
}

std::size_t Observations::size() const noexcept {
    return index_->rows.size();
}

}  // namespace scgen
