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

/// A row of halves, in both halves of a vector.
SCGEN_TARGET inline Vector row(const Letters& letters, std::size_t which) noexcept {
    return _mm256_broadcastsi128_si256(
        _mm_loadu_si128(reinterpret_cast<const __m128i*>(letters.halves[which].data())));
}

SCGEN_TARGET inline Vector high_halves(Vector bytes) noexcept {
    return _mm256_and_si256(_mm256_srli_epi16(bytes, 4), _mm256_set1_epi8(15));
}

/// The words that each byte may be in, by two rows.
SCGEN_TARGET inline Vector words_with(Vector bytes, const Letters& letters, std::size_t which) noexcept {
    return _mm256_and_si256(_mm256_shuffle_epi8(row(letters, which), bytes),
                            _mm256_shuffle_epi8(row(letters, which + 1), high_halves(bytes)));
}

/// Where of 32 places such letters stand.
SCGEN_TARGET inline std::uint32_t sought_in_vector(const char* at, const Letters& letters) noexcept {
    const Vector two =
        _mm256_and_si256(words_with(load(at), letters, 0), words_with(load(at + 1), letters, 2));
    const Vector all = _mm256_and_si256(two, _mm256_shuffle_epi8(row(letters, 4), load(at + 2)));
    return ~bits(_mm256_cmpeq_epi8(all, _mm256_setzero_si256()));
}

SCGEN_TARGET inline std::uint64_t sought_in(const char* at, const Letters& letters) noexcept {
    return sought_in_vector(at, letters) | std::uint64_t{sought_in_vector(at + 32, letters)} << 32U;
}

/// Where 64 bytes differ.
SCGEN_TARGET inline Vector difference(const char* left, const char* right) noexcept {
    return _mm256_or_si256(_mm256_xor_si256(load(left), load(right)),
                           _mm256_xor_si256(load(left + 32), load(right + 32)));
}

/// Of 64 bytes at least. The last part overlaps the one before it.
SCGEN_TARGET inline bool same(const char* left, const char* right, std::size_t size) noexcept {
    Vector differs = difference(left + size - 64, right + size - 64);
    for (std::size_t i = 0; i + 64 < size; i += 64)
        differs = _mm256_or_si256(differs, difference(left + i, right + i));
    return _mm256_testz_si256(differs, differs) != 0;
}

/// Where 32 bytes of a line do not fit a head.
SCGEN_TARGET inline Vector misfit(const char* text, const Head& head, std::size_t at) noexcept {
    const Vector bytes = load(text + at), most = load(head.most.data() + at);
    const Vector differs = _mm256_andnot_si256(load(head.free.data() + at),
                                               _mm256_xor_si256(bytes, load(head.text.data() + at)));
    return _mm256_or_si256(differs, _mm256_xor_si256(_mm256_max_epu8(bytes, most), most));
}

SCGEN_TARGET inline bool fits(const char* text, const Head& head) noexcept {
    Vector all = misfit(text, head, 0);
    for (std::size_t i = 32; i < head.whole; i += 32)
        all = _mm256_or_si256(all, misfit(text, head, i));
    return _mm256_testz_si256(all, all) != 0;
}

/// The first newline from `at` on; null where there is none in whole pieces before `limit`.
SCGEN_TARGET inline const char* newline_from(const char* at, const char* limit) noexcept {
    for (; limit - at >= static_cast<std::ptrdiff_t>(piece); at += piece)
        if (const std::uint64_t found = newlines_in(at); found != 0) return at + lowest(found);
    return nullptr;
}

struct Hash {
    __m128i a, b, c, d;
};

SCGEN_TARGET inline __m128i mixed(__m128i hash, const char* at) noexcept {
    return _mm_aesenc_si128(hash, _mm_loadu_si128(reinterpret_cast<const __m128i*>(at)));
}

SCGEN_TARGET inline void mix_in(Hash& hash, const char* at) noexcept {
    hash = {mixed(hash.a, at), mixed(hash.b, at + 16), mixed(hash.c, at + 32), mixed(hash.d, at + 48)};
}

/// Of pieces from the start on, the last of which ends where the text does. A round of AES mixes sixteen bytes well enough
/// for a table, and texts for which there is no place in one are read the plain way.
SCGEN_TARGET inline std::uint64_t hash_of(const char* text, std::size_t size) noexcept {
    if (size < Bodies::shortest) return 0;
    const __m128i seed = _mm_set1_epi64x(static_cast<std::int64_t>(0x9e3779b97f4a7c15U));
    Hash hash{seed, seed, seed, seed};
    mix_in(hash, text);
    for (std::size_t at = 64; at + 64 <= size; at += 64)
        mix_in(hash, text + at);
    mix_in(hash, text + size - 64);
    const __m128i all = _mm_aesenc_si128(_mm_aesenc_si128(hash.a, hash.b), _mm_aesenc_si128(hash.c, hash.d));
    return static_cast<std::uint64_t>(_mm_cvtsi128_si64(_mm_aesenc_si128(all, all)));
}
