#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <vector>

#include "scgen/audit/record_reader.hpp"

namespace scgen {

/// Which serials of one machine were seen, and when: what is missing between them.
///
/// Shape:  runs of consecutive serials, apart for every second (or longer, when there are many), so that the same serials
///         of two boots do not meet. Memory is bounded by max_runs; past it nothing is known any more.
/// Law:    the same serials in any order, and however they are shared out before merge(), give the same holes, as long
///         as the bound is not reached.
class SerialRuns {
  public:
    static constexpr std::size_t max_runs = 16'384;

    SerialRuns() = default;
    SerialRuns(const SerialRuns& other);
    SerialRuns& operator=(const SerialRuns& other);

    void add(std::int64_t time_ms, std::uint32_t serial);
    void add(std::span<const Again> lines);
    /// The same of lines of which each has the serial after the one before, and no earlier time.
    void add_in_order(std::span<const Again> lines);
    void merge(const SerialRuns& other);

    /// Serials of one boot that are missing between two that were seen.
    ///
    /// Units: milliseconds since the Unix epoch, of the last before it and the first behind it.
    struct Hole {
        std::uint64_t count;
        std::int64_t after_ms;
        std::int64_t before_ms;
    };

    /// Shape: a boot is a rise of serials in the order of time. Where they fall, another has begun, unless they fill a
    ///        hole or fit exactly before or behind what is there: records overtake each other, and clocks are set.
    std::vector<Hole> holes() const;

    bool overflowed() const noexcept { return overflowed_; }
    std::size_t size() const noexcept { return runs_.size(); }

  private:
    struct Key {
        std::int64_t bucket;
        std::uint32_t first;
        auto operator<=>(const Key&) const = default;
    };
    struct Run {
        std::uint32_t last;
        std::int64_t begin_ms;
        std::int64_t end_ms;
    };
    using Runs = std::map<Key, Run>;

    using Lines = std::span<const Again>::iterator;

    Lines extend_recent(Lines at, Lines end) noexcept;
    bool extends_recent(std::int64_t bucket, const Again& first, const Again& last) const noexcept;
    void insert(const Key& key, const Run& run);
    void keep_bounds();

    void widen();

    Runs runs_;
    /// The run that grew last, and the first serial of the next run in its bucket: what comes in order touches no more.
    Runs::value_type* recent_ = nullptr;
    std::uint64_t next_first_ = 0;
    /// A bucket is 2 to this many milliseconds.
    unsigned shift_ = 10;
    bool overflowed_ = false;
};

}  // namespace scgen
