// Most of a log is other programs' lines, which need not even be told from each other. So they are not split: a piece of
// 64 bytes is asked at once where its newlines are, and whether any wanted word (words.hpp) may be in it, or a newline with
// a byte behind it that may open an entry. A word is looked for by two of its letters and roughly a third, for all words
// at the same time: each has a bit, two tables say which words may have a byte at a place, one by the low and one by the
// high half of the byte, and of the bits of three bytes that follow each other those are left that all have.
// The plain twin is in tests/unit/ordinary_test.cpp.
#include "ordinary.hpp"

#include <array>
#include <cstring>

#include "kernels.hpp"

namespace scgen {

using std::string_view;

bool is_blank(char c) noexcept {
    return c == ' ' || c == '\t' || c == '\r';
}

string_view trimmed(string_view text) noexcept {
    while (!text.empty() && is_blank(text.front()))
        text.remove_prefix(1);
    while (!text.empty() && is_blank(text.back()))
        text.remove_suffix(1);
    return text;
}

string_view json_start(string_view line) noexcept {
    string_view text = trimmed(line);
    if (text.starts_with("data: ")) text.remove_prefix(6);
    if (text.starts_with('\x1e')) text.remove_prefix(1);
    if (text.starts_with('[') || text.starts_with(',')) text = trimmed(text.substr(1));
    return text.starts_with('{') ? text : string_view();
}

namespace {

bool opens_json(string_view text, std::size_t line) noexcept {
    return !json_start(text.substr(line, text.find('\n', line) - line)).empty();
}

/// What comes before the first mark that counts, as next_mark() of a text whose pieces can be read from `from` to `last`.
/// `shown` holds the same bytes as `text` from `base` on.
Mark next_true_mark(string_view text, std::size_t base, const char* shown, std::size_t from,
                    std::size_t last) noexcept {
    std::uint64_t newlines = 0;
    for (;;) {
        Mark mark = kernels.next_mark(shown, from, last);
        newlines += mark.newlines;
        const std::size_t at = base + mark.at;
        if (mark.kind != Mark::opening || (at + 1 < text.size() && opens_json(text, at + 1)))
            return {mark.kind, at, newlines};
        from = mark.at + 1;
        if (from >= last) return {Mark::none, base + from, newlines};
    }
}

}  // namespace

PassedLines ordinary_lines(string_view text) noexcept {
    if (text.empty() || opens_json(text, 0)) return {};
    const std::size_t whole = text.size() < piece + beyond ? 0 : text.size() - piece - beyond + 1;
    Mark mark{Mark::none, 0, 0};
    if (whole > 0) mark = next_true_mark(text, 0, text.data(), 0, whole);
    if (mark.kind == Mark::none) {
        // What is too near the end to be read in whole pieces is looked at in a copy, with the byte before it, where a
        // word may begin.
        std::array<char, 4 * piece> rest;
        rest.fill('z');
        const std::uint64_t newlines = mark.newlines;
        const std::size_t known = mark.at > 0 ? 1 : 0, base = mark.at - known;
        std::memcpy(rest.data(), text.data() + base, text.size() - base);
        mark = next_true_mark(text, base, rest.data(), known, text.size() - base);
        mark.newlines += newlines;
    }
    switch (mark.kind) {
        case Mark::opening: return {mark.at + 1, mark.newlines};
        case Mark::word: {
            const std::size_t newline = text.substr(0, mark.at).rfind('\n');
            return {newline == string_view::npos ? 0 : newline + 1, mark.newlines};
        }
        default: break;
    }
    // The last line of an input may lack its newline.
    return {text.size(), mark.newlines + (text.ends_with('\n') ? 0U : 1U)};
}

}  // namespace scgen
