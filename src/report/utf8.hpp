#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace scgen {

/// One character at the start of some bytes.
///
/// Shape: `code` is empty where the bytes are no UTF-8 (overlong forms and surrogates included); `length` is
/// then 1.
struct Utf8Character {
    std::optional<std::uint32_t> code;
    std::size_t length = 1;
};

/// The first character of `bytes`, which must not be empty.
Utf8Character first_character(std::string_view bytes) noexcept;

}  // namespace scgen
