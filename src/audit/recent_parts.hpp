#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "origin.hpp"
#include "scgen/audit/record.hpp"
#include "scgen/audit/tally.hpp"

namespace scgen {

/// Parts of records that were read already, so that the same text need not be read again: the kernel prints what a program
/// does in a loop word for word alike but for stamp and serial, and thousands of lines a second behind one prefix.
///
/// Shape:  a few thousand texts, of which each may push out another: memory is bounded.
/// Law:    gives what parse_prefix() and parse_fields() give; but for Prefix::uptime_us, which is that of an earlier line.
class RecentParts {
  public:
    RecentParts() = default;
    RecentParts(const RecentParts&) = delete;
    RecentParts& operator=(const RecentParts&) = delete;

    std::optional<Prefix> prefix(std::string_view text, Voice voice);

    /// As parse_fields().
    Outcome fields(std::string_view text, Record& record);

  private:
    static constexpr std::size_t slots = 2048;
    /// Bodies are remembered from so many on: most inputs are short.
    static constexpr std::size_t few = 64;
    static constexpr std::size_t longest = 512;

    struct Body {
        std::string text;
        /// As it was read; its views point into `text`.
        Record record;
    };

    bool is_like_last(std::string_view text) const noexcept;

    /// The last prefix of a kernel with a stamp, which stands between `begin` and `end`.
    std::string last_;
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
    Prefix last_prefix_;
    std::size_t bodies_read_ = 0;
    std::vector<Body> bodies_;
};

/// As parse_record(), with what `recent` remembers.
Outcome parse_record(std::string_view line, Trust trust, Record& record, RecentParts& recent);

}  // namespace scgen
