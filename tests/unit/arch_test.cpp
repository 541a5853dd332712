#include "scgen/abi/arch.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace scgen {
namespace {

struct Named {
    Arch arch;
    std::string_view name;
    std::string_view scmp;
    std::string_view audit_name;
    bool has_table;
};

constexpr Named named[] = {
    {Arch::x86_64, "x86_64", "SCMP_ARCH_X86_64", "x86_64", true},
    {Arch::x86, "x86", "SCMP_ARCH_X86", "i386", true},
    {Arch::x32, "x32", "SCMP_ARCH_X32", "x86_64", true},
    {Arch::aarch64, "aarch64", "SCMP_ARCH_AARCH64", "aarch64", true},
    {Arch::arm, "arm", "SCMP_ARCH_ARM", "armeb", true},
    {Arch::armeb, "armv7b", "", "", true},
    {Arch::riscv64, "riscv64", "SCMP_ARCH_RISCV64", "riscv64", true},
    {Arch::s390x, "s390x", "SCMP_ARCH_S390X", "s390x", true},
    {Arch::s390, "s390", "SCMP_ARCH_S390", "s390", false},
    {Arch::ppc64le, "ppc64le", "SCMP_ARCH_PPC64LE", "ppc64le", true},
    {Arch::ppc64, "ppc64", "SCMP_ARCH_PPC64", "ppc64", true},
    {Arch::ppc, "ppc", "SCMP_ARCH_PPC", "ppc", true},
    {Arch::loongarch64, "loongarch64", "SCMP_ARCH_LOONGARCH64", "", true},
    {Arch::mips64, "mips64", "SCMP_ARCH_MIPS64", "", true},
    {Arch::mips64n32, "mips64n32", "SCMP_ARCH_MIPS64N32", "", true},
    {Arch::mips, "mips", "SCMP_ARCH_MIPS", "", true},
    {Arch::mipsel64, "mipsel64", "SCMP_ARCH_MIPSEL64", "", true},
    {Arch::mipsel64n32, "mipsel64n32", "SCMP_ARCH_MIPSEL64N32", "", true},
    {Arch::mipsel, "mipsel", "SCMP_ARCH_MIPSEL", "", true},
    {Arch::parisc, "parisc", "SCMP_ARCH_PARISC", "", true},
    {Arch::parisc64, "parisc64", "SCMP_ARCH_PARISC64", "", true},
    {Arch::m68k, "m68k", "SCMP_ARCH_M68K", "", true},
    {Arch::sh, "sh", "SCMP_ARCH_SH", "", true},
    {Arch::sheb, "sheb", "SCMP_ARCH_SHEB", "", true},
};

TEST(Arch, EveryEnumeratorIsNamed) {
    for (const auto& want : named) {
        const auto got = arch_info(want.arch);
        ASSERT_TRUE(got.has_value()) << want.name;
        EXPECT_EQ(got->arch, want.arch) << want.name;
        EXPECT_EQ(got->name, want.name);
        EXPECT_EQ(got->scmp, want.scmp) << want.name;
        EXPECT_EQ(got->audit_name, want.audit_name) << want.name;
        EXPECT_EQ(got->has_table, want.has_table) << want.name;
    }
}

TEST(Arch, KnownOnesAreUniqueAndFoundByNameAndToken) {
    EXPECT_GE(known_archs().size(), std::size(named));
    std::set<Arch> archs;
    std::set<std::string_view> names;
    for (const auto& info : known_archs()) {
        EXPECT_TRUE(archs.insert(info.arch).second) << info.name;
        EXPECT_TRUE(names.insert(info.name).second) << info.name;
        EXPECT_EQ(arch_from_name(info.name), info.arch) << info.name;
        if (!info.scmp.empty()) {
            EXPECT_EQ(arch_from_name(info.scmp), info.arch) << info.scmp;
        }
        EXPECT_NE(info.arch, Arch::none) << info.name;
    }
}

TEST(Arch, OtherSpellings) {
    const struct {
        std::string_view text;
        Arch arch;
    } cases[] = {
        {"amd64", Arch::x86_64},      {"i386", Arch::x86},          {"i686", Arch::x86},
        {"arm64", Arch::aarch64},     {"armhf", Arch::arm},         {"armv7l", Arch::arm},
        {"armel", Arch::arm},         {"ppc64el", Arch::ppc64le},   {"loong64", Arch::loongarch64},
        {"powerpc", Arch::ppc},       {"mips64el", Arch::mipsel64}, {"mips64", Arch::mips64},
        {"hppa", Arch::parisc},       {"armv7b", Arch::armeb},      {"x86_64", Arch::x86_64},
        {"mipsn32", Arch::mips64n32},
    };
    for (const auto& each : cases)
        EXPECT_EQ(arch_from_name(each.text), each.arch) << each.text;
}

TEST(Arch, WhatAuditCallsArmebIsLittleEndianArm) {
    EXPECT_EQ(arch_from_name("armeb"), Arch::arm);
}

TEST(Arch, WhatIsNoNameIsNothing) {
    for (const std::string_view text : {"", "-", ",", "X86_64", "x86-64", "SCMP_ARCH_", "scmp_arch_x86",
                                        "none", "c000003e", "x86_64 ", "i486,i586", "zzz"})
        EXPECT_EQ(arch_from_name(text), std::nullopt) << '"' << text << '"';
}

TEST(Arch, AnUnknownTokenHasNoName) {
    for (const std::uint32_t token : {0U, 1U, 0xffffffffU, 0xc000003fU, 0x3eU})
        EXPECT_FALSE(arch_info(static_cast<Arch>(token)).has_value()) << std::hex << token;
}

TEST(Arch, NativeIsKnownAndHasATable) {
    const auto native = arch_info(native_arch());
    ASSERT_TRUE(native.has_value());
    EXPECT_TRUE(native->has_table) << native->name;
}

TEST(Arch, OfARecord) {
    const struct {
        std::uint32_t token;
        std::int32_t nr;
        Arch arch;
    } cases[] = {
        {0xc000003e, 0, Arch::x86_64},
        {0xc000003e, 0x3fffffff, Arch::x86_64},
        {0xc000003e, 0x40000000, Arch::x32},
        {0xc000003e, 0x40000208, Arch::x32},
        {0xc000003e, 0x7fffffff, Arch::x32},
        {0xc000003e, -1, Arch::x86_64},  // all bits set, and yet no x32 call
        {0xc000003e, INT32_MIN, Arch::x86_64},
        {0xc000003e, INT32_MIN | 0x40000000, Arch::x86_64},
        {0x40000003, 0x40000000, Arch::x86},  // the bit means something on x86_64 only
        {0xc00000b7, 0x40000000, Arch::aarch64},
        {0x80000008, 5000, Arch::mips64},
        {0, 1, Arch::none},
        {0xdeadbeef, 1, static_cast<Arch>(0xdeadbeef)},
    };
    for (const auto& each : cases)
        EXPECT_EQ(arch_of(each.token, each.nr), each.arch) << std::hex << each.token << ' ' << each.nr;
}

}  // namespace
}  // namespace scgen
