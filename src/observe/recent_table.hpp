#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "hash.hpp"

namespace scgen {

/// Values by 64-bit key, of which the most recently used are remembered.
///
/// Shape:  two hash tables of at most `most` values each. When the young one is full it becomes the old one and its values
///         are forgotten unless they are used meanwhile. Both grow from nothing. Two of the keys may be taken for one.
template <class Value>
class RecentTable {
  public:
    explicit RecentTable(std::size_t most) : most_(most), seed_(hash_seed()) {}
    RecentTable(const RecentTable&) = delete;
    RecentTable& operator=(const RecentTable&) = delete;

    /// The value of `key`, Value{} for a new one; lives until the next call.
    Value& operator[](std::uint64_t key) {
        const std::uint64_t name = key != 0 ? key : 1;
        make_room();
        Slot* const slot = find(young_, name);
        // Keys are most often followed by the next one.
        __builtin_prefetch(&young_[place_of(name + 1) & (young_.size() - 1)], 1);
        if (slot->name == name) return slot->value;
        ++used_;
        slot->name = name;
        young_names_.add(name);
        if (old_names_.holds(name)) {
            const Slot* const before = find(old_, name);
            if (before->name == name) slot->value = before->value;
        }
        return slot->value;
    }

    /// Bytes held, for those who must bound them.
    std::size_t memory() const noexcept { return (young_.capacity() + old_.capacity()) * sizeof(Slot); }

  private:
    struct Slot {
        std::uint64_t name = 0;  ///< 0 in an empty slot
        Value value{};
    };
    using Table = std::vector<Slot>;

    /// What comes in order is beyond all that is old, which then need not be searched.
    struct Range {
        std::uint64_t least = ~std::uint64_t{0};
        std::uint64_t most = 0;

        void add(std::uint64_t name) noexcept {
            least = std::min(least, name);
            most = std::max(most, name);
        }
        bool holds(std::uint64_t name) const noexcept { return name >= least && name <= most; }
    };
    static constexpr std::size_t first_slots = 64;

    /// Keys that follow each other are neighbours, eight at a time.
    std::size_t place_of(std::uint64_t name) const noexcept {
        return mix(seed_, name / neighbours) * neighbours + name % neighbours;
    }
    static constexpr std::size_t neighbours = 8;

    /// The slot that holds a value or the empty one where it belongs, in a table with slots.
    Slot* find(Table& table, std::uint64_t name) const noexcept {
        const std::size_t mask = table.size() - 1;
        std::size_t at = place_of(name) & mask;
        // Past all the neighbours, who collide together; an odd step comes to every slot.
        constexpr std::size_t step = neighbours + 1;
        while (table[at].name != 0 && table[at].name != name)
            at = (at + step) & mask;
        return &table[at];
    }

    /// Keeps a quarter of the young table's slots empty: by growing it, or by starting a new generation.
    void make_room() {
        if (used_ >= most_) {
            // The memory of those that are forgotten is used again.
            old_.swap(young_);
            young_.assign(old_.size(), Slot{});
            old_names_ = std::exchange(young_names_, Range{});
            used_ = 0;
            return;
        }
        if (used_ < young_.size() / 4 * 3) return;
        const Table before = std::exchange(young_, Table(young_.empty() ? first_slots : young_.size() * 2));
        for (const Slot& slot : before)
            if (slot.name != 0) *find(young_, slot.name) = slot;
    }

    std::size_t most_;
    std::uint64_t seed_;
    Table young_;
    Table old_;
    Range young_names_;
    Range old_names_;
    std::size_t used_ = 0;
};

}  // namespace scgen
