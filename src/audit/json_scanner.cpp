#include "json_scanner.hpp"

#include <bit>
#include <charconv>
#include <cstring>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "cursor.hpp"

namespace scgen {

// Sixteen at a time where every processor of the kind can, and eight at a time elsewhere and at the end.
std::size_t plain_json_bytes(std::string_view text) noexcept {
    std::size_t at = 0;
#ifdef __SSE2__
    for (; at + 16 <= text.size(); at += 16) {
        const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(text.data() + at));
        const __m128i controls = _mm_cmpeq_epi8(_mm_min_epu8(bytes, _mm_set1_epi8(0x1f)), bytes);
        const __m128i ends = _mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('"')),
                                          _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\')));
        const int found = _mm_movemask_epi8(_mm_or_si128(controls, ends));
        if (found != 0) return at + static_cast<std::size_t>(std::countr_zero(static_cast<unsigned>(found)));
    }
#endif
    constexpr std::uint64_t ones = 0x0101010101010101U, highs = 0x8080808080808080U;
    // A byte that is zero gets its high bit set, and none before the first of them.
    const auto zeros = [](std::uint64_t bytes) { return (bytes - ones) & ~bytes & highs; };
    for (; at + 8 <= text.size(); at += 8) {
        std::uint64_t bytes = 0;
        std::memcpy(&bytes, text.data() + at, sizeof bytes);
        const std::uint64_t controls = (bytes - ones * 0x20U) & ~bytes & highs;
        const std::uint64_t found = zeros(bytes ^ ones * '"') | zeros(bytes ^ ones * '\\') | controls;
        if (found == 0) continue;
        if constexpr (std::endian::native != std::endian::little) break;
        return at + static_cast<std::size_t>(std::countr_zero(found)) / 8;
    }
    while (at < text.size() && text[at] != '"' && text[at] != '\\' &&
           static_cast<unsigned char>(text[at]) >= 0x20)
        ++at;
    return at;
}

/// A string without escapes is handed out as it stands in the text; only others are copied.
std::optional<std::string_view> JsonScanner::string() noexcept {
    if (at_ >= text_.size() || text_[at_] != '"') return std::nullopt;
    const std::size_t begin = ++at_;
    at_ += plain_json_bytes(text_.substr(at_));
    if (at_ < text_.size() && text_[at_] == '"') return text_.substr(begin, at_++ - begin);

    const std::size_t offset = arena_.size();
    if (arena_.capacity() - offset < text_.size() - begin) return std::nullopt;
    arena_.append(text_.substr(begin, at_ - begin));
    while (at_ < text_.size()) {
        const char c = text_[at_++];
        if (c == '"') return std::string_view(arena_).substr(offset);
        if (c != '\\' || !escape()) return std::nullopt;
        const std::size_t plain = plain_json_bytes(text_.substr(at_));
        arena_.append(text_.substr(at_, plain));
        at_ += plain;
    }
    return std::nullopt;
}

bool JsonScanner::escape() noexcept {
    if (at_ >= text_.size()) return false;
    const char c = text_[at_++];
    switch (c) {
        case '"':
        case '\\':
        case '/': arena_.push_back(c); return true;
        case 'b': arena_.push_back('\b'); return true;
        case 'f': arena_.push_back('\f'); return true;
        case 'n': arena_.push_back('\n'); return true;
        case 'r': arena_.push_back('\r'); return true;
        case 't': arena_.push_back('\t'); return true;
        case 'u': break;
        default: return false;
    }
    std::uint32_t unit = 0;
    if (!code_unit(unit)) return false;
    if (unit >= 0xd800 && unit < 0xdc00 && text_.substr(at_, 2) == "\\u") {
        const std::size_t before = at_;
        std::uint32_t low = 0;
        at_ += 2;
        if (!code_unit(low)) return false;
        if (low >= 0xdc00 && low < 0xe000)
            unit = 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
        else
            at_ = before;
    }
    put_utf8(unit >= 0xd800 && unit < 0xe000 ? 0xfffd : unit);
    return true;
}

bool JsonScanner::code_unit(std::uint32_t& unit) noexcept {
    const std::string_view digits = text_.substr(at_, 4);
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), unit, 16);
    if (digits.size() < 4 || error != std::errc{} || end != digits.data() + 4) return false;
    at_ += 4;
    return true;
}

void JsonScanner::put_utf8(std::uint32_t code_point) noexcept {
    const auto put = [&](std::uint32_t byte) { arena_.push_back(static_cast<char>(byte)); };
    if (code_point < 0x80) {
        put(code_point);
    } else if (code_point < 0x800) {
        put(0xc0 | code_point >> 6);
        put(0x80 | (code_point & 0x3f));
    } else if (code_point < 0x10000) {
        put(0xe0 | code_point >> 12);
        put(0x80 | (code_point >> 6 & 0x3f));
        put(0x80 | (code_point & 0x3f));
    } else {
        put(0xf0 | code_point >> 18);
        put(0x80 | (code_point >> 12 & 0x3f));
        put(0x80 | (code_point >> 6 & 0x3f));
        put(0x80 | (code_point & 0x3f));
    }
}

std::optional<std::string_view> JsonScanner::bare() noexcept {
    const std::size_t begin = at_;
    const auto part = [](char c) {
        return is_digit(c) || (c >= 'a' && c <= 'z') || c == '+' || c == '-' || c == '.' || c == 'E';
    };
    while (at_ < text_.size() && part(text_[at_]))
        ++at_;
    const std::string_view word = text_.substr(begin, at_ - begin);
    if (word.empty()) return std::nullopt;
    if (word[0] >= 'a')
        return word == "null" || word == "true" || word == "false" ? std::optional(word) : std::nullopt;
    const bool number = is_digit(word[0]) || (word[0] == '-' && word.size() > 1 && is_digit(word[1]));
    for (const char c : word)
        if (c >= 'a' && c <= 'z' && c != 'e') return std::nullopt;
    return number ? std::optional(word) : std::nullopt;
}

/// "[83,69,67,...]": at least one number, all of them bytes.
std::optional<std::string_view> JsonScanner::bytes() noexcept {
    const std::size_t offset = arena_.size();
    if (!eat('[')) return std::nullopt;
    do {
        skip_blanks();
        unsigned value = 256;
        const auto [end, error] = std::from_chars(text_.data() + at_, text_.data() + text_.size(), value);
        if (error != std::errc{} || value > 255 || arena_.size() == arena_.capacity()) {
            arena_.resize(offset);
            return std::nullopt;
        }
        at_ = static_cast<std::size_t>(end - text_.data());
        arena_.push_back(static_cast<char>(value));
    } while (eat(','));
    if (eat(']')) return std::string_view(arena_).substr(offset);
    arena_.resize(offset);
    return std::nullopt;
}

}  // namespace scgen
