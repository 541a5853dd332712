#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "scgen/audit/record.hpp"

namespace scgen {

/// 64-bit words by 64-bit key, of which the most recently used are remembered.
///
/// Shape:  two hash tables of at most `most` words each. When the young one is full it becomes the old one
///         and its words are forgotten unless they are used meanwhile. Both grow from nothing.
class RecentWords {
  public:
    explicit RecentWords(std::size_t most);

    /// The word of `key`, 0 for a new one, which the caller makes non-zero; lives until the next call.
    std::uint64_t& operator[](std::uint64_t key);

    /// Bytes held, for those who must bound them.
    std::size_t memory() const noexcept;

  private:
    struct Slot {
        std::uint64_t key;
        std::uint64_t word;
    };
    using Table = std::vector<Slot>;

    Slot* find(Table& table, std::uint64_t key) const noexcept;
    void make_room();

    std::size_t most_;
    std::uint64_t seed_;
    Table young_;
    Table old_;
    std::size_t used_ = 0;
};

/// Tells the first sight of an event from a second one.
///
/// Shape:  memory is bounded (about 24 MiB), so that an event may be forgotten; and different ones may be
///         taken for one. Both cost a count and nothing else.
class SeenEvents {
  public:
    SeenEvents();

    /// Whether this record's event is to be counted.
    bool first(const Record& record);

    /// Second sights that were of another call: two records of one machine cannot bear the same stamp and serial, so one
    /// of them is forged or broken. Each counts as an event of its own.
    std::uint64_t conflicts() const noexcept { return conflicts_; }

    std::size_t memory() const noexcept { return events_.memory() + prints_.memory() + bodies_.memory(); }

  private:
    bool contradicts(const Record& record);
    std::uint64_t body_key(const Record& record);
    bool count_body(const Record& record, bool has_serial);

    RecentWords events_;
    RecentWords prints_;
    RecentWords bodies_;
    std::uint64_t seed_;
    std::uint64_t conflicts_ = 0;
    std::uint64_t since_without_serial_ = 0;
    std::string buffer_;
    std::string other_buffer_;
};

}  // namespace scgen
