#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "recent_table.hpp"
#include "scgen/audit/record.hpp"

namespace scgen {

/// Tells the first sight of an event from a second one.
///
/// Shape:  memory is bounded (about 24 MiB), so that an event may be forgotten; and different ones may be
///         taken for one. Both cost a count and nothing else.
class SeenEvents {
  public:
    SeenEvents();

    /// What tells a record from others but for its stamp.
    struct Print {
        /// Of who called what, and of the host.
        std::uint32_t call_and_host = 0;
        /// Of all that journalctl's short forms keep.
        std::uint64_t body = 0;
    };
    Print print_of(const Record& record);

    /// Whether the event of a record is to be counted.
    bool first(const Print& print, std::optional<std::int64_t> time_ms, std::optional<std::uint32_t> serial);
    bool first(const Record& record) { return first(print_of(record), record.time_ms, record.serial); }

    /// Second sights that were of another call: two records of one machine cannot bear the same stamp and serial, so one
    /// of them is forged or broken. Each counts as an event of its own.
    std::uint64_t conflicts() const noexcept { return conflicts_; }

    std::size_t memory() const noexcept { return events_.memory() + prints_.memory() + bodies_.memory(); }

  private:
    bool contradicts(const Print& print, std::optional<std::int64_t> time_ms, std::uint32_t serial);
    bool count_body(const Print& print, bool has_serial);

    static constexpr std::size_t prints_together = 8;

    RecentTable<std::uint64_t> events_;
    RecentTable<std::array<std::uint32_t, prints_together>> prints_;
    RecentTable<std::uint64_t> bodies_;
    std::uint64_t seed_;
    std::uint64_t conflicts_ = 0;
    std::uint64_t since_without_serial_ = 0;
    std::string buffer_;
};

}  // namespace scgen
