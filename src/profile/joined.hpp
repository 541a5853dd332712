#pragma once

#include <cstdint>
#include <optional>

#include "scgen/profile/profile.hpp"

namespace scgen {

// What union and intersection of profiles do alike.

/// ENOSYS where either has it, because libc tries another call only then; else the smaller.
std::optional<std::uint32_t> joined_errno(std::optional<std::uint32_t> left,
                                          std::optional<std::uint32_t> right);

/// Gives `result` the listener of `other`, if it has none.
///
/// Errors: Error when they name different ones.
void join_listeners(Profile& result, const Profile& other);

}  // namespace scgen
