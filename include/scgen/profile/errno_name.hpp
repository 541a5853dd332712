#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace scgen {

/// The number of an errno written as a name ("ENOSYS") or in digits ("38"), at most 4095; nothing for
/// anything else.
///
/// Source: include/uapi/asm-generic/errno.h; 4095 is MAX_ERRNO, where the kernel caps a filter's errno.
std::optional<std::uint32_t> errno_from_name(std::string_view text) noexcept;

/// "ENOSYS" for 38; nothing for a number without a name.
std::optional<std::string_view> errno_name(std::uint32_t number) noexcept;

}  // namespace scgen
