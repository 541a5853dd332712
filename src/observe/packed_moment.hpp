#pragma once

#include <algorithm>
#include <compare>
#include <cstdint>
#include <limits>
#include <optional>

#include "scgen/observe/observations.hpp"

namespace scgen {

/// A Moment in the room that a hundred thousand subjects leave.
struct PackedMoment {
    static constexpr std::int64_t no_time = std::numeric_limits<std::int64_t>::min();

    std::int64_t time_ms = no_time;
    std::uint32_t order = 0;

    PackedMoment() = default;
    /// Serials have 32 bits. Lines without one are numbered, and those past 4294967295 have no order among each other.
    explicit PackedMoment(const Moment& moment) noexcept
        : time_ms(moment.time_ms.value_or(no_time)),
          order(static_cast<std::uint32_t>(
              std::min<std::uint64_t>(moment.order, std::numeric_limits<std::uint32_t>::max()))) {}

    Moment unpacked() const noexcept {
        return {time_ms == no_time ? std::nullopt : std::optional(time_ms), order};
    }

    auto operator<=>(const PackedMoment&) const = default;
};

}  // namespace scgen
