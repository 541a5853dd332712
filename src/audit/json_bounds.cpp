#include "json_bounds.hpp"

#include <array>

#include "json_scanner.hpp"

namespace scgen {
namespace {

/// Whether JSON has such a byte outside of strings.
bool is_outside_strings(char c) noexcept {
    static constexpr auto table = [] {
        std::array<bool, 256> allowed{};
        for (const char one : std::string_view("{}[]:,\" \t\r\n0123456789+-.eEtrufalsn"))
            allowed[static_cast<unsigned char>(one)] = true;
        return allowed;
    }();
    return table[static_cast<unsigned char>(c)];
}

}  // namespace

JsonBounds::Progress JsonBounds::follow(std::string_view text, std::size_t& at) noexcept {
    for (; at < text.size(); ++at) {
        if (in_string_) {
            if (!escaped_) {
                at += plain_json_bytes(text.substr(at));
                if (at == text.size()) break;
            }
            const char end = text[at];
            if (static_cast<unsigned char>(end) < 0x20) return Progress::broken;
            in_string_ = escaped_ || end != '"';
            escaped_ = !escaped_ && end == '\\';
            continue;
        }
        const char c = text[at];
        if (c == ' ') continue;
        if (c == '"') in_string_ = true;
        if (c == '{' || c == '[') ++depth_;
        if (c == '}' || c == ']') --depth_;
        if (!is_outside_strings(c)) return Progress::broken;
        if (depth_ == 0) {
            ++at;
            return Progress::closed;
        }
    }
    return Progress::open;
}

}  // namespace scgen
