#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "scgen/profile/profile.hpp"

namespace scgen {

/// "errno 38", "kill_process", ...; the number only with errno and trace, where there is one.
std::string ruling_text(Action action, std::optional<std::uint32_t> errno_ret);

/// "arg0 & 0xf == 0x1 and arg1 > 0x2".
std::string conditions_text(const std::vector<Comparison>& args);

/// "0x7e020000".
std::string hex_text(std::uint64_t value);

}  // namespace scgen
