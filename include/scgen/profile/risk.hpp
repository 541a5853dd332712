#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace scgen {

/// How much it matters that a workload may make a call.
///
/// Shape: high is control over the host or over other processes, or a long record of exploits; medium a power
///        that is gated or seldom needed; low worth knowing.
enum class Severity : std::uint8_t { low, medium, high };

/// Why a call deserves a second look before a profile allows it.
struct Risk {
    Severity severity = Severity::low;
    /// What it is about: "mount", "module", "io_uring", "namespace", ...
    std::string_view kind;
    /// What the kernel asks for, in words: "CAP_SYS_ADMIN"; empty where it asks for nothing.
    std::string_view capability;
    std::string_view reason;
};

/// "low", "medium", "high".
std::string_view severity_name(Severity severity) noexcept;

/// What is known against the call; nothing for most.
///
/// Source: syscall-tables/risks.tsv, which names a source for each.
std::optional<Risk> risk_of(std::string_view name) noexcept;

}  // namespace scgen
