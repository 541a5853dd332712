#pragma once

#include <sys/auxv.h>

#include <cstdint>
#include <cstring>
#include <string_view>

namespace scgen {

/// Folds `word` into `hash` by the halves of a 128-bit product, so that every bit of both reaches every bit.
constexpr std::uint64_t mix(std::uint64_t hash, std::uint64_t word) noexcept {
    __extension__ typedef unsigned __int128 Wide;
    const Wide product = static_cast<Wide>(hash ^ 0x9e3779b97f4a7c15U) * (word ^ 0xd6e8feb86659fd93U);
    return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64U) ^ (hash << 1U);
}

/// The same for text, its length included, so that "ab","c" and "a","bc" part ways.
inline std::uint64_t mix(std::uint64_t hash, std::string_view text) noexcept {
    hash = mix(hash, text.size());
    while (text.size() >= sizeof(std::uint64_t)) {
        std::uint64_t word = 0;
        std::memcpy(&word, text.data(), sizeof word);
        hash = mix(hash, word);
        text.remove_prefix(sizeof word);
    }
    std::uint64_t rest = 0;
    if (!text.empty()) std::memcpy(&rest, text.data(), text.size());
    return mix(hash, rest);
}

/// A start for mix() that whoever writes the log cannot know, and that all tables of a run share: where twelve bits of a hash
/// tell two things apart, all find the same. Nothing is shown in the order of a table.
///
/// Source: AT_RANDOM of getauxval(3), which the kernel draws for each exec.
inline std::uint64_t hash_seed() noexcept {
    std::uint64_t word = 0;
    if (const unsigned long drawn = ::getauxval(AT_RANDOM); drawn != 0)
        std::memcpy(&word, reinterpret_cast<const void*>(drawn), sizeof word);
    return mix(0x2545f4914f6cdd1dU, word);
}

}  // namespace scgen
