#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "by_heart.hpp"

namespace scgen {

/// Bytes that are looked at together, and how many behind them may be.
inline constexpr std::size_t piece = 64;
inline constexpr std::size_t beyond = 3;

struct Mark {
    enum Kind : std::uint8_t { none, word, opening };
    Kind kind;
    std::size_t at;
    std::uint64_t newlines;
};

/// Lines that were read by heart: up to `end`, so many.
struct Run {
    const char* end;
    std::size_t count;
    std::uint32_t speaker;
};

/// The passes over text (src/audit/fast/passes.hpp), for the processor that this runs on.
struct Kernels {
    const char* name;
    Mark (*next_mark)(const char* text, std::size_t from, std::size_t last) noexcept;
    /// Of a text for a table.
    std::uint64_t (*hash_of)(const char* text, std::size_t size) noexcept;
    Run (*read_run)(const char* at, const char* limit, ByHeart::Memory&, std::span<Again> out) noexcept;
};
extern const Kernels kernels;

/// All that can run on this processor, the best first. The last are in plain C++, and the others must agree with them.
std::span<const Kernels> usable_kernels() noexcept;

}  // namespace scgen
