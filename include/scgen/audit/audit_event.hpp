#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "scgen/audit/record.hpp"

namespace scgen {

/// A record of the audit log, of any type, reduced to what tells whether others are missing.
///
///   type=CONFIG_CHANGE msg=audit(1594067860.484:14536): op=set audit_pid=312 old=0 ..
///        |                       |              |       |
///        type                    time_ms        serial  body
///
/// Shape:  `boot` is journald's name for the boot, `host` the machine's; empty where the carrier has none. `printed`
///         says that it came through printk, which loses records. Views point into the line.
/// Units:  time_ms since the Unix epoch.
struct AuditEvent {
    enum class Type : std::uint8_t {
        seccomp,
        config_change,
        daemon_start,    ///< the audit daemon's own records bear its own serials
        daemon_failure,  ///< it aborted, or had an error
        daemon,          ///< anything else that it says of itself
        other,
    };
    Type type = Type::other;
    bool printed = false;
    Origin origin = Origin::unproven;
    std::string_view host;
    std::string_view boot;
    std::int64_t time_ms = 0;
    std::uint32_t serial = 0;
    std::string_view body;
};

/// Reads the audit record on a line of text, whatever its type, if only its stamp is complete.
///
/// Shape:  pure, noexcept, allocates nothing. A line that holds one has "audit(" in it.
std::optional<AuditEvent> parse_event(std::string_view line, Trust trust) noexcept;

/// The same of a record that was read already; nothing where its carrier dropped stamp or serial.
std::optional<AuditEvent> event_of(const Record& record) noexcept;

/// What the name or number of a type means here.
AuditEvent::Type event_type(std::string_view type) noexcept;

}  // namespace scgen
