#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "scgen/abi/arch.hpp"

namespace scgen {

/// A system call number of one ABI, as the kernel logs it: x32 keeps bit 30, MIPS keeps its base.
struct Syscall {
    Arch arch;
    std::int32_t nr;

    auto operator<=>(const Syscall&) const = default;
};

/// One row of a table in syscall-tables/.
struct SyscallRow {
    std::int32_t nr;
    std::string_view name;
    /// First kernel that had it ("2.6.28"); empty when never implemented or not known.
    std::string_view since;
};

/// The whole table of an ABI in order of number; empty when this build has none.
std::span<const SyscallRow> syscalls_of(Arch arch) noexcept;

/// The name that libseccomp, OCI profiles and the kernel share; nothing for a number no table knows.
std::optional<std::string_view> syscall_name(Syscall syscall) noexcept;

/// The number of `name` on `arch`; nothing where the ABI lacks it.
std::optional<std::int32_t> syscall_number(Arch arch, std::string_view name) noexcept;

/// The same for a name printed by libaudit (`ausearch -i`), which differs for some calls: its "pread" is pread64.
///
/// Source: syscall-tables/audit-aliases.tsv.
std::optional<std::int32_t> syscall_number_by_audit_name(Arch arch, std::string_view name) noexcept;

/// Whether any built-in table has `name`.
bool is_known_syscall(std::string_view name) noexcept;

}  // namespace scgen
