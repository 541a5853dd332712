#include "json_bounds.hpp"

#include <array>
#include <cstdint>

#include "json_scanner.hpp"

namespace scgen {
namespace {

/// What a byte is outside of strings.
enum class Kind : std::uint8_t { none, other, quote, opening, closing };

constexpr std::array<Kind, 256> kinds = [] {
    std::array<Kind, 256> kind{};
    const auto set = [&kind](std::string_view bytes, Kind of_all) {
        for (const char one : bytes)
            kind[static_cast<unsigned char>(one)] = of_all;
    };
    set(":, \t\r\n0123456789+-.eEtrufalsn", Kind::other);
    set("\"", Kind::quote);
    set("{[", Kind::opening);
    set("}]", Kind::closing);
    return kind;
}();

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
        std::size_t place = at;
        while (place < text.size() && kinds[static_cast<unsigned char>(text[place])] == Kind::other)
            ++place;
        at = place;
        if (at == text.size()) break;
        switch (kinds[static_cast<unsigned char>(text[at])]) {
            case Kind::quote: in_string_ = true; break;
            case Kind::opening: ++depth_; break;
            case Kind::closing: --depth_; break;
            default: return Progress::broken;
        }
        if (depth_ == 0) {
            ++at;
            return Progress::closed;
        }
    }
    return Progress::open;
}

}  // namespace scgen
