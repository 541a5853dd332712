#include "scgen/abi/syscall_table.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>

#include "support/tsv.hpp"

namespace scgen {
namespace {

/// Table name of every ABI, as archs.tsv has it: read here anew, so that the generator is not its own judge.
std::map<Arch, std::string> tables() {
    std::map<Arch, std::string> found;
    for (const auto& row : read_tsv("archs.tsv"))
        if (row.at(7) != "-") found[static_cast<Arch>(std::stoul(row.at(1), nullptr, 16))] = row.at(7);
    return found;
}

TEST(SyscallTable, HoldsEveryRowOfItsFileAndNoOther) {
    std::size_t with_table = 0;
    for (const auto& info : known_archs())
        with_table += info.has_table ? 1U : 0U;
    ASSERT_EQ(tables().size(), with_table);

    for (const auto& [arch, table] : tables()) {
        const auto want = read_tsv(table + ".tsv");
        const auto got = syscalls_of(arch);
        ASSERT_EQ(got.size(), want.size()) << table;
        for (std::size_t i = 0; i < want.size(); ++i) {
            EXPECT_EQ(std::to_string(got[i].nr), want[i].at(0)) << table;
            EXPECT_EQ(got[i].name, want[i].at(1)) << table;
            EXPECT_EQ(got[i].since, want[i].at(2)) << table << ' ' << got[i].name;
        }
    }
}

TEST(SyscallTable, EveryRowRoundTrips) {
    for (const auto& info : known_archs()) {
        for (const auto& row : syscalls_of(info.arch)) {
            EXPECT_EQ(syscall_name({info.arch, row.nr}), row.name) << info.name << ' ' << row.nr;
            EXPECT_EQ(syscall_number(info.arch, row.name), row.nr) << info.name << ' ' << row.name;
            EXPECT_EQ(syscall_number_by_audit_name(info.arch, row.name), row.nr)
                << info.name << ' ' << row.name;
            EXPECT_TRUE(is_known_syscall(row.name)) << row.name;
        }
        EXPECT_EQ(syscalls_of(info.arch).empty(), !info.has_table) << info.name;
    }
}

TEST(SyscallTable, NumbersInTheGapsHaveNoName) {
    for (const auto& info : known_archs()) {
        const auto rows = syscalls_of(info.arch);
        for (std::size_t i = 1; i < rows.size(); ++i) {
            EXPECT_LT(rows[i - 1].nr, rows[i].nr) << info.name;
            if (rows[i].nr > rows[i - 1].nr + 1) {
                EXPECT_EQ(syscall_name({info.arch, rows[i].nr - 1}), std::nullopt)
                    << info.name << ' ' << rows[i].nr - 1;
            }
        }
    }
}

TEST(SyscallTable, NumbersAsTheKernelLogsThem) {
    const struct {
        Arch arch;
        std::int32_t nr;
        std::string_view name;
    } cases[] = {
        {Arch::x86_64, 0, "read"},
        {Arch::x86_64, 51, "getsockname"},
        {Arch::x86_64, 435, "clone3"},
        {Arch::x86, 119, "sigreturn"},
        {Arch::x32, 0x40000000, "read"},
        {Arch::x32, 0x40000000 + 513, "rt_sigreturn"},
        {Arch::aarch64, 61, "getdents64"},
        {Arch::arm, 983045, "set_tls"},
        {Arch::armeb, 983042, "cacheflush"},
        {Arch::riscv64, 258, "riscv_hwprobe"},
        {Arch::riscv64, 259, "riscv_flush_icache"},
        {Arch::s390x, 11, "execve"},
        {Arch::ppc64le, 102, "socketcall"},
        {Arch::ppc64, 102, "socketcall"},
        {Arch::ppc, 291, "fstatat64"},
        {Arch::loongarch64, 221, "execve"},
        {Arch::mips64, 5000, "read"},
        {Arch::mipsel64, 5000, "read"},
        {Arch::mips64n32, 6000, "read"},
        {Arch::mipsel64n32, 6000, "read"},
        {Arch::mips, 4003, "read"},
        {Arch::mipsel, 4003, "read"},
    };
    for (const auto& each : cases)
        EXPECT_EQ(syscall_name({each.arch, each.nr}), each.name)
            << static_cast<unsigned>(each.arch) << ' ' << each.nr;
}

TEST(SyscallTable, WhatIsNotThereIsNothing) {
    const Syscall unknown[] = {
        {Arch::x86_64, -1},
        {Arch::x86_64, 1008},
        {Arch::x86_64, INT32_MIN},
        {Arch::x86_64, INT32_MAX},
        {Arch::x32, 0},
        {Arch::x32, 0x40000000 + 13},
        {Arch::x86_64, 0x40000000},
        {Arch::mips64, 0},
        {Arch::mips64, 5177},
        {Arch::mips, 4018},
        {Arch::aarch64, 244},
        {Arch::none, 0},
        {Arch::s390, 1},
        {static_cast<Arch>(0xdeadbeef), 1},
    };
    for (const auto& each : unknown)
        EXPECT_EQ(syscall_name(each), std::nullopt)
            << std::hex << static_cast<unsigned>(each.arch) << ' ' << each.nr;

    for (const std::string_view name :
         {"", "READ", "rea", "readx", "read ", "syscalls", "SYSCALL_BASE", "zzz"}) {
        EXPECT_EQ(syscall_number(Arch::x86_64, name), std::nullopt) << name;
        EXPECT_FALSE(is_known_syscall(name)) << name;
    }
    EXPECT_EQ(syscall_number(Arch::none, "read"), std::nullopt);
    EXPECT_EQ(syscall_number(Arch::s390, "read"), std::nullopt);
    EXPECT_EQ(syscall_number_by_audit_name(Arch::none, "pread"), std::nullopt);
    EXPECT_EQ(syscall_number(Arch::aarch64, "getdents"), std::nullopt)
        << "libaudit's name is not the kernel's";
    EXPECT_TRUE(is_known_syscall("set_tls")) << "known to arm alone";
}

TEST(SyscallTable, AuditNames) {
    std::size_t rows = 0;
    for (const auto& row : read_tsv("audit-aliases.tsv")) {
        for (const auto& [arch, table] : tables()) {
            if (table != row.at(0)) continue;
            const auto nr = syscall_number_by_audit_name(arch, row.at(2));
            ASSERT_TRUE(nr.has_value()) << table << ' ' << row.at(2);
            EXPECT_EQ(std::to_string(*nr), row.at(1)) << table << ' ' << row.at(2);
            EXPECT_EQ(syscall_name({arch, *nr}), row.at(3)) << table << ' ' << row.at(2);
            EXPECT_EQ(syscall_number(arch, row.at(2)), std::nullopt) << table << ' ' << row.at(2);
            ++rows;
        }
    }
    EXPECT_GE(rows, 20U);
    EXPECT_EQ(syscall_number_by_audit_name(Arch::aarch64, "getdents"), 61);
    EXPECT_EQ(syscall_number_by_audit_name(Arch::x86_64, "getdents"), 78)
        << "an alias holds for its own ABI alone";
}

}  // namespace
}  // namespace scgen
