#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace scgen {

/// RFC 3339 in UTC with milliseconds, "2020-07-06T20:17:40.484Z"; nothing for years that it cannot write.
///
/// Units:  milliseconds since the Unix epoch.
std::optional<std::string> format_time(std::int64_t time_ms);

/// The same, and for years that RFC 3339 cannot write the form "@SECONDS.MMM"; "-" for no time at all.
std::string show_time(std::optional<std::int64_t> time_ms);

/// Reads a time: RFC 3339 (offset optional: UTC), "YYYY-MM-DD[ HH:MM[:SS]]" in UTC, or "@SECONDS[.FRACTION]".
///
/// Units:  milliseconds since the Unix epoch; finer fractions are cut.
std::optional<std::int64_t> parse_time(std::string_view text) noexcept;

/// Reads a duration: a whole number with one of ms, s, m, h, d.
std::optional<std::chrono::milliseconds> parse_duration(std::string_view text) noexcept;

}  // namespace scgen
