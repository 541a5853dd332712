#pragma once

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

/// A start for mix() that whoever writes the log cannot know: where the loader put `object` in memory.
/// Nothing that is ever shown depends on it, since tables are sorted before they are handed out.
inline std::uint64_t hash_seed(const void* object) noexcept {
    return mix(0x2545f4914f6cdd1dU, static_cast<std::uint64_t>(reinterpret_cast<std::uintptr_t>(object)));
}

}  // namespace scgen
