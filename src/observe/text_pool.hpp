#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace scgen {

/// Keeps each text once, and gives it a number that stays.
///
/// Shape:  all texts in one string; past `most_bytes` of them no new one is taken.
class TextPool {
  public:
    using Id = std::uint32_t;
    static constexpr std::size_t most_bytes = 64U * 1024U * 1024U;

    TextPool();

    /// The number of `text`, kept from now on; nothing when there is no room.
    std::optional<Id> keep(std::string_view text);

    /// Lives until the next call of keep().
    std::string_view operator[](Id id) const noexcept;

  private:
    struct Entry {
        std::uint32_t begin;
        std::uint32_t size;
    };
    static constexpr Id none = 0xffffffffU;

    std::size_t slot_of(std::string_view text) const noexcept;
    void grow();

    std::uint64_t seed_;
    std::string bytes_;
    std::vector<Entry> entries_;
    std::vector<Id> slots_;
};

}  // namespace scgen
