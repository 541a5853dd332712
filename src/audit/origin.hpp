#pragma once

#include <cstdint>
#include <optional>
#include <span>
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
    std::string_view host = {};
    /// The carrier's own time, where it has a date, a year and a zone. Units: milliseconds since the Unix
    /// epoch.
    std::optional<std::int64_t> time_ms = {};
    /// The same in a form that only puts lines in order, where year or zone are not there; 0 for no time at all.
    std::int64_t order_ms = 0;
    /// The kernel's own stamp. Units: microseconds since boot.
    std::optional<std::uint64_t> uptime_us = {};
};

/// Reads the whole text before a record, up to "type=" or "SECCOMP"; nothing when no carrier of `voice`
/// writes such a prefix, so that what follows is not the kernel's.
std::optional<Prefix> parse_prefix(std::string_view text, Voice voice) noexcept;

/// A line of a log: who says what.
///
/// Shape:  `speaker` is "kernel" or the name of a program whose words on its own log count: "auditd", "audispd",
///         "systemd-journald", "rsyslogd", "rsyslogd-2177"; or "audit", journalctl's name for the audit transport.
struct Speech {
    std::string_view speaker;
    Prefix prefix;
    std::string_view message;
};

/// Reads what carriers put before a message. Nothing where the prefix is no carrier's, or the speaker another.
std::optional<Speech> parse_speech(std::string_view line) noexcept;

/// `text` without dmesg's colours, in `buffer`; nothing when it does not fit or holds other escape sequences.
std::optional<std::string_view> without_colours(std::string_view text, std::span<char> buffer) noexcept;

}  // namespace scgen
