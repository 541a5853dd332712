#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "scgen/audit/audit_event.hpp"
#include "scgen/audit/loss.hpp"

namespace scgen {

/// What a line that is no record says of the log it stands in: that records were lost, or why there may be none.
///
/// Shape:  `mark` tells one message from another of the same words: the same message read twice, from two copies of a
///         log or by two carriers that keep the kernel's stamp, has the same mark; it is empty where a line has no time.
///         `order` puts the messages of one log in order. Views point into the line.
/// Units:  time_ms since the Unix epoch.
struct Notice {
    enum class Kind : std::uint8_t {
        loss,             ///< `loss` happened
        total,            ///< so many records were lost since boot, one of them just now
        unrelated,        ///< messages of programs were dropped, which hold no records
        audit_off,        ///< the kernel was told to make no audit records (audit=0)
        actions_changed,  ///< calls that a profile logs are not written down any more
        exclude_rule,     ///< a rule that drops records was added
        daemon,           ///< an audit daemon takes the records, so that the kernel prints none
    };
    Kind kind = Kind::loss;
    Loss loss;
    /// How far the line vouches for it.
    Origin origin = Origin::unproven;
    std::string_view host;
    std::string_view boot;
    std::optional<std::int64_t> time_ms;
    std::int64_t order = 0;
    std::optional<std::uint64_t> mark;
};

/// Every line that holds a notice or an audit record holds one of these: "audit" or "audispd", "suppressed", "messages".
/// Four bytes each, so that one pass can look for all.
inline constexpr std::array<std::string_view, 3> notice_anchors{"audi", "uppr", "ages"};

/// Whether a line is worth parse_event() and parse_notice(): one of the anchors is in it. Most lines of most logs come no
/// further.
bool may_be_notice(std::string_view line) noexcept;

/// Reads the notice on a line of text, behind the prefix of any carrier. A line of another program, or a message inside
/// another, is none.
///
/// Shape:  pure, noexcept, allocates nothing.
/// Law:    a line that somebody forged can make it look as if more was lost, and never less.
/// Source: the kernel's kernel/audit.c, kernel/printk/printk.c and lib/ratelimit.c; systemd's journald-kmsg.c,
///         journald-manager.c and journald-syslog.c; rsyslog's runtime/ratelimit.c; audit-userspace's src/. Every literal
///         is in src/audit/notice.cpp.
std::optional<Notice> parse_notice(std::string_view line, Trust trust) noexcept;

/// The same of a message whose speaker is known by other means: "kernel", or the name of a program.
std::optional<Notice> parse_message(std::string_view speaker, std::string_view message) noexcept;

/// Whether a line is what a container printed, as Docker's json-file or a Kubernetes runtime (CRI) writes it: words of the
/// workload, in which no record is the kernel's.
bool is_container_output(std::string_view line) noexcept;

/// The notice in an audit record.
std::optional<Notice> notice_of(const AuditEvent& event) noexcept;

}  // namespace scgen
