#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "cursor.hpp"

namespace scgen {

/// When a carrier says that it got a line.
///
/// Units:  milliseconds. `time_ms` is since the Unix epoch and empty where year or zone are not there; `order_ms` only
///         puts lines of one log in order.
struct CarrierTime {
    std::optional<std::int64_t> time_ms;
    std::int64_t order_ms = 0;
    /// dmesg alone writes its fractions behind a comma, and alone puts no host or tag behind the time.
    bool of_dmesg = false;
};

/// Reads the time at the start of a line and the blank behind it, in any form that syslog daemons, journalctl and
/// dmesg write; nothing, and the place as it was, where there is none.
std::optional<CarrierTime> parse_carrier_time(Cursor& cursor) noexcept;

/// Digits, exactly `width` of them.
std::optional<int> parse_fixed(Cursor& cursor, std::size_t width) noexcept;

}  // namespace scgen
