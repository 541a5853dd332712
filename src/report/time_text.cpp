#include "scgen/report/time_text.hpp"

#include <array>
#include <charconv>
#include <limits>

namespace scgen {
namespace {

constexpr std::int64_t ms_per_second = 1000;
constexpr std::int64_t ms_per_day = 24 * 60 * 60 * ms_per_second;
// 0000-01-01 and 9999-12-31T23:59:59.999, the range of RFC 3339.
constexpr std::int64_t earliest_ms = -62'167'219'200'000;
constexpr std::int64_t latest_ms = 253'402'300'799'999;

void append_padded(std::string& out, std::int64_t value, std::size_t width) {
    const std::string digits = std::to_string(value);
    if (digits.size() < width) out.append(width - digits.size(), '0');
    out += digits;
}

/// Takes pieces off the front of a text; what does not fit leaves it false for good.
class Cursor {
  public:
    explicit Cursor(std::string_view text) : rest_(text) {}

    bool take(char c) noexcept {
        if (rest_.empty() || rest_.front() != c) return false;
        rest_.remove_prefix(1);
        return true;
    }

    void need(char c) noexcept {
        if (!take(c)) ok_ = false;
    }

    int number(std::size_t digits, int least, int most) noexcept {
        int value = 0;
        for (std::size_t i = 0; i < digits; ++i) {
            if (i >= rest_.size() || rest_[i] < '0' || rest_[i] > '9') {
                ok_ = false;
                return least;
            }
            value = value * 10 + (rest_[i] - '0');
        }
        rest_.remove_prefix(digits);
        if (value < least || value > most) ok_ = false;
        return value;
    }

    /// The digits after a point, as milliseconds.
    std::int64_t fraction() noexcept {
        std::int64_t value = 0;
        std::size_t digits = 0;
        for (; digits < rest_.size() && rest_[digits] >= '0' && rest_[digits] <= '9'; ++digits)
            if (digits < 3) value = value * 10 + (rest_[digits] - '0');
        if (digits == 0) ok_ = false;
        rest_.remove_prefix(digits);
        for (; digits < 3; ++digits)
            value *= 10;
        return value;
    }

    std::string_view rest() const noexcept { return rest_; }
    void fail() noexcept { ok_ = false; }
    bool done() const noexcept { return ok_ && rest_.empty(); }

  private:
    std::string_view rest_;
    bool ok_ = true;
};

std::optional<std::int64_t> parse_epoch(std::string_view text) noexcept {
    std::int64_t seconds = 0;
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, seconds);
    constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max() / ms_per_second - 1;
    if (error != std::errc{} || seconds > most || seconds < 0) return std::nullopt;
    Cursor cursor(text.substr(static_cast<std::size_t>(stop - text.data())));
    const std::int64_t fraction = cursor.take('.') ? cursor.fraction() : 0;
    if (!cursor.done()) return std::nullopt;
    return seconds * ms_per_second + fraction;
}

std::int64_t parse_offset(Cursor& cursor) noexcept {
    if (cursor.rest().empty() || cursor.take('Z') || cursor.take('z')) return 0;
    const bool west = cursor.take('-');
    if (!west) cursor.need('+');
    const std::int64_t hours = cursor.number(2, 0, 23);
    cursor.need(':');
    const std::int64_t minutes = hours * 60 + cursor.number(2, 0, 59);
    return (west ? -minutes : minutes) * 60 * ms_per_second;
}

std::int64_t parse_clock(Cursor& cursor) noexcept {
    std::int64_t ms = cursor.number(2, 0, 23) * 3600 * ms_per_second;
    cursor.need(':');
    ms += cursor.number(2, 0, 59) * 60 * ms_per_second;
    if (cursor.take(':')) {
        ms += cursor.number(2, 0, 60) * ms_per_second;  // 60: a leap second
        if (cursor.take('.')) ms += cursor.fraction();
    }
    return ms - parse_offset(cursor);
}

}  // namespace

std::optional<std::string> format_time(std::int64_t time_ms) {
    if (time_ms < earliest_ms || time_ms > latest_ms) return std::nullopt;
    const auto point = std::chrono::sys_time<std::chrono::milliseconds>(std::chrono::milliseconds(time_ms));
    const auto day = std::chrono::floor<std::chrono::days>(point);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss clock(point - day);
    std::string out;
    append_padded(out, static_cast<int>(date.year()), 4);
    out += '-';
    append_padded(out, static_cast<unsigned>(date.month()), 2);
    out += '-';
    append_padded(out, static_cast<unsigned>(date.day()), 2);
    out += 'T';
    append_padded(out, clock.hours().count(), 2);
    out += ':';
    append_padded(out, clock.minutes().count(), 2);
    out += ':';
    append_padded(out, clock.seconds().count(), 2);
    out += '.';
    append_padded(out, clock.subseconds().count(), 3);
    out += 'Z';
    return out;
}

std::string show_time(std::optional<std::int64_t> time_ms) {
    if (!time_ms) return "-";
    if (auto text = format_time(*time_ms)) return *text;
    std::string out = "@" + std::to_string(*time_ms / ms_per_second) + ".";
    const std::int64_t fraction = *time_ms % ms_per_second;
    append_padded(out, fraction < 0 ? -fraction : fraction, 3);
    return out;
}

std::optional<std::int64_t> parse_time(std::string_view text) noexcept {
    if (!text.empty() && text.front() == '@') return parse_epoch(text.substr(1));
    Cursor cursor(text);
    const int year = cursor.number(4, 0, 9999);
    cursor.need('-');
    const int month = cursor.number(2, 1, 12);
    cursor.need('-');
    const int day = cursor.number(2, 1, 31);
    const std::chrono::year_month_day date{std::chrono::year(year),
                                           std::chrono::month(static_cast<unsigned>(month)),
                                           std::chrono::day(static_cast<unsigned>(day))};
    if (!date.ok()) return std::nullopt;
    const std::int64_t midnight = std::chrono::sys_days(date).time_since_epoch().count() * ms_per_day;
    if (cursor.done()) return midnight;
    if (!cursor.take('T') && !cursor.take('t')) cursor.need(' ');
    const std::int64_t clock = parse_clock(cursor);
    if (!cursor.done()) return std::nullopt;
    return midnight + clock;
}

std::optional<std::chrono::milliseconds> parse_duration(std::string_view text) noexcept {
    struct Unit {
        std::string_view name;
        std::int64_t ms;
    };
    constexpr std::array units{Unit{"ms", 1}, Unit{"s", ms_per_second}, Unit{"m", 60 * ms_per_second},
                               Unit{"h", 3600 * ms_per_second}, Unit{"d", ms_per_day}};
    // A thousand years: more than that is a slip, and would overflow a clock.
    constexpr std::int64_t most = 365'000 * ms_per_day;
    std::int64_t number = 0;
    const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || number < 0) return std::nullopt;
    const std::string_view name = text.substr(static_cast<std::size_t>(stop - text.data()));
    for (const Unit& unit : units)
        if (name == unit.name && number <= most / unit.ms) return std::chrono::milliseconds(number * unit.ms);
    return std::nullopt;
}

}  // namespace scgen
