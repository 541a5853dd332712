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

// Lines are compared as fast by shorter vectors.
using avx2::fits;
using avx2::hash_of;
using avx2::newline_from;
using avx2::same;
