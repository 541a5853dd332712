#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
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
    bool first(const Record& record);
    /// The same of a record whose print is known, and which has a stamp.
    bool first(const Print& print, std::int64_t time_ms, std::uint32_t serial) {
        return first(print, step_of(time_ms), static_cast<std::uint32_t>(time_ms) & 0xffU, serial);
    }

    /// Second sights that were of another call: two records of one machine cannot bear the same stamp and serial, so one
    /// of them is forged or broken. Each counts as an event of its own.
    std::uint64_t conflicts() const noexcept { return conflicts_; }

    std::size_t memory() const noexcept { return events_.memory() + prints_.memory() + bodies_.memory(); }

  private:
    /// The time in steps of 256 ms.
    static std::uint64_t step_of(std::int64_t time_ms) noexcept {
        return static_cast<std::uint64_t>(time_ms >> 8);
    }

    bool first(const Print& print, std::uint64_t step, std::uint32_t ms, std::uint32_t serial) {
        static_assert(prints_together == 16);
        const std::uint64_t block = step << 28U | serial >> 4U;
        if (block != block_) enter(block);
        const std::uint64_t bit = std::uint64_t{1} << (serial & 63U);
        const bool conflict =
            contradicts((*block_prints_)[serial % prints_together], print.call_and_host | ms);
        if ((*block_events_ & bit) != 0) return conflict;
        *block_events_ |= bit;
        if (since_without_serial_ >= records_of_patience) return true;
        ++since_without_serial_;
        return count_body(print, true);
    }

    /// Looks up what is kept of sixteen serials: what comes in order touches the tables once for all of them.
    void enter(std::uint64_t block) {
        if (block_events_ == nullptr || block >> 2U != block_ >> 2U) block_events_ = &events_[block >> 2U];
        block_prints_ = &prints_[block];
        block_ = block;
    }

    /// Keeps 32 bits of an event: 12 of its call, never 0; 12 of its host, 0 for none; 8 of its millisecond. Compares those
    /// of a second sight with the first.
    bool contradicts(std::uint32_t& before, std::uint32_t now) {
        if (before == 0) {
            before = now;
            return false;
        }
        const bool conflict = are_of_two_calls(before, now);
        conflicts_ += conflict ? 1 : 0;
        return conflict;
    }
    static bool are_of_two_calls(std::uint32_t before, std::uint32_t now) noexcept;
    bool count_body(const Print& print, bool has_serial);

    static constexpr std::uint64_t records_of_patience = 65'536;
    static constexpr std::size_t prints_together = 16;
    using Prints = std::array<std::uint32_t, prints_together>;

    RecentTable<std::uint64_t> events_;
    RecentTable<Prints> prints_;
    RecentTable<std::uint64_t> bodies_;
    std::uint64_t seed_;
    /// The block that was entered last, and where it is kept.
    std::uint64_t block_ = 0;
    Prints* block_prints_ = nullptr;
    std::uint64_t* block_events_ = nullptr;
    std::uint64_t conflicts_ = 0;
    std::uint64_t since_without_serial_ = 0;
    std::string buffer_;
};

}  // namespace scgen
