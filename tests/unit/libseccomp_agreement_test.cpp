// The tables against libseccomp, which every container runtime resolves names with.
//
// libseccomp knows fewer of the newest calls, and an older one fewer ABIs: what it does not know is passed
// over, and a floor on what was compared keeps the test from passing by comparing nothing. A name that
// exists, but not on the ABI asked for, or that the ABI multiplexes (socketcall, ipc), it resolves to a
// negative pseudo number: no judgement.

#include <gtest/gtest.h>
#include <seccomp.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <set>
#include <string>

#include "scgen/abi/syscall_table.hpp"

namespace scgen {
namespace {

std::optional<std::string> name_in_libseccomp(Arch arch, std::int32_t nr) {
    const std::unique_ptr<char, decltype(&std::free)> name(
        seccomp_syscall_resolve_num_arch(static_cast<std::uint32_t>(arch), nr), &std::free);
    return name ? std::optional<std::string>(name.get()) : std::nullopt;
}

bool libseccomp_knows(const ArchInfo& info) {
    return seccomp_arch_resolve_name(std::string(info.name).c_str()) != 0;
}

TEST(Libseccomp, NamesAndTokensOfABIs) {
    std::set<std::string_view> known;
    for (const auto& info : known_archs()) {
        const std::uint32_t token = seccomp_arch_resolve_name(std::string(info.name).c_str());
        if (token == 0) continue;
        known.insert(info.name);
        EXPECT_EQ(static_cast<Arch>(token), info.arch) << info.name;
        std::string scmp = "SCMP_ARCH_";
        for (const char c : info.name)
            scmp += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
        EXPECT_EQ(info.scmp, scmp) << "crun lower-cases the token and asks libseccomp";
    }
    for (const std::string_view name :
         {"x86_64", "x86", "x32", "aarch64", "arm", "riscv64", "s390x", "s390", "ppc64le", "ppc64", "ppc",
          "mips64", "mips64n32", "mips", "mipsel64", "mipsel64n32", "mipsel", "parisc", "parisc64"})
        EXPECT_TRUE(known.contains(name)) << name;
    EXPECT_EQ(seccomp_arch_native(), static_cast<std::uint32_t>(native_arch()));
}

TEST(Libseccomp, TokensOfItsHeader) {
    EXPECT_EQ(static_cast<std::uint32_t>(Arch::x32), SCMP_ARCH_X32);
    EXPECT_EQ(static_cast<std::uint32_t>(Arch::mips64n32), SCMP_ARCH_MIPS64N32);
    EXPECT_EQ(static_cast<std::uint32_t>(Arch::mipsel64n32), SCMP_ARCH_MIPSEL64N32);
#ifdef SCMP_ARCH_SH
    EXPECT_EQ(static_cast<std::uint32_t>(Arch::sh), SCMP_ARCH_SH);
    EXPECT_EQ(static_cast<std::uint32_t>(Arch::sheb), SCMP_ARCH_SHEB);
#endif
#ifdef SCMP_ARCH_M68K
    EXPECT_EQ(static_cast<std::uint32_t>(Arch::m68k), SCMP_ARCH_M68K);
#endif
#ifdef SCMP_ARCH_LOONGARCH64
    EXPECT_EQ(static_cast<std::uint32_t>(Arch::loongarch64), SCMP_ARCH_LOONGARCH64);
#endif
}

TEST(Libseccomp, NumberToName) {
    for (const auto& info : known_archs()) {
        const auto rows = syscalls_of(info.arch);
        if (rows.empty() || !libseccomp_knows(info)) continue;
        std::size_t compared = 0;
        for (const auto& row : rows) {
            const auto theirs = name_in_libseccomp(info.arch, row.nr);
            if (!theirs) continue;
            EXPECT_EQ(*theirs, row.name) << info.name << ' ' << row.nr;
            ++compared;
        }
        EXPECT_GE(compared, 290U) << info.name;
    }
}

TEST(Libseccomp, KnowsNoNumberBetweenOursThatWeLack) {
    for (const auto& info : known_archs()) {
        const auto rows = syscalls_of(info.arch);
        if (rows.empty() || !libseccomp_knows(info)) continue;
        const std::int32_t last = std::min(rows.back().nr, rows.front().nr + 600);
        for (std::int32_t nr = rows.front().nr; nr <= last; ++nr) {
            // libseccomp lends parisc64 the 32-bit _llseek, which the kernel's 64-bit table has no entry for.
            if (info.arch == Arch::parisc64 && nr == 140) continue;
            const auto theirs = name_in_libseccomp(info.arch, nr);
            if (theirs) {
                EXPECT_EQ(syscall_name({info.arch, nr}), *theirs) << info.name << ' ' << nr;
            }
        }
    }
}

TEST(Libseccomp, NameToNumber) {
    for (const auto& info : known_archs()) {
        const auto rows = syscalls_of(info.arch);
        if (rows.empty() || !libseccomp_knows(info)) continue;
        std::size_t compared = 0;
        for (const auto& row : rows) {
            const int theirs = seccomp_syscall_resolve_name_arch(static_cast<std::uint32_t>(info.arch),
                                                                 std::string(row.name).c_str());
            if (theirs < 0) continue;
            EXPECT_EQ(theirs, row.nr) << info.name << ' ' << row.name;
            ++compared;
        }
        EXPECT_GE(compared, 280U) << info.name;
    }
}

TEST(Libseccomp, TakesTheBasesAsTheKernelLogsThem) {
    const struct {
        Arch arch;
        int nr;
    } reads[] = {{Arch::mips64, 5000}, {Arch::mipsel64n32, 6000}, {Arch::mipsel, 4003},
                 {Arch::mips, 4003},   {Arch::x32, 0x40000000},   {Arch::x86_64, 0}};
    for (const auto& each : reads) {
        const auto token = static_cast<std::uint32_t>(each.arch);
        EXPECT_EQ(seccomp_syscall_resolve_name_arch(token, "read"), each.nr) << std::hex << token;
        EXPECT_EQ(name_in_libseccomp(each.arch, each.nr), "read") << std::hex << token;
    }
}

}  // namespace
}  // namespace scgen
