#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "scgen/abi/action.hpp"
#include "scgen/abi/syscall_table.hpp"

namespace scgen {

inline constexpr std::uint32_t unset_session = 0xffffffff;

/// A string as a log carries it.
///
/// Shape:  `quoted` is the text between quotes, raw bytes; `hex` is an even run of upper-case hex digits;
///         `plain` is already decoded by its carrier (JSON, ausearch -i); `null` is the unquoted (null) or ?,
///         no text at all.
/// Source: audit_log_n_untrustedstring() in the kernel's kernel/audit.c.
struct Text {
    enum class Form : std::uint8_t { null, quoted, hex, plain };
    Form form = Form::null;
    std::string_view raw;
};

/// The bytes a Text stands for. Hostile: it may hold escape sequences, newlines, NULs and invalid UTF-8.
std::string interpret(Text text);

/// How far a line vouches for the record on it, weakest first.
///
/// Shape:  `text` could have been written by any local program that reaches syslog; `ring` carries the
///         kernel's own facility, which user space cannot fake; `netlink` came by the audit socket (auditd,
///         journald).
enum class Origin : std::uint8_t { unproven, text, ring, netlink };

/// Which lines may teach.
///
/// Shape:  `kernel` wants a line whose whole prefix is one that a kernel log, the audit daemon or the journal
///         writes; `any` takes a complete record behind any prefix, so that a log someone annotated by hand
///         can be read. Neither looks inside another record's msg='...'.
enum class Trust : std::uint8_t { kernel, any };

/// One SECCOMP record, reduced to what a profile and its evidence can use.
///
///   type=1326 audit(1594067860.484:14536): .. pid=29064 comm="http-echo" exe="/http-echo" ..
///                   |              |              |         |                |
///                   time_ms        serial         pid       comm             exe
///
///   arch=c000003e syscall=51 compat=0 ip=0x46fe1f code=0x7ffc0000
///        |                |             |              |
///        syscall.arch     syscall.nr    ip             code, action
///
/// Shape:  string_views point into the line, or into the reader that unwrapped it, and live until its next
///         line. An optional is empty where the carrier or the kernel's age left the field out.
/// Units:  time_ms since the Unix epoch.
/// Source: audit_seccomp() in the kernel's kernel/auditsc.c.
struct Record {
    std::optional<std::int64_t> time_ms;
    std::optional<std::uint32_t> serial;
    std::string_view host;
    /// journald's name for the boot, where the carrier has one.
    std::string_view boot;
    std::string_view subj;
    Text comm;
    Text exe;
    std::int32_t pid = 0;
    Syscall syscall{};
    Action action = Action::log;
    std::optional<std::uint32_t> code;
    std::optional<std::uint32_t> auid;
    std::optional<std::uint32_t> uid;
    /// The audit session: the kernel counts logins. unset_session is that of processes nobody logged in for.
    std::optional<std::uint32_t> ses;
    std::optional<std::int32_t> sig;
    std::optional<std::uint64_t> ip;
    Origin origin = Origin::unproven;
    /// It came through the kernel's printk, which loses records, and not by the audit socket.
    bool printed = false;
};

}  // namespace scgen
