#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "scgen/audit/notice.hpp"

namespace scgen {

/// Four bytes of which every line that means something has at least one:
///
///   audi    "audit(" of records of any type, and what the kernel and daemons say of audit
///   auid    "SECCOMP auid=" of journalctl's short forms, which drop the stamp
///   uppr    "callbacks suppressed" and other notices (notice_anchors)
///   ages    "messages dropped", likewise
///   -sec    "called-seccomp-controlled-syscall", in ausearch's formats that name no call
///   NODE    "NODE,EVENT,DATE,", the heading of one of them
///   __CU    "__CURSOR=", the start of an entry of journalctl -o export
///    [s=    in the heading of an entry of journalctl -o verbose
///
/// Shape: two bytes from `sought` on, and roughly the third, are looked for first: letters that are rare in prose. Words of
///        one `group` are looked for as one.
struct WantedWord {
    std::string_view word;
    std::size_t sought;
    unsigned group;
};
inline constexpr std::array<WantedWord, 8> wanted_words{{{"audi", 0, 0},
                                                         {"auid", 0, 0},
                                                         {"uppr", 1, 1},
                                                         {"ages", 1, 2},
                                                         {"-sec", 0, 3},
                                                         {"NODE", 0, 4},
                                                         {"__CU", 0, 4},
                                                         {" [s=", 1, 5}}};

/// What may stand behind a newline where an entry of JSON opens: what json_start() skips, or takes for a start. In two
/// groups, as their halves go together; some other bytes, with which lines seldom begin, look like those of the second.
inline constexpr std::array<std::string_view, 2> json_openings{"[{", std::string_view(" ,\t\r\x1e"
                                                                                      "d")};

constexpr bool wants_every_notice() noexcept {
    for (const std::string_view anchor : notice_anchors) {
        bool found = false;
        for (const WantedWord& one : wanted_words)
            found = found || one.word == anchor;
        if (!found) return false;
    }
    return true;
}
static_assert(wants_every_notice());

/// Three bytes that are looked for at once, as tables say which words may have a byte at a place: a bit for each group of
/// words.
///
/// Law: a byte with its high bit set is in no word; the instructions that look halves up give 0 for it.
struct Letters {
    /// By the low half (rows 0, 2, 4) and by the high half (1, 3) of a byte, of byte 0, 0, 1, 1, 2: they find all that
    /// the words have, and some more.
    std::array<std::array<std::uint8_t, 16>, 5> halves{};
    /// By the whole of a byte, by place.
    std::array<std::array<std::uint8_t, 256>, 3> bytes{};

    constexpr void add(std::size_t place, char letter, unsigned group) noexcept {
        const auto byte = static_cast<unsigned char>(letter);
        const auto bit = static_cast<std::uint8_t>(1U << group);
        bytes[place][byte] |= bit;
        halves[2 * place][byte & 15U] |= bit;
        if (place < 2) halves[2 * place + 1][byte >> 4U] |= bit;
    }
    constexpr void add(std::string_view word, unsigned group) noexcept {
        for (std::size_t place = 0; place < 3; ++place)
            add(place, word[place], group);
    }
};

/// Of the wanted words, and of newlines behind which an entry of JSON may open, whose third byte may be any.
inline constexpr Letters wanted_letters = [] {
    Letters letters;
    for (const WantedWord& wanted : wanted_words)
        letters.add(wanted.word.substr(wanted.sought), wanted.group);
    constexpr unsigned first_opening = 6;
    for (unsigned i = 0; i < json_openings.size(); ++i) {
        letters.add(0, '\n', first_opening + i);
        for (const char opening : json_openings[i])
            letters.add(1, opening, first_opening + i);
        for (unsigned any = 0; any < 0x80; ++any)
            letters.add(2, static_cast<char>(any), first_opening + i);
    }
    return letters;
}();

/// Of what makes the line of an audit record of another type mean more: "audit(" once more, or "SECCOMP auid=",
/// "UNKNOWN[1326] auid=", "AUDIT1326 auid=" as journalctl's short forms have it, or a word of ausearch's formats.
inline constexpr Letters telling_letters = [] {
    Letters letters;
    letters.add("aud", 0);
    letters.add("-se", 1);
    letters.add("P a", 2);
    letters.add("] a", 2);
    letters.add("6 a", 3);
    return letters;
}();

}  // namespace scgen
