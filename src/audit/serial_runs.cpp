#include "serial_runs.hpp"

#include <algorithm>
#include <limits>
#include <optional>

namespace scgen {
namespace {

// Two boots that hand out the same serials within a quarter of an hour would be taken for one.
constexpr unsigned widest_shift = 20;
constexpr std::uint64_t none = std::numeric_limits<std::uint64_t>::max();

struct Span {
    std::uint64_t first;
    std::uint64_t last;
    std::int64_t begin_ms;
    std::int64_t end_ms;
};

/// One boot, while its runs come in the order of time.
class Boot {
  public:
    explicit Boot(const Span& span) : first_(span.first), last_(span.last), end_ms_(span.end_ms) {}

    bool continues(const Span& span) const noexcept { return span.first == last_ + 1; }

    /// The same, where the clock was set back and other serials of that time came between.
    bool resumes(const Span& span) const noexcept {
        constexpr std::int64_t longest_pause_ms = 600'000;
        return continues(span) && span.begin_ms - end_ms_ <= longest_pause_ms;
    }

    bool take(const Span& span) {
        if (span.first > last_) {
            if (!continues(span)) holes_[last_ + 1] = {span.first - 1, end_ms_, span.begin_ms};
            last_ = span.last;
            end_ms_ = span.end_ms;
            return true;
        }
        if (span.last + 1 == first_) {
            first_ = span.first;
            return true;
        }
        return fill(span);
    }

    void report(std::vector<SerialRuns::Hole>& out) const {
        for (const auto& [first, gap] : holes_)
            out.push_back({gap.last - first + 1, gap.after_ms, gap.before_ms});
    }

  private:
    struct Gap {
        std::uint64_t last;
        std::int64_t after_ms;
        std::int64_t before_ms;
    };

    bool fill(const Span& span) {
        auto at = holes_.upper_bound(span.first);
        if (at == holes_.begin()) return false;
        --at;
        const std::uint64_t first = at->first;
        const Gap gap = at->second;
        if (span.last > gap.last) return false;
        holes_.erase(at);
        if (span.first > first) holes_[first] = {span.first - 1, gap.after_ms, span.begin_ms};
        if (span.last < gap.last) holes_[span.last + 1] = {gap.last, span.end_ms, gap.before_ms};
        return true;
    }

    std::uint64_t first_;
    std::uint64_t last_;
    std::int64_t end_ms_;
    std::map<std::uint64_t, Gap> holes_;
};

/// The boot that a run belongs to, out of those that are known; at the end for a new one.
std::size_t boot_of(std::vector<Boot>& boots, const Span& span) {
    constexpr std::size_t most = 8;
    const std::size_t count = boots.size();
    if (count > 0 && !boots.back().continues(span))
        for (std::size_t i = count; i-- > count - std::min(count, most);)
            if (boots[i].resumes(span)) {
                std::rotate(boots.begin() + static_cast<std::ptrdiff_t>(i),
                            boots.begin() + static_cast<std::ptrdiff_t>(i) + 1, boots.end());
                break;
            }
    return count == 0 || !boots.back().take(span) ? count : count - 1;
}

}  // namespace

SerialRuns::SerialRuns(const SerialRuns& other)
    : runs_(other.runs_), shift_(other.shift_), overflowed_(other.overflowed_) {}

SerialRuns& SerialRuns::operator=(const SerialRuns& other) {
    if (this == &other) return *this;
    runs_ = other.runs_;
    recent_ = nullptr;
    shift_ = other.shift_;
    overflowed_ = other.overflowed_;
    return *this;
}

void SerialRuns::add(std::int64_t time_ms, std::uint32_t serial) {
    const Again line{time_ms, serial, 0};
    add({&line, 1});
}

void SerialRuns::add(std::span<const Again> lines) {
    for (auto at = lines.begin(); at != lines.end() && !overflowed_; ++at) {
        at = extend_recent(at, lines.end());
        if (at == lines.end()) return;
        insert(Key{at->time_ms >> shift_, at->serial}, Run{at->serial, at->time_ms, at->time_ms});
        keep_bounds();
    }
}

void SerialRuns::add_in_order(std::span<const Again> lines) {
    while (!lines.empty() && !overflowed_) {
        const std::int64_t bucket = lines.front().time_ms >> shift_;
        std::size_t count = lines.size();
        if (lines.back().time_ms >> shift_ != bucket) {
            const auto is_inside = [this, bucket](const Again& line) {
                return line.time_ms >> shift_ == bucket;
            };
            const auto end = std::partition_point(lines.begin(), lines.end(), is_inside);
            count = static_cast<std::size_t>(end - lines.begin());
        }
        const Again& first = lines.front();
        const Again& last = lines[count - 1];
        if (last.serial < first.serial) return add(lines);
        if (extends_recent(bucket, first, last)) {
            recent_->second.last = last.serial;
            recent_->second.end_ms = std::max(recent_->second.end_ms, last.time_ms);
            recent_->second.begin_ms = std::min(recent_->second.begin_ms, first.time_ms);
        } else {
            insert(Key{bucket, first.serial}, Run{last.serial, first.time_ms, last.time_ms});
            keep_bounds();
        }
        lines = lines.subspan(count);
    }
}

/// Whether such lines come right behind the run that grew last, and do not reach the next one.
bool SerialRuns::extends_recent(std::int64_t bucket, const Again& first, const Again& last) const noexcept {
    return recent_ != nullptr && recent_->first.bucket == bucket &&
           first.serial == std::uint64_t{recent_->second.last} + 1 &&
           std::uint64_t{last.serial} + 1 < next_first_;
}

/// Adds lines for as long as the run that grew last holds them, or they come right behind it.
SerialRuns::Lines SerialRuns::extend_recent(Lines at, Lines end) noexcept {
    if (recent_ == nullptr) return at;
    const Key key = recent_->first;
    Run run = recent_->second;
    for (; at != end && at->time_ms >> shift_ == key.bucket; ++at) {
        const std::uint64_t serial = at->serial;
        const bool within = serial >= key.first && serial <= run.last;
        const bool behind = serial == std::uint64_t{run.last} + 1 && serial + 1 < next_first_;
        if (!within && !behind) break;
        run.last = std::max(run.last, at->serial);
        run.begin_ms = std::min(run.begin_ms, at->time_ms);
        run.end_ms = std::max(run.end_ms, at->time_ms);
    }
    recent_->second = run;
    return at;
}

/// Joins a run with all that it meets in its bucket.
void SerialRuns::insert(const Key& key, const Run& run) {
    Key whole = key;
    Run sum = run;
    auto at = runs_.upper_bound(key);
    if (at != runs_.begin()) {
        const auto before = std::prev(at);
        if (before->first.bucket == key.bucket && std::uint64_t{before->second.last} + 1 >= key.first)
            at = before;
    }
    while (at != runs_.end() && at->first.bucket == key.bucket &&
           at->first.first <= std::uint64_t{sum.last} + 1) {
        whole.first = std::min(whole.first, at->first.first);
        sum.last = std::max(sum.last, at->second.last);
        sum.begin_ms = std::min(sum.begin_ms, at->second.begin_ms);
        sum.end_ms = std::max(sum.end_ms, at->second.end_ms);
        at = runs_.erase(at);
    }
    recent_ = &*runs_.emplace_hint(at, whole, sum);
    next_first_ = at != runs_.end() && at->first.bucket == key.bucket ? at->first.first : none;
}

/// Makes buckets twice as long, or gives up.
void SerialRuns::widen() {
    Runs before;
    before.swap(runs_);
    recent_ = nullptr;
    overflowed_ = ++shift_ > widest_shift;
    if (overflowed_) return;
    for (const auto& [key, run] : before)
        insert(Key{key.bucket >> 1, key.first}, run);
}

void SerialRuns::keep_bounds() {
    while (runs_.size() > max_runs && !overflowed_)
        widen();
}

void SerialRuns::merge(const SerialRuns& other) {
    while (shift_ < other.shift_ && !overflowed_)
        widen();
    for (const auto& [key, run] : other.runs_) {
        if (overflowed_) break;
        insert(Key{key.bucket >> (shift_ - other.shift_), key.first}, run);
        keep_bounds();
    }
    if (other.overflowed_ && !overflowed_) *this = other;
}

std::vector<SerialRuns::Hole> SerialRuns::holes() const {
    std::vector<Span> spans;
    spans.reserve(runs_.size());
    for (const auto& [key, run] : runs_)
        spans.push_back({key.first, run.last, run.begin_ms, run.end_ms});
    std::sort(spans.begin(), spans.end(), [](const Span& a, const Span& b) {
        return a.begin_ms != b.begin_ms ? a.begin_ms < b.begin_ms : a.first < b.first;
    });
    std::vector<Boot> boots;
    for (const Span& span : spans)
        if (boot_of(boots, span) == boots.size()) boots.emplace_back(span);
    std::vector<Hole> out;
    for (const Boot& boot : boots)
        boot.report(out);
    return out;
}

}  // namespace scgen
