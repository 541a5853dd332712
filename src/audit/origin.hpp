#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "scgen/audit/record.hpp"

namespace scgen {

/// Who prints a record in which words.
enum class Voice : std::uint8_t {
    kernel,   ///< "audit: type=1326 audit(...": printk
    daemon,   ///< "type=SECCOMP msg=audit(...": auditd and its tools
    journal,  ///< "SECCOMP auid=...": systemd-journald's audit transport
};

/// What the text before a record proves about it.
struct Prefix {
    Origin origin = Origin::unproven;
    /// The machine that wrote the line, where it says so.
    std::string_view host;
    /// The carrier's own time, where it has a date, a year and a zone. Units: milliseconds since the Unix
    /// epoch.
    std::optional<std::int64_t> time_ms;
};

/// Reads the whole text before a record, up to "type=" or "SECCOMP"; nothing when no carrier of `voice`
/// writes such a prefix, so that what follows is not the kernel's.
std::optional<Prefix> parse_prefix(std::string_view text, Voice voice) noexcept;

}  // namespace scgen
