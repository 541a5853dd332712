#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

namespace scgen {

/// What stood behind the stamps of SECCOMP records, each text once.
///
/// Shape:  texts have numbers from 1, which are never used again; when there is no room all are forgotten. There is more
///         room, up to `most`, in a log whose texts come again after they were forgotten. A table without deletions, of
///         which at least half is empty, and in which a text is at most `reach` slots from where it belongs. One that
///         finds no such place is not kept: nobody can make a log whose texts are long to look up.
class Bodies {
  public:
    static constexpr std::uint32_t fewest = 8'192;
    static constexpr std::uint32_t most = 65'536;
    static constexpr std::size_t longest = 1024;
    /// Less holds no call.
    static constexpr std::size_t shortest = 64;
    static constexpr std::size_t reach = 8;

    /// An empty slot has no size.
    struct Body {
        const char* text = nullptr;
        std::uint32_t number = 0;
        std::uint32_t size = 0;
        std::uint64_t hash = 0;
    };

    /// The first of `reach` slots in which a text of this hash may be.
    const Body* find(std::uint64_t hash) const noexcept { return &slots_[hash & mask_]; }

    /// Keeps a text that is not kept yet.
    void add(std::string_view text, std::uint64_t hash);

    /// The text of a number that was handed out since all were forgotten last.
    std::string_view text(std::uint32_t number) const noexcept { return texts_[number - first_]; }

    /// The least number that may be asked for.
    std::uint32_t first() const noexcept { return first_; }

    /// How many may be kept now: the numbers of those that are differ by less.
    std::uint32_t room() const noexcept { return room_; }

    /// Whether they are so few that none must be waited for.
    bool are_in_cache() const noexcept { return texts_.size() <= 2048; }

    /// The length of the shortest text that was ever kept.
    std::size_t least_size() const noexcept { return least_size_; }

  private:
    void make_slots(std::size_t count);
    Body* empty_slot(std::uint64_t hash) noexcept;
    const char* keep(std::string_view text);
    void make_room();
    bool left_trace(std::uint64_t hash);

    static constexpr std::size_t first_slots = 64;
    static constexpr std::size_t slab_size = std::size_t{64} * 1024;

    std::vector<Body> slots_ = std::vector<Body>(first_slots + reach);
    std::size_t mask_ = first_slots - 1;
    /// Texts stand close together, each where a line of the cache begins, so that comparing needs few of those.
    std::vector<std::unique_ptr<char[]>> slabs_;
    std::size_t used_ = slab_size;  ///< of the last slab
    std::vector<std::string_view> texts_;
    std::uint32_t first_ = 1;  ///< the number of texts_.front()
    std::uint32_t room_ = fewest;

    /// A bit for the hash of each text that was kept since traces were wiped, once any was forgotten.
    std::vector<bool> traces_;
    std::uint32_t traced_ = 0;
    /// Of the texts that came since room was made, those that had left a trace.
    std::uint32_t came_ = 0;
    std::uint32_t came_again_ = 0;
    std::size_t least_size_ = longest;
};

}  // namespace scgen
