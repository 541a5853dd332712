// Most of a log is other programs' lines, which need not even be told from each other. So they are not split: a piece of
// 64 bytes is asked at once whether any wanted word is in it or any line in it begins as an entry would, and only a piece
// that says yes is looked at byte by byte.
//
// A wanted word is four bytes, at least one of which every line has that means something:
//
//   audi    "audit(" of records of any type, and what the kernel and daemons say of audit
//   auid    "SECCOMP auid=" of journalctl's short forms, which drop the stamp
//   uppr    "callbacks suppressed" and other notices (notice_anchors)
//   ages    "messages dropped", likewise
//   -sec    "called-seccomp-controlled-syscall", in ausearch's formats that name no call
//   NODE    "NODE,EVENT,DATE,", the heading of one of them
//   __CU    "__CURSOR=", the start of an entry of journalctl -o export
//    [s=    in the heading of an entry of journalctl -o verbose
//
// First a pair of letters of each that is rare in prose is compared, then the words themselves. There is no branch within
// a piece and no loop over the words, so that compilers make vectors of it; the same code is compiled for the vectors of
// newer processors, too, and chosen when it runs. The plain twin is in tests/unit/ordinary_test.cpp.
#include "ordinary.hpp"

#include <array>
#include <cstring>

#include "scgen/audit/notice.hpp"

#if defined(__x86_64__) && defined(__GNUC__)
#define SCGEN_NEWER_VECTORS 1
#endif

namespace scgen {
namespace {

using std::string_view;

constexpr std::size_t piece = 64;
/// Bytes behind a piece that words beginning in it may reach.
constexpr std::size_t beyond = 3;

/// A word, and which two of its letters are compared first.
struct Wanted {
    string_view word;
    std::size_t pair;
};
constexpr std::array<Wanted, 8> wanted{
    {{"audi", 1}, {"auid", 1}, {"uppr", 0}, {"ages", 0}, {"-sec", 0}, {"NODE", 1}, {"__CU", 0}, {" [s=", 1}}};

constexpr bool wants_every_notice() noexcept {
    for (const string_view anchor : notice_anchors) {
        bool found = false;
        for (const Wanted& one : wanted)
            found = found || one.word == anchor;
        if (!found) return false;
    }
    return true;
}
static_assert(wants_every_notice());

template <std::size_t which>
[[gnu::always_inline]] inline unsigned pair_at(const unsigned char* at) noexcept {
    constexpr Wanted one = wanted[which];
    constexpr unsigned char a = static_cast<unsigned char>(one.word[one.pair]);
    constexpr unsigned char b = static_cast<unsigned char>(one.word[one.pair + 1]);
    return static_cast<unsigned>(at[one.pair] == a) & static_cast<unsigned>(at[one.pair + 1] == b);
}

template <std::size_t which>
[[gnu::always_inline]] inline unsigned word_at(const unsigned char* at) noexcept {
    constexpr string_view word = wanted[which].word;
    constexpr unsigned char a = static_cast<unsigned char>(word[0]), b = static_cast<unsigned char>(word[1]);
    constexpr unsigned char c = static_cast<unsigned char>(word[2]), d = static_cast<unsigned char>(word[3]);
    return static_cast<unsigned>(at[0] == a) & static_cast<unsigned>(at[1] == b) &
           static_cast<unsigned>(at[2] == c) & static_cast<unsigned>(at[3] == d);
}

/// A newline, and behind it what may open an entry: a bracket, what stands before brackets, or the d of "data: ". Some
/// other bytes, too, with which lines seldom begin.
[[gnu::always_inline]] inline unsigned opening_at(const unsigned char* at) noexcept {
    const unsigned opens = static_cast<unsigned>(at[1] <= ',') |
                           static_cast<unsigned>((at[1] | 0x20U) == '{') |
                           static_cast<unsigned>(at[1] == 'd');
    return static_cast<unsigned>(at[0] == '\n') & opens;
}

[[gnu::always_inline]] inline bool may_hold_any(const unsigned char* at) noexcept {
    unsigned char found = 0;
    for (std::size_t i = 0; i < piece; ++i)
        found =
            static_cast<unsigned char>(found | pair_at<0>(at + i) | pair_at<1>(at + i) | pair_at<2>(at + i) |
                                       pair_at<3>(at + i) | pair_at<4>(at + i) | pair_at<5>(at + i) |
                                       pair_at<6>(at + i) | pair_at<7>(at + i) | opening_at(at + i));
    return found != 0;
}

/// Which places of a piece hold a wanted word (1) or an opening (2).
[[gnu::always_inline]] inline bool find_all(const unsigned char* at, unsigned char* marks) noexcept {
    unsigned char found = 0;
    for (std::size_t i = 0; i < piece; ++i) {
        const unsigned word = word_at<0>(at + i) | word_at<1>(at + i) | word_at<2>(at + i) |
                              word_at<3>(at + i) | word_at<4>(at + i) | word_at<5>(at + i) |
                              word_at<6>(at + i) | word_at<7>(at + i);
        marks[i] = static_cast<unsigned char>(word | opening_at(at + i) << 1U);
        found = static_cast<unsigned char>(found | marks[i]);
    }
    return found != 0;
}

[[gnu::always_inline]] inline std::uint64_t count_all(const char* at, std::size_t size) noexcept {
    // Sums of bytes are kept in bytes for as long as they cannot overflow.
    std::uint64_t count = 0;
    while (size > 0) {
        const std::size_t part = size < 255 * piece ? size : 255 * piece;
        std::array<unsigned char, piece> sums{};
        std::size_t i = 0;
        for (; i + piece <= part; i += piece)
            for (std::size_t j = 0; j < piece; ++j)
                sums[j] = static_cast<unsigned char>(sums[j] + static_cast<unsigned char>(at[i + j] == '\n'));
        for (; i < part; ++i)
            count += at[i] == '\n' ? 1U : 0U;
        for (const unsigned char sum : sums)
            count += sum;
        at += part;
        size -= part;
    }
    return count;
}

/// From a place on, the first piece with a wanted word or an opening in it, and where; `last` when no piece before it has
/// one. Pieces may begin up to `last`, and be read `beyond` their ends.
[[gnu::always_inline]] inline std::size_t next_mark(const char* text, std::size_t from, std::size_t last,
                                                    unsigned char& mark) noexcept {
    const auto* const bytes = reinterpret_cast<const unsigned char*>(text);
    alignas(piece) std::array<unsigned char, piece> marks;
    for (; from < last; from += piece) {
        if (!may_hold_any(bytes + from) || !find_all(bytes + from, marks.data())) continue;
        std::size_t i = 0;
        while (marks[i] == 0)
            ++i;
        mark = marks[i];
        return from + i;
    }
    mark = 0;
    return from;
}

/// The same code for one kind of processor.
struct Kernels {
    std::size_t (*next_mark)(const char*, std::size_t, std::size_t, unsigned char&) noexcept;
    std::uint64_t (*count_newlines)(const char*, std::size_t) noexcept;
};

#define SCGEN_KERNELS(name, target)                                                           \
    target std::size_t next_mark_##name(const char* text, std::size_t from, std::size_t last, \
                                        unsigned char& mark) noexcept {                       \
        return next_mark(text, from, last, mark);                                             \
    }                                                                                         \
    target std::uint64_t count_##name(const char* at, std::size_t size) noexcept {            \
        return count_all(at, size);                                                           \
    }

SCGEN_KERNELS(portable, )
#ifdef SCGEN_NEWER_VECTORS
SCGEN_KERNELS(avx2, [[gnu::target("avx2")]])
#endif
#undef SCGEN_KERNELS

Kernels choose() noexcept {
#ifdef SCGEN_NEWER_VECTORS
    if (__builtin_cpu_supports("avx2")) return {next_mark_avx2, count_avx2};
#endif
    return {next_mark_portable, count_portable};
}

const Kernels kernels = choose();

}  // namespace

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

/// Where the first line begins that is not ordinary; the size of the text when all are.
std::size_t end_of_ordinary(string_view text) noexcept {
    const auto opens_json = [text](std::size_t line) {
        return !json_start(text.substr(line, text.find('\n', line) - line)).empty();
    };
    const auto start_of_line = [text](std::size_t at) {
        const std::size_t newline = text.substr(0, at).rfind('\n');
        return newline == string_view::npos ? 0 : newline + 1;
    };
    if (text.empty() || opens_json(0)) return 0;
    // What is too near the end to be read in whole pieces is looked at in a copy.
    std::size_t from = 0;
    const std::size_t whole = text.size() < piece + beyond ? 0 : text.size() - piece - beyond + 1;
    while (from < whole) {
        unsigned char mark = 0;
        const std::size_t at = kernels.next_mark(text.data(), from, whole, mark);
        if (mark == 0) {
            from = at;
            break;
        }
        if ((mark & 1U) != 0) return start_of_line(at);
        if (opens_json(at + 1)) return at + 1;
        from = at + 1;
    }
    std::array<char, 3 * piece> rest;
    rest.fill('z');
    const std::size_t base = from;
    std::memcpy(rest.data(), text.data() + base, text.size() - base);
    for (std::size_t at = 0; base + at < text.size();) {
        unsigned char mark = 0;
        at = kernels.next_mark(rest.data(), at, text.size() - base, mark);
        if (mark == 0) break;
        if ((mark & 1U) != 0) return start_of_line(base + at);
        if (base + at + 1 < text.size() && opens_json(base + at + 1)) return base + at + 1;
        ++at;
    }
    return text.size();
}

}  // namespace

PassedLines ordinary_lines(string_view text) noexcept {
    const std::size_t bytes = end_of_ordinary(text);
    // The last line of an input may lack its newline.
    return {bytes, bytes == 0 ? 0 : kernels.count_newlines(text.data(), bytes - 1) + 1};
}

}  // namespace scgen
