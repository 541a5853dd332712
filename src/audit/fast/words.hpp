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

/// For each of three bytes that are looked for, by the low and by the high half of a byte: a bit for each group that may
/// have it there. The last two bits are those of openings, whose third byte may be any.
///
/// Shape: rows 0, 2, 4 by the low half, 1 and 3 by the high half, of byte 0, 0, 1, 1, 2.
/// Law:   a byte with its high bit set is in no word; the instructions that look halves up give 0 for it.
inline constexpr std::array<std::array<std::uint8_t, 16>, 5> word_bits = [] {
    std::array<std::array<std::uint8_t, 16>, 5> rows{};
    const auto add = [&rows](std::size_t place, char letter, unsigned group) {
        const auto byte = static_cast<unsigned char>(letter);
        const auto bit = static_cast<std::uint8_t>(1U << group);
        rows[2 * place][byte & 15U] |= bit;
        if (place < 2) rows[2 * place + 1][byte >> 4U] |= bit;
    };
    for (const WantedWord& wanted : wanted_words)
        for (std::size_t place = 0; place < 3; ++place)
            add(place, wanted.word[wanted.sought + place], wanted.group);
    constexpr unsigned first_opening = 6;
    for (unsigned i = 0; i < json_openings.size(); ++i) {
        add(0, '\n', first_opening + i);
        for (const char opening : json_openings[i])
            add(1, opening, first_opening + i);
        for (char any = 0; any < 16; ++any)
            add(2, any, first_opening + i);
    }
    return rows;
}();

/// The same for every byte, by place.
inline constexpr std::array<std::array<std::uint8_t, 256>, 3> words_with_byte = [] {
    std::array<std::array<std::uint8_t, 256>, 3> table{};
    for (std::size_t place = 0; place < 3; ++place)
        for (std::size_t byte = 0; byte < 0x80; ++byte) {
            const std::uint8_t low = word_bits[2 * place][byte & 15U];
            table[place][byte] = place < 2 ? low & word_bits[2 * place + 1][byte >> 4U] : low;
        }
    return table;
}();

}  // namespace scgen
