//   Nov 23 19:42:25[.123456]                                RFC 3164, which knows neither year nor zone
//   2026-11-23T19:42:25[.,123456](Z|+00:00|+0000)           RFC 3339; behind a comma: dmesg --time-format iso
//   Mon 2026-11-23 19:42:25[.123456] UTC                    journalctl -o short-full
//   1795462945.362886                                       journalctl -o short-unix
#include "carrier_time.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace scgen {
namespace {

using std::string_view;

constexpr std::int64_t day_ms = 86'400'000;

/// Days from 1970-01-01 of a proleptic Gregorian date.
constexpr std::int64_t days_of(int year, int month, int day) noexcept {
    const int y = month <= 2 ? year - 1 : year;
    const int era_year = y % 400;
    const int day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return y / 400 * 146097LL + era_year * 365 + era_year / 4 - era_year / 100 + day_of_year - 719468;
}
static_assert(days_of(1970, 1, 1) == 0 && days_of(2026, 11, 23) == 20780);

constexpr std::array<string_view, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                             "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
constexpr std::array<string_view, 7> weekdays{"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};

/// Which of the words comes next.
template <std::size_t n>
std::optional<int> eat_one_of(Cursor& c, const std::array<string_view, n>& words) noexcept {
    for (std::size_t i = 0; i < n; ++i)
        if (c.eat(words[i])) return static_cast<int>(i);
    return std::nullopt;
}

/// "19:42:25", with a fraction of up to nine digits behind a point or a comma. Units of the result:
/// milliseconds.
std::optional<std::int64_t> clock(Cursor& c) noexcept {
    const auto hour = parse_fixed(c, 2);
    if (!hour || !c.eat(':')) return std::nullopt;
    const auto minute = parse_fixed(c, 2);
    if (!minute || !c.eat(':')) return std::nullopt;
    const auto second = parse_fixed(c, 2);
    if (!second || *hour > 23 || *minute > 59 || *second > 60) return std::nullopt;
    std::int64_t milliseconds = 0;
    if (c.starts('.') || c.starts(',')) {
        c.rest.remove_prefix(1);
        const string_view fraction = c.take_while(is_digit);
        if (fraction.empty() || fraction.size() > 9) return std::nullopt;
        for (std::size_t i = 0, weight = 100; i < 3; ++i, weight /= 10)
            if (i < fraction.size()) milliseconds += static_cast<std::int64_t>(weight) * (fraction[i] - '0');
    }
    return ((*hour * 60 + *minute) * 60 + *second) * 1000LL + milliseconds;
}

/// Minutes east of Greenwich.
std::optional<int> zone(Cursor& c) noexcept {
    if (c.eat('Z') || c.eat("UTC")) return 0;
    const bool west = c.starts('-');
    if (!c.eat('+') && !c.eat('-')) return std::nullopt;
    const auto hours = parse_fixed(c, 2);
    c.eat(':');
    const auto minutes = hours ? parse_fixed(c, 2) : std::nullopt;
    if (!minutes) return std::nullopt;
    return (west ? -1 : 1) * (*hours * 60 + *minutes);
}

std::optional<std::int64_t> date(Cursor& c) noexcept {
    const auto year = parse_fixed(c, 4);
    if (!year || *year < 1970 || !c.eat('-')) return std::nullopt;
    const auto month = parse_fixed(c, 2);
    if (!month || *month < 1 || *month > 12 || !c.eat('-')) return std::nullopt;
    const auto day = parse_fixed(c, 2);
    if (!day || *day < 1 || *day > 31) return std::nullopt;
    return days_of(*year, *month, *day) * day_ms;
}

std::optional<CarrierTime> iso_time(Cursor& c) noexcept {
    const auto day = date(c);
    if (!day || !c.eat('T')) return std::nullopt;
    const bool comma = c.rest.substr(0, 9).find(',') != string_view::npos;
    const auto time = clock(c);
    const auto offset = time ? zone(c) : std::nullopt;
    if (!offset || !c.eat(' ')) return std::nullopt;
    const std::int64_t time_ms = *day + *time - *offset * 60'000LL;
    return CarrierTime{time_ms, time_ms, comma};
}

/// Zones other than UTC have names, which do not tell the offset.
std::optional<CarrierTime> full_time(Cursor& c) noexcept {
    if (!eat_one_of(c, weekdays) || !c.eat(' ')) return std::nullopt;
    const auto day = date(c);
    if (!day || !c.eat(' ')) return std::nullopt;
    const auto time = clock(c);
    if (!time || !c.eat(' ')) return std::nullopt;
    const string_view name = c.take_while([](char ch) { return static_cast<unsigned char>(ch) > ' '; });
    if (name.empty() || !c.eat(' ')) return std::nullopt;
    CarrierTime out{.time_ms = {}, .order_ms = *day + *time};
    if (name == "UTC") out.time_ms = out.order_ms;
    return out;
}

std::optional<CarrierTime> short_time(Cursor& c) noexcept {
    const auto month = eat_one_of(c, months);
    if (!month || !c.eat(' ')) return std::nullopt;
    c.eat(' ');
    int day = 0;
    const string_view digits = c.take_while(is_digit);
    for (const char digit : digits.substr(0, 2))
        day = day * 10 + (digit - '0');
    if (digits.empty() || digits.size() > 2 || !c.eat(' ')) return std::nullopt;
    const auto time = clock(c);
    if (!time || !c.eat(' ')) return std::nullopt;
    return CarrierTime{.time_ms = {}, .order_ms = (*month * 31 + day) * day_ms + *time};
}

std::optional<CarrierTime> unix_time(Cursor& c) noexcept {
    const auto seconds = c.decimal<std::int64_t>();
    if (!seconds || *seconds < 0 || *seconds > 253402300799 || !c.eat('.')) return std::nullopt;
    const auto milliseconds = parse_fixed(c, 3);
    const auto rest = milliseconds ? parse_fixed(c, 3) : std::nullopt;
    if (!rest || !c.eat(' ')) return std::nullopt;
    const std::int64_t time_ms = *seconds * 1000 + *milliseconds;
    return CarrierTime{time_ms, time_ms};
}

}  // namespace

std::optional<int> parse_fixed(Cursor& c, std::size_t width) noexcept {
    if (c.rest.size() < width) return std::nullopt;
    int value = 0;
    for (const char digit : c.rest.substr(0, width)) {
        if (!is_digit(digit)) return std::nullopt;
        value = value * 10 + (digit - '0');
    }
    c.rest.remove_prefix(width);
    return value;
}

std::optional<CarrierTime> parse_carrier_time(Cursor& c) noexcept {
    for (const auto read : {iso_time, short_time, full_time, unix_time}) {
        const Cursor before = c;
        if (const auto time = read(c)) return time;
        c = before;
    }
    return std::nullopt;
}

}  // namespace scgen
