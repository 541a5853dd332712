// What the passes over text are made of, for processors with AVX-512 and its byte permutations. Included inside a namespace
// of its own, once, behind vectors_avx2.hpp; the plain twin is vectors_portable.hpp.

#define SCGEN_TARGET \
    [[gnu::target("avx512f,avx512bw,avx512vl,avx512dq,avx512vbmi,avx2,aes,bmi,bmi2,lzcnt,popcnt")]]

using Vector = __m512i;

SCGEN_TARGET inline Vector load(const void* at) noexcept {
    return _mm512_loadu_si512(at);
}

SCGEN_TARGET inline std::uint64_t newlines_in(const char* at) noexcept {
    return _mm512_cmpeq_epi8_mask(load(at), _mm512_set1_epi8('\n'));
}

/// The words that each of 64 bytes may be in at a place. A byte with its high bit set gets those of another, which at the
/// third place would be more than halves find; at others who looks closer finds out.
SCGEN_TARGET inline Vector words_with(const char* at, const Letters& letters, std::size_t place) noexcept {
    const std::uint8_t* const table = letters.bytes[place].data();
    return _mm512_permutex2var_epi8(load(table), load(at), load(table + 64));
}

/// Where of 64 places such letters stand.
SCGEN_TARGET inline std::uint64_t sought_in(const char* at, const Letters& letters) noexcept {
    const Vector two = _mm512_and_si512(words_with(at, letters, 0), words_with(at + 1, letters, 1));
    return _mm512_test_epi8_mask(two, words_with(at + 2, letters, 2)) & ~_mm512_movepi8_mask(load(at + 2));
}

SCGEN_TARGET inline Vector and_difference(Vector all, const char* left, const char* right) noexcept {
    return _mm512_or_si512(all, _mm512_xor_si512(load(left), load(right)));
}

/// Of 64 bytes at least. The last part overlaps the one before it.
SCGEN_TARGET inline bool same(const char* left, const char* right, std::size_t size) noexcept {
    Vector differs = _mm512_xor_si512(load(left + size - 64), load(right + size - 64));
    for (std::size_t i = 0; i + 64 < size; i += 64)
        differs = and_difference(differs, left + i, right + i);
    return _mm512_test_epi8_mask(differs, differs) == 0;
}

/// Where 64 bytes of a line do not fit a head.
SCGEN_TARGET inline std::uint64_t misfits(const char* text, const Head& head, std::size_t at) noexcept {
    const Vector bytes = load(text + at);
    constexpr int one_but_not_the_third = 0x14;
    const Vector differs = _mm512_ternarylogic_epi64(bytes, load(head.text.data() + at),
                                                     load(head.free.data() + at), one_but_not_the_third);
    return _mm512_test_epi8_mask(differs, differs) |
           _mm512_cmpgt_epu8_mask(bytes, load(head.most.data() + at));
}

SCGEN_TARGET inline bool fits(const char* text, const Head& head) noexcept {
    std::uint64_t all = misfits(text, head, 0);
    for (std::size_t i = 64; i < head.whole; i += 64)
        all |= misfits(text, head, i);
    return all == 0;
}

/// The first newline from `at` on; null where there is none in whole pieces before `limit`.
SCGEN_TARGET inline const char* newline_from(const char* at, const char* limit) noexcept {
    for (; limit - at >= static_cast<std::ptrdiff_t>(piece); at += piece)
        if (const std::uint64_t found = newlines_in(at); found != 0) return at + lowest(found);
    return nullptr;
}

SCGEN_TARGET inline std::uint64_t hash_of(const char* text, std::size_t size) noexcept {
    return avx2::hash_of(text, size);
}
