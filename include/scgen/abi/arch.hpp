#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace scgen {

/// One system call ABI. Its value is the AUDIT_ARCH_* token that the kernel logs as arch=.
///
/// Shape:  x32 shares x86_64's token in the kernel and is told apart by bit 30 of the number; here it is an
/// Arch of
///         its own, with libseccomp's SCMP_ARCH_X32 as its value. Any 32-bit value is a valid Arch: one that
///         this build does not know has no name. `none` stands for records of kernels before 3.16, which log
///         no arch=. Enumerated are the ABIs that have a table or an OCI token; syscall-tables/archs.tsv
///         names a few more.
/// Source: include/uapi/linux/audit.h; libseccomp include/seccomp.h.in.
enum class Arch : std::uint32_t {
    none = 0,
    x86_64 = 0xc000003e,
    x86 = 0x40000003,
    x32 = 0x4000003e,
    aarch64 = 0xc00000b7,
    arm = 0x40000028,
    armeb = 0x00000028,
    riscv64 = 0xc00000f3,
    s390x = 0x80000016,
    s390 = 0x00000016,
    ppc64le = 0xc0000015,
    ppc64 = 0x80000015,
    ppc = 0x00000014,
    loongarch64 = 0xc0000102,
    mips64 = 0x80000008,
    mips64n32 = 0xa0000008,
    mips = 0x00000008,
    mipsel64 = 0xc0000008,
    mipsel64n32 = 0xe0000008,
    mipsel = 0x40000008,
    parisc = 0x0000000f,
    parisc64 = 0x8000000f,
    m68k = 0x00000004,
    sh = 0x4000002a,
    sheb = 0x0000002a,
};

/// What is known of an ABI.
struct ArchInfo {
    Arch arch;
    /// libseccomp's name: "x86_64", "x86", "x32", "aarch64", ...; uname's where libseccomp has none
    /// ("armv7b").
    std::string_view name;
    /// The OCI token, "SCMP_ARCH_X86_64"; empty where no runtime has one (armeb, alpha, ...).
    std::string_view scmp;
    /// What `ausearch -i` prints: "x86_64", "i386", "armeb" for little-endian arm, ...; empty where it has no
    /// name.
    std::string_view audit_name;
    /// Whether a table of its system calls is built in.
    bool has_table;
};

/// Every ABI this build knows by name, in a fixed order.
std::span<const ArchInfo> known_archs() noexcept;

/// What is known of `arch`, or nothing.
std::optional<ArchInfo> arch_info(Arch arch) noexcept;

/// Finds an ABI by libseccomp name, OCI token, audit name, uname -m or Debian name ("amd64"); case-sensitive.
///
/// Shape:  a spelling that several ABIs share means the commoner one: "mips64" is never n32, and "armeb" is
///         little-endian arm, because that is what libaudit means by it.
/// Source: syscall-tables/archs.tsv.
std::optional<Arch> arch_from_name(std::string_view name) noexcept;

/// The ABI this program was built for.
Arch native_arch() noexcept;

/// The Arch of a record that logged `token` and `nr`: x86_64 with bit 30 set in a non-negative number is x32.
///
/// Source: syscall_get_arch() and do_syscall_x32() in the kernel's arch/x86.
constexpr Arch arch_of(std::uint32_t token, std::int32_t nr) noexcept {
    const auto arch = static_cast<Arch>(token);
    return arch == Arch::x86_64 && nr >= 0 && (nr & 0x40000000) != 0 ? Arch::x32 : arch;
}

}  // namespace scgen
