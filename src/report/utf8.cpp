#include "utf8.hpp"

namespace scgen {
namespace {

struct Lead {
    std::size_t length;
    std::uint32_t bits;
    std::uint32_t least;
};

std::optional<Lead> lead_of(std::uint8_t byte) noexcept {
    if ((byte & 0xe0U) == 0xc0U) return Lead{2, byte & 0x1fU, 0x80};
    if ((byte & 0xf0U) == 0xe0U) return Lead{3, byte & 0x0fU, 0x800};
    if ((byte & 0xf8U) == 0xf0U) return Lead{4, byte & 0x07U, 0x10000};
    return std::nullopt;
}

}  // namespace

Utf8Character first_character(std::string_view bytes) noexcept {
    const auto byte = static_cast<std::uint8_t>(bytes.front());
    if (byte < 0x80U) return {byte, 1};
    const auto lead = lead_of(byte);
    if (!lead || bytes.size() < lead->length) return {};
    std::uint32_t code = lead->bits;
    for (std::size_t i = 1; i < lead->length; ++i) {
        const auto next = static_cast<std::uint8_t>(bytes[i]);
        if ((next & 0xc0U) != 0x80U) return {};
        code = code << 6U | (next & 0x3fU);
    }
    const bool surrogate = code >= 0xd800 && code <= 0xdfff;
    if (code < lead->least || code > 0x10ffff || surrogate) return {};
    return {code, lead->length};
}

}  // namespace scgen
