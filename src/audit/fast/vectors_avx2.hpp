// What the passes over text are made of, for processors with AVX2. Included inside a namespace of its own, once; the plain
// twin is vectors_portable.hpp. Every function has the target, so that they are made one where they are used.

#define SCGEN_TARGET [[gnu::target("avx2,aes,bmi,bmi2,lzcnt,popcnt")]]

using Vector = __m256i;

SCGEN_TARGET inline Vector load(const void* at) noexcept {
    return _mm256_loadu_si256(static_cast<const __m256i*>(at));
}

SCGEN_TARGET inline std::uint32_t bits(Vector bytes) noexcept {
    return static_cast<std::uint32_t>(_mm256_movemask_epi8(bytes));
}

SCGEN_TARGET inline std::uint64_t newlines_in(const char* at) noexcept {
    const Vector newline = _mm256_set1_epi8('\n');
    const std::uint64_t low = bits(_mm256_cmpeq_epi8(load(at), newline));
    const std::uint64_t high = bits(_mm256_cmpeq_epi8(load(at + 32), newline));
    return low | high << 32U;
}

/// A row of word_bits, in both halves of a vector.
SCGEN_TARGET inline Vector row(std::size_t which) noexcept {
    return _mm256_broadcastsi128_si256(
        _mm_loadu_si128(reinterpret_cast<const __m128i*>(word_bits[which].data())));
}

SCGEN_TARGET inline Vector high_halves(Vector bytes) noexcept {
    return _mm256_and_si256(_mm256_srli_epi16(bytes, 4), _mm256_set1_epi8(15));
}

/// Where of 32 places the letters of a word stand.
SCGEN_TARGET inline std::uint32_t sought_in_vector(const char* at) noexcept {
    const Vector first = load(at), second = load(at + 1), third = load(at + 2);
    const Vector one =
        _mm256_and_si256(_mm256_shuffle_epi8(row(0), first), _mm256_shuffle_epi8(row(1), high_halves(first)));
    const Vector two = _mm256_and_si256(_mm256_shuffle_epi8(row(2), second),
                                        _mm256_shuffle_epi8(row(3), high_halves(second)));
    const Vector all = _mm256_and_si256(_mm256_and_si256(one, two), _mm256_shuffle_epi8(row(4), third));
    return ~bits(_mm256_cmpeq_epi8(all, _mm256_setzero_si256()));
}

SCGEN_TARGET inline std::uint64_t sought_in(const char* at) noexcept {
    return sought_in_vector(at) | std::uint64_t{sought_in_vector(at + 32)} << 32U;
}

SCGEN_TARGET inline bool same(const char* left, const char* right, std::size_t size) noexcept {
    // The last part overlaps the one before it, or is compared alone.
    if (size < 32) {
        const std::uint32_t wanted = (std::uint32_t{1} << size) - 1U;
        return (bits(_mm256_cmpeq_epi8(load(left), load(right))) & wanted) == wanted;
    }
    Vector differs = _mm256_xor_si256(load(left + size - 32), load(right + size - 32));
    for (std::size_t i = 32; i < size; i += 32)
        differs = _mm256_or_si256(differs, _mm256_xor_si256(load(left + i - 32), load(right + i - 32)));
    return _mm256_testz_si256(differs, differs) != 0;
}

SCGEN_TARGET inline bool fits(const char* text, const Head& head) noexcept {
    Vector all = _mm256_set1_epi8(-1);
    for (std::size_t i = 0; i < head.size; i += 32) {
        const Vector bytes = load(text + i);
        const Vector from_zero = _mm256_sub_epi8(bytes, _mm256_set1_epi8('0'));
        const Vector digit = _mm256_cmpeq_epi8(_mm256_min_epu8(from_zero, _mm256_set1_epi8(9)), from_zero);
        const Vector equal = _mm256_cmpeq_epi8(bytes, load(head.text.data() + i));
        const Vector fit = _mm256_or_si256(_mm256_or_si256(equal, load(head.any.data() + i)),
                                           _mm256_and_si256(digit, load(head.digit.data() + i)));
        all = _mm256_and_si256(all, fit);
    }
    return bits(all) == 0xffffffffU;
}

/// Finds the newline and makes the hash of the text before it, in one go: a round of AES mixes sixteen bytes well enough
/// for a table, and whoever makes texts of the same hash has them read the plain way.
SCGEN_TARGET inline LineEnd line_end(const char* begin, const char* limit) noexcept {
    alignas(32) static constexpr std::array<std::uint8_t, 64> keep_first = [] {
        std::array<std::uint8_t, 64> bytes{};
        for (std::size_t i = 0; i < 32; ++i)
            bytes[i] = 0xff;
        return bytes;
    }();
    const Vector newline = _mm256_set1_epi8('\n');
    __m128i even = _mm_set1_epi64x(static_cast<std::int64_t>(0x9e3779b97f4a7c15U)), odd = even;
    for (const char* at = begin; limit - at >= 32; at += 32) {
        Vector bytes = load(at);
        const std::uint32_t found = bits(_mm256_cmpeq_epi8(bytes, newline));
        if (found == 0) {
            even = _mm_aesenc_si128(even, _mm256_castsi256_si128(bytes));
            odd = _mm_aesenc_si128(odd, _mm256_extracti128_si256(bytes, 1));
            continue;
        }
        const std::size_t before = lowest(found);
        bytes = _mm256_and_si256(bytes, load(keep_first.data() + 32 - before));
        even = _mm_aesenc_si128(even, _mm256_castsi256_si128(bytes));
        odd = _mm_aesenc_si128(odd, _mm256_extracti128_si256(bytes, 1));
        even = _mm_aesenc_si128(_mm_aesenc_si128(even, odd), odd);
        return {at + before, static_cast<std::uint64_t>(_mm_cvtsi128_si64(even))};
    }
    return {nullptr, 0};
}
