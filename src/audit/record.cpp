#include "scgen/audit/record.hpp"

namespace scgen {
namespace {

unsigned char digit_of(char c) noexcept {
    return static_cast<unsigned char>(c >= 'A' ? c - 'A' + 10 : c - '0');
}

}  // namespace

std::string interpret(Text text) {
    if (text.form == Text::Form::null) return {};
    if (text.form != Text::Form::hex) return std::string(text.raw);
    std::string bytes(text.raw.size() / 2, '\0');
    for (std::size_t i = 0; i < bytes.size(); ++i)
        bytes[i] = static_cast<char>(digit_of(text.raw[2 * i]) << 4 | digit_of(text.raw[2 * i + 1]));
    return bytes;
}

}  // namespace scgen
