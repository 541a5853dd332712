#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

namespace scgen {

/// What stood behind the stamps of SECCOMP records, each text once.
///
/// Shape:  texts have numbers from 1, which are never used again; when `most` are kept all are forgotten. A table without
///         deletions, of which at least half is empty.
class Bodies {
  public:
    static constexpr std::uint32_t most = 8'192;
    static constexpr std::size_t longest = 1024;

    struct Body {
        std::uint64_t hash = 0;
        /// Readable for 32 bytes more; null in an empty slot.
        const char* text = nullptr;
        std::uint32_t size = 0;
        std::uint32_t number = 0;
    };

    /// The slot where a text of this hash is or belongs, unless others are in its way: next() goes on from there, up to an
    /// empty slot.
    const Body* find(std::uint64_t hash) const noexcept { return &slots_[hash & mask_]; }
    const Body* next(const Body* body) const noexcept {
        return &slots_[static_cast<std::size_t>(body + 1 - slots_.data()) & mask_];
    }

    /// Keeps a text that is not kept yet.
    void add(std::string_view text, std::uint64_t hash);

    /// The text of a number that was handed out since all were forgotten last.
    std::string_view text(std::uint32_t number) const noexcept;

  private:
    void place(const Body& body) noexcept;

    void make_slots(std::size_t count);

    std::vector<Body> slots_ = std::vector<Body>(64);
    std::size_t mask_ = 63;
    std::vector<std::unique_ptr<char[]>> texts_;
    std::vector<std::uint32_t> sizes_;
    std::uint32_t first_ = 1;  ///< the number of texts_.front()
};

}  // namespace scgen
