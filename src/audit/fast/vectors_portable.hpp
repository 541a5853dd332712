// What the passes over text are made of, in plain C++, for every processor; the twin of vectors_avx2.hpp. Included inside a
// namespace of its own, once.

#define SCGEN_TARGET

inline std::uint64_t newlines_in(const char* at) noexcept {
    std::uint64_t found = 0;
    for (std::size_t i = 0; i < piece; ++i)
        found |= std::uint64_t{at[i] == '\n'} << i;
    return found;
}

/// Where of 64 places such letters stand.
inline std::uint64_t sought_in(const char* at, const Letters& letters) noexcept {
    const auto words = [&letters](char c, std::size_t place) -> unsigned {
        return letters.bytes[place][static_cast<unsigned char>(c)];
    };
    std::uint64_t found = 0;
    for (std::size_t i = 0; i < piece; ++i) {
        const unsigned both = words(at[i], 0) & words(at[i + 1], 1);
        if (both != 0) found |= std::uint64_t{(both & words(at[i + 2], 2)) != 0} << i;
    }
    return found;
}

inline bool same(const char* left, const char* right, std::size_t size) noexcept {
    return std::memcmp(left, right, size) == 0;
}

inline bool fits(const char* text, const Head& head) noexcept {
    return head.fits(text);
}

inline const char* newline_from(const char* at, const char* limit) noexcept {
    return static_cast<const char*>(std::memchr(at, '\n', static_cast<std::size_t>(limit - at)));
}

inline std::uint64_t hash_of(const char* text, std::size_t size) noexcept {
    return std::hash<std::string_view>{}({text, size});
}
