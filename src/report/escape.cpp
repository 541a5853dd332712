#include "scgen/report/escape.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

#include "utf8.hpp"

// A workload chooses its own names, so a name may try to clear the screen, to answer a terminal's queries, to
// reorder the line it stands in, or to be a path. Every sink has one function here, and each allows what is
// known to be harmless to it rather than forbidding what is known to be harmful; only the terminal must draw
// the line within Unicode, where what counts is that a character is visible, stands still, and leaves the
// order of the others alone.

namespace scgen {
namespace {

struct Range {
    std::uint32_t first;
    std::uint32_t last;
};

// Source: Unicode 15 UnicodeData.txt, general categories Cc, Cf, Zl and Zp, and the fillers that show
// nothing.
constexpr std::array unseen{
    Range{0x00, 0x1f},       Range{0x7f, 0x9f},     Range{0xad, 0xad},     Range{0x34f, 0x34f},
    Range{0x600, 0x605},     Range{0x61c, 0x61c},   Range{0x6dd, 0x6dd},   Range{0x70f, 0x70f},
    Range{0x115f, 0x1160},   Range{0x180b, 0x180f}, Range{0x200b, 0x200f}, Range{0x2028, 0x202e},
    Range{0x2060, 0x206f},   Range{0x3164, 0x3164}, Range{0xfe00, 0xfe0f}, Range{0xfeff, 0xfeff},
    Range{0xffa0, 0xffa0},   Range{0xfff0, 0xfffb}, Range{0xfffe, 0xffff}, Range{0x1d173, 0x1d17a},
    Range{0xe0000, 0xe0fff},
};

bool is_seen(std::uint32_t code) noexcept {
    return std::none_of(unseen.begin(), unseen.end(),
                        [code](const Range& range) { return code >= range.first && code <= range.last; });
}

constexpr std::string_view hex_digits = "0123456789abcdef";

void append_hex(std::string& out, std::string_view bytes) {
    for (const char c : bytes) {
        const auto byte = static_cast<std::uint8_t>(c);
        out += "\\x";
        out += hex_digits[byte >> 4U];
        out += hex_digits[byte & 0xfU];
    }
}

std::string escaped(std::string_view bytes, bool double_backslash) {
    std::string out;
    out.reserve(bytes.size());
    while (!bytes.empty()) {
        const Utf8Character character = first_character(bytes);
        const std::string_view raw = bytes.substr(0, character.length);
        if (raw == "\\" && double_backslash)
            out += "\\\\";
        else if (character.code && is_seen(*character.code))
            out += raw;
        else
            append_hex(out, raw);
        bytes.remove_prefix(character.length);
    }
    return out;
}

/// A space that nobody would see, at the beginning or the end of a name, as its code.
std::string with_visible_ends(std::string text) {
    if (!text.empty() && text.back() == ' ') text.replace(text.size() - 1, 1, "\\x20");
    if (!text.empty() && text.front() == ' ') text.replace(0, 1, "\\x20");
    return text;
}

// Source: Unicode 15 EastAsianWidth.txt, W and F, in blocks.
constexpr std::array wide{
    Range{0x1100, 0x115f},   Range{0x2e80, 0xa4cf},   Range{0xac00, 0xd7a3},   Range{0xf900, 0xfaff},
    Range{0xfe30, 0xfe6f},   Range{0xff00, 0xff60},   Range{0xffe0, 0xffe6},   Range{0x1f300, 0x1f64f},
    Range{0x1f680, 0x1f6ff}, Range{0x1f900, 0x1f9ff}, Range{0x20000, 0x3fffd},
};

std::size_t columns_of(std::uint32_t code) noexcept {
    if (code >= 0x300 && code <= 0x36f) return 0;  // combining marks
    return std::any_of(wide.begin(), wide.end(),
                       [code](const Range& range) { return code >= range.first && code <= range.last; })
               ? 2
               : 1;
}

void append_json(std::string& out, std::uint32_t code, std::string_view raw) {
    switch (code) {
        case '"': out += "\\\""; return;
        case '\\': out += "\\\\"; return;
        case '\n': out += "\\n"; return;
        case '\r': out += "\\r"; return;
        case '\t': out += "\\t"; return;
        default: break;
    }
    if (code >= 0x20 && (code < 0x7f || code > 0x9f) && code != 0x2028 && code != 0x2029) {
        out += raw;
        return;
    }
    out += "\\u";
    for (unsigned shift = 16; shift > 0; shift -= 4)
        out += hex_digits[code >> (shift - 4) & 0xfU];
}

bool is_safe_in_file_name(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '.' || c == '-';
}

// FNV-1a: short and stable is all that is asked; nobody relies on it against an adversary.
std::uint32_t hash_of(std::string_view bytes) noexcept {
    std::uint32_t hash = 0x811c9dc5U;
    for (const char c : bytes) {
        hash ^= static_cast<std::uint8_t>(c);
        hash *= 0x01000193U;
    }
    return hash;
}

}  // namespace

std::string escape(std::string_view bytes) {
    return with_visible_ends(escaped(bytes, true));
}

std::string escape_message(std::string_view text) {
    return escaped(text, false);
}

std::size_t columns(std::string_view escaped) noexcept {
    std::size_t sum = 0;
    while (!escaped.empty()) {
        const Utf8Character character = first_character(escaped);
        sum += columns_of(character.code.value_or('?'));
        escaped.remove_prefix(character.length);
    }
    return sum;
}

std::string json_string(std::string_view bytes) {
    std::string out = "\"";
    while (!bytes.empty()) {
        const Utf8Character character = first_character(bytes);
        if (character.code)
            append_json(out, *character.code, bytes.substr(0, character.length));
        else
            out += "\xef\xbf\xbd";
        bytes.remove_prefix(character.length);
    }
    out += '"';
    return out;
}

std::string file_name(std::string_view workload, std::string_view extension) {
    constexpr std::size_t longest = 100;
    std::string name;
    for (const char c : workload.substr(0, longest))
        name += is_safe_in_file_name(c) ? c : '_';
    if (!name.empty() && (name.front() == '-' || name.front() == '.')) name.front() = '_';
    if (name != workload || name.empty()) {
        std::string hash;
        const std::uint32_t value = hash_of(workload);
        for (unsigned shift = 32; shift > 0; shift -= 4)
            hash += hex_digits[value >> (shift - 4) & 0xfU];
        name.resize(std::min(name.size(), longest - hash.size() - 1));
        name += name.empty() ? "_" : "-";
        name += hash;
    }
    return name + std::string(extension);
}

}  // namespace scgen
