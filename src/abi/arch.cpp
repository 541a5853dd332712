#include "scgen/abi/arch.hpp"

#include <algorithm>

#include "abi/syscall_tables.hpp"

namespace scgen {

std::span<const ArchInfo> known_archs() noexcept {
    return generated::archs;
}

std::optional<ArchInfo> arch_info(Arch arch) noexcept {
    // Thirty rows, the common ABIs first: a scan is enough.
    for (const auto& info : generated::archs)
        if (info.arch == arch) return info;
    return std::nullopt;
}

std::optional<Arch> arch_from_name(std::string_view name) noexcept {
    const auto& all = generated::spellings;
    const auto found =
        std::lower_bound(all.begin(), all.end(), name,
                         [](const auto& spelling, std::string_view text) { return spelling.text < text; });
    if (found == all.end() || found->text != name) return std::nullopt;
    return generated::archs[found->arch].arch;
}

Arch native_arch() noexcept {
#if defined(__x86_64__) && defined(__ILP32__)
    return Arch::x32;
#elif defined(__x86_64__)
    return Arch::x86_64;
#elif defined(__i386__)
    return Arch::x86;
#elif defined(__aarch64__)
    return Arch::aarch64;
#elif defined(__arm__)
    return __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? Arch::armeb : Arch::arm;
#elif defined(__riscv) && __riscv_xlen == 64
    return Arch::riscv64;
#elif defined(__s390x__)
    return Arch::s390x;
#elif defined(__s390__)
    return Arch::s390;
#elif defined(__powerpc64__)
    return __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? Arch::ppc64 : Arch::ppc64le;
#elif defined(__powerpc__)
    return Arch::ppc;
#elif defined(__loongarch64) || (defined(__loongarch__) && __loongarch_grlen == 64)
    return Arch::loongarch64;
#elif defined(__mips__) && _MIPS_SIM == _ABI64
    return __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? Arch::mips64 : Arch::mipsel64;
#elif defined(__mips__) && _MIPS_SIM == _ABIN32
    return __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? Arch::mips64n32 : Arch::mipsel64n32;
#elif defined(__mips__)
    return __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? Arch::mips : Arch::mipsel;
#elif defined(__hppa64__)
    return Arch::parisc64;
#elif defined(__hppa__)
    return Arch::parisc;
#elif defined(__m68k__)
    return Arch::m68k;
#elif defined(__sh__)
    return __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? Arch::sheb : Arch::sh;
#else
#error "native_arch(): add this ABI here and to syscall-tables/archs.tsv"
#endif
}

}  // namespace scgen
