// The same passes twice: in plain C++, and with the vectors of newer processors, chosen when the program runs.
#include "kernels.hpp"

#include <array>
#include <bit>
#include <cstring>
#include <functional>
#include <string_view>

#if defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>
#define SCGEN_NEWER_VECTORS 1
#endif

#include "../cursor.hpp"
#include "words.hpp"

namespace scgen {
namespace {

std::size_t lowest(std::uint64_t set) noexcept {
    return static_cast<std::size_t>(std::countr_zero(set));
}

std::uint64_t count(std::uint64_t set) noexcept {
    return static_cast<std::uint64_t>(std::popcount(set));
}

template <class Number>
Number number_at(const char* at) noexcept {
    Number number;
    std::memcpy(&number, at, sizeof number);
    return number;
}

bool is_json_opening(char c) noexcept {
    return json_openings[0].find(c) != std::string_view::npos ||
           json_openings[1].find(c) != std::string_view::npos;
}

/// The first so many of 64 places.
std::uint64_t first_places(std::size_t number) noexcept {
    return number >= piece ? ~std::uint64_t{0} : (std::uint64_t{1} << number) - 1U;
}

/// Which wanted word has its sought letters at a place; their number for none.
std::size_t word_at(const char* at, bool has_before) noexcept {
    for (std::size_t i = 0; i < wanted_words.size(); ++i) {
        const WantedWord& wanted = wanted_words[i];
        if ((wanted.sought == 0 || has_before) && std::memcmp(at - wanted.sought, wanted.word.data(), 4) == 0)
            return i;
    }
    return wanted_words.size();
}

/// Whether what looked like a mark is one.
Mark::Kind kind_of(const char* text, std::size_t at) noexcept {
    if (text[at] == '\n') return is_json_opening(text[at + 1]) ? Mark::opening : Mark::none;
    return word_at(text + at, at > 0) < wanted_words.size() ? Mark::word : Mark::none;
}

/// Whether telling letters behind a head and a stamp are what they look like.
bool is_telling(const char* at) noexcept {
    switch (at[0]) {
        case 'a': return std::memcmp(at, "audi", 4) == 0;
        case '-': return std::memcmp(at, "-sec", 4) == 0;
        case 'P': return std::memcmp(at - 1, "MP a", 4) == 0;
        case ']': return std::memcmp(at - 1, "6] a", 4) == 0;
        default: return std::memcmp(at - 3, "1326 a", 6) == 0;
    }
}

/// Reads ten digits and a point, as stamps have them from 2001 to 2286.
bool read_second(const char* at, ByHeart::Second& second) noexcept {
    std::int64_t value = 0;
    for (std::size_t i = 0; i < 10; ++i) {
        if (!is_digit(at[i])) return false;
        value = value * 10 + (at[i] - '0');
    }
    if (at[0] == '0' || at[10] != '.') return false;
    std::memcpy(second.text.data(), at, second.text.size());
    second.ms = value * 1000;
    return true;
}

/// The number that the first `count` of eight digits are, each less '0', the first in the lowest byte; 1 to 8 of them. Pairs,
/// fours and eights of digits are joined by one multiplication each.
[[gnu::always_inline]] inline std::uint32_t decimal_of(std::uint64_t digits, unsigned count) noexcept {
    digits <<= 64U - 8U * count;
    digits = (digits * 10 + (digits >> 8U)) & 0x00ff00ff00ff00ffU;
    digits = (digits * 100 + (digits >> 16U)) & 0x0000ffff0000ffffU;
    return static_cast<std::uint32_t>(digits * 10'000 + (digits >> 32U));
}

/// A serial of up to ten digits; false for what is no number of 32 bits.
bool read_long_serial(const char* at, std::size_t digits, std::uint32_t& serial) noexcept {
    std::uint64_t value = 0;
    for (const char* place = at; place != at + digits; ++place)
        value = value * 10 + static_cast<std::uint64_t>(*place - '0');
    serial = static_cast<std::uint32_t>(value);
    return value == serial;
}

std::uint32_t digit(char c) noexcept {
    return static_cast<std::uint32_t>(c) & 15U;
}

/// "1594067860.484:14536): " behind a head that fits: what it says; false for what the kernel does not print.
[[gnu::always_inline]] inline bool read_stamp(const char* at, const Head& head, ByHeart::Second& second,
                                              Again& again) noexcept {
    if (std::memcmp(at, second.text.data(), second.text.size()) != 0 && !read_second(at, second))
        return false;
    again.time_ms = second.ms + (digit(at[11]) * 100 + digit(at[12]) * 10 + digit(at[13]));
    again.record = 0;
    const char* const serial = at + Head::stamp_begin.size();
    if (*serial == '0' && head.serial_digits > 1) return false;
    if (std::endian::native != std::endian::little || head.serial_digits > 8)
        return read_long_serial(serial, head.serial_digits, again.serial);
    again.serial = decimal_of(number_at<std::uint64_t>(serial) & 0x0f0f0f0f0f0f0f0fU, head.serial_digits);
    return true;
}

namespace portable {
#include "vectors_portable.hpp"
//
#include "passes.hpp"
}  // namespace portable

#ifdef SCGEN_NEWER_VECTORS
namespace avx2 {
#include "vectors_avx2.hpp"
//
#include "passes.hpp"
}  // namespace avx2

namespace avx512 {
#include "vectors_avx512.hpp"
//
#include "passes.hpp"
}  // namespace avx512
#endif

constexpr std::array all_kernels{
#ifdef SCGEN_NEWER_VECTORS
    Kernels{"AVX-512", avx512::next_mark, avx512::hash_of, avx512::read_run},
    Kernels{"AVX2", avx2::next_mark, avx2::hash_of, avx2::read_run},
#endif
    Kernels{"portable", portable::next_mark, portable::hash_of, portable::read_run},
};

/// Where those that this processor can run begin.
std::size_t best() noexcept {
#ifdef SCGEN_NEWER_VECTORS
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi2") && __builtin_cpu_supports("aes")) {
        const bool longer = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                            __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq") &&
                            __builtin_cpu_supports("avx512vbmi");
        return longer ? 0 : 1;
    }
#endif
    return all_kernels.size() - 1;
}

}  // namespace

std::span<const Kernels> usable_kernels() noexcept {
    return std::span(all_kernels).subspan(best());
}

const Kernels kernels = usable_kernels().front();

}  // namespace scgen
