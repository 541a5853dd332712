#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scgen/profile/profile.hpp"
#include "scgen/profile/runtime_calls.hpp"

namespace scgen {

/// A validator's no, or its doubt.
///
/// Shape:  an error means that the profile does not load, does not do what it says, or that no container
/// starts under it;
///         a warning, that it may not be what was meant. `kind` is a word for programs, one of
///         does-not-compile, disagrees, start-up (errors; start-up also a warning);
///         unknown-name, unknown-to-libseccomp, other-abi, unreachable, overlap, wide-value, errno, flags,
///         no-table, nothing-allowed, missing, runc-enosys (warnings).
struct Finding {
    enum class Severity : std::uint8_t { error, warning };
    Severity severity = Severity::error;
    std::string_view kind;
    std::string what;

    bool operator==(const Finding&) const = default;
};

struct ValidateOptions {
    /// The runtime whose own start-up calls the profile must have.
    std::optional<RuntimeCalls> runtime;
};

struct Validation {
    /// Errors first.
    std::vector<Finding> findings;
    /// Of max_instructions; nothing when the profile does not compile.
    std::optional<std::size_t> instructions;
    /// Calls about which profile and filter were compared.
    std::uint64_t compared = 0;

    /// Whether there are no errors.
    bool ok() const noexcept;
};

/// Compiles a profile, asks filter and profile the same calls, and looks for what runtimes would pass over in
/// silence.
///
/// Shape:  a profile as read, not canonical(), which has no unreachable rules left to find.
/// Law:    for every canonical profile of rules without conditions, no error but start-up ones is found.
Validation validate(const Profile& profile, const ValidateOptions& options = {});

}  // namespace scgen
