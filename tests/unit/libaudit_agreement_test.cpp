// The tables against libaudit, which names the calls in `ausearch -i` text.
//
// Every disagreement is a row of syscall-tables/audit-aliases.tsv with its reason; any other fails. A listed
// one that the installed libaudit does not show is printed and passes: libaudit may have been mended, or not
// yet broken.

#include <gtest/gtest.h>
#include <libaudit.h>

#include <iostream>
#include <map>
#include <string>
#include <utility>

#include "scgen/abi/syscall_table.hpp"
#include "support/tsv.hpp"

namespace scgen {
namespace {

std::optional<int> machine_of(Arch arch) {
    const int machine = audit_elf_to_machine(static_cast<unsigned>(arch));
    return machine < 0 ? std::nullopt : std::optional<int>(machine);
}

std::string table_of(const ArchInfo& info) {
    for (const auto& row : read_tsv("archs.tsv"))
        if (row.at(0) == info.name) return row.at(7);
    return {};
}

/// (table, number) -> (libaudit's name, ours).
std::map<std::pair<std::string, std::string>, std::pair<std::string, std::string>> listed() {
    std::map<std::pair<std::string, std::string>, std::pair<std::string, std::string>> rows;
    for (const auto& row : read_tsv("audit-aliases.tsv"))
        rows[{row.at(0), row.at(1)}] = {row.at(2), row.at(3)};
    return rows;
}

TEST(Libaudit, NamesOfABIs) {
    std::size_t compared = 0;
    for (const auto& info : known_archs()) {
        const auto machine = machine_of(info.arch);
        if (!machine) continue;
        const char* const name = audit_machine_to_name(*machine);
        ASSERT_NE(name, nullptr) << info.name;
        EXPECT_EQ(info.audit_name, name) << info.name;
        EXPECT_EQ(arch_from_name(name), info.arch) << "what libaudit prints must read back: " << name;
        ++compared;
    }
    EXPECT_GE(compared, 9U);
}

TEST(Libaudit, NumberToName) {
    const auto known = listed();
    std::size_t disagreeing = 0;
    for (const auto& info : known_archs()) {
        const auto machine = machine_of(info.arch);
        const auto rows = syscalls_of(info.arch);
        if (!machine || rows.empty()) continue;
        const std::string table = table_of(info);
        std::size_t compared = 0;
        for (const auto& row : rows) {
            const char* const theirs = audit_syscall_to_name(row.nr, *machine);
            if (theirs == nullptr) continue;
            ++compared;
            EXPECT_EQ(syscall_number_by_audit_name(info.arch, theirs), row.nr) << info.name << ' ' << theirs;
            const auto entry = known.find({table, std::to_string(row.nr)});
            if (entry == known.end()) {
                EXPECT_EQ(theirs, row.name) << info.name << ' ' << row.nr << ": not in audit-aliases.tsv";
            } else if (theirs == row.name) {
                std::cout << "note: this libaudit no longer says " << entry->second.first << " for "
                          << info.name << ' ' << row.name << '\n';
            } else {
                EXPECT_EQ(theirs, entry->second.first) << info.name << ' ' << row.nr;
                ++disagreeing;
            }
        }
        EXPECT_GE(compared, 250U) << info.name;
    }
    std::cout << disagreeing << " listed disagreements with this libaudit\n";
}

TEST(Libaudit, NameToNumber) {
    for (const auto& info : known_archs()) {
        const auto machine = machine_of(info.arch);
        if (!machine) continue;
        for (const auto& row : syscalls_of(info.arch)) {
            const int theirs = audit_name_to_syscall(std::string(row.name).c_str(), *machine);
            if (theirs >= 0) {
                EXPECT_EQ(theirs, row.nr) << info.name << ' ' << row.name;
            }
        }
    }
}

}  // namespace
}  // namespace scgen
