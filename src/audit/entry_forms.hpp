#pragma once

#include <string_view>

namespace scgen {

/// Whether it is a name as the journal's fields have.
bool is_key(std::string_view text) noexcept;

/// "Mon 2026-11-23 19:42:25.355000 UTC [s=...;i=...]"
bool opens_verbose_entry(std::string_view line) noexcept;

/// {"dmesg":[{...},...]} on one line: the text from its first entry on.
std::string_view without_dmesg_opening(std::string_view text) noexcept;

/// Whether some lines are {"dmesg":[, which holds entries and is none.
bool is_dmesg_opening(std::string_view text) noexcept;

}  // namespace scgen
