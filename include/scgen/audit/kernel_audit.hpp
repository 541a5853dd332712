#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace scgen {

/// What the kernel says of its audit; `auditctl -s` shows the same.
///
/// Shape:  records of seccomp are made whether or not it is `enabled`, which speaks of rules. `daemon_pid` is 0 where
///         no daemon is registered; `lost` counts since boot, or since somebody reset it; `backlog` are the records
///         that wait to be delivered. `failure`: 0 silent, 1 printk, 2 panic. `rate_limit` is records a second, 0 for
///         none; `backlog_limit` 0 is none, too.
/// Source: struct audit_status in linux/audit.h; audit_receive_msg() in the kernel's kernel/audit.c.
struct AuditStatus {
    bool enabled = false;
    std::uint32_t daemon_pid = 0;
    std::uint32_t lost = 0;
    std::uint32_t backlog = 0;
    std::uint32_t backlog_limit = 0;
    std::uint32_t rate_limit = 0;
    std::uint32_t failure = 0;
};

/// Asks the kernel. Nothing where it may not be asked (CAP_AUDIT_CONTROL in the initial user and pid namespaces) or
/// has no audit.
std::optional<AuditStatus> audit_status();

/// The kernel's rules that drop SECCOMP records, all or some of them, as auditctl writes them
/// ("-a always,exclude -F msgtype<1400"). None where it may not be asked.
///
/// Source: audit_filter() in the kernel's kernel/auditfilter.c: every condition of an exclude rule must hold, and then
///         there is no record, whatever the rule's action.
std::vector<std::string> audit_exclude_rules();

/// The name of a record type as audit daemons write it: "SECCOMP", "UNKNOWN[1999]".
std::string audit_type_name(int type);

}  // namespace scgen
