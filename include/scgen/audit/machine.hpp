#pragma once

#include <optional>
#include <string>
#include <vector>

#include "scgen/audit/kernel_audit.hpp"

namespace scgen {

/// What a machine says of why its kernel may make no records of seccomp, or give them to somebody else.
struct MachineFacts {
    /// "6.1.0-18-amd64", as uname(2) has it.
    std::string release;
    /// audit=0 stands on the kernel's command line.
    bool audit_off = false;
    /// kernel.seccomp.actions_logged, words between blanks; nothing where the kernel has none.
    std::optional<std::string> actions_logged;
    /// Nothing where the kernel may not be asked.
    std::optional<AuditStatus> audit;
    /// Rules that drop records of seccomp.
    std::vector<std::string> exclude_rules;
};

/// Asks this machine. Never fails: what cannot be read is left out.
MachineFacts ask_machine();

}  // namespace scgen
