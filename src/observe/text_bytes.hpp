#pragma once

#include <string>
#include <string_view>

#include "scgen/audit/record.hpp"

namespace scgen {

/// The bytes that interpret() gives, without a new string for each: quoted and plain text is its own, hex is
/// decoded into `buffer`.
///
/// Shape: the view lives as long as the record's line and until `buffer` is used again.
inline std::string_view text_bytes(Text text, std::string& buffer) {
    if (text.form == Text::Form::null) return {};
    if (text.form != Text::Form::hex) return text.raw;
    const auto digit = [](char c) { return c <= '9' ? c - '0' : c - 'A' + 10; };
    buffer.clear();
    for (std::size_t i = 0; i + 1 < text.raw.size(); i += 2)
        buffer.push_back(static_cast<char>(digit(text.raw[i]) * 16 + digit(text.raw[i + 1])));
    return buffer;
}

}  // namespace scgen
