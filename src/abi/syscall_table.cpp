// The tables of system calls: two binary searches over constant data.
//
// A table is about 400 rows in order of number, so a number is found in nine steps. A second array holds the
// indices of the rows in order of name, two bytes each, and serves the way back. Twins of the other byte
// order (ppc64, mipsel, armeb, ...) point at the table of their sibling. All of it is laid down by
// syscall-tables/generate.py, which has refused double, unsorted and malformed rows: nothing is checked here
// again, and nothing is allocated.

#include "scgen/abi/syscall_table.hpp"

#include <algorithm>

#include "abi/syscall_tables.hpp"

namespace scgen {
namespace {

using generated::Table;

const Table* table_of(Arch arch) noexcept {
    for (std::size_t i = 0; i < generated::archs.size(); ++i) {
        if (generated::archs[i].arch != arch) continue;
        const std::size_t table = generated::table_of_arch[i];
        return table == generated::no_table ? nullptr : &generated::tables[table];
    }
    return nullptr;
}

std::optional<std::int32_t> number_in(const Table& table, std::string_view name) noexcept {
    const auto found = std::lower_bound(
        table.by_name.begin(), table.by_name.end(), name,
        [&](std::uint16_t row, std::string_view text) { return table.rows[row].name < text; });
    if (found == table.by_name.end() || table.rows[*found].name != name) return std::nullopt;
    return table.rows[*found].nr;
}

}  // namespace

std::span<const SyscallRow> syscalls_of(Arch arch) noexcept {
    const auto* table = table_of(arch);
    return table == nullptr ? std::span<const SyscallRow>{} : table->rows;
}

std::optional<std::string_view> syscall_name(Syscall syscall) noexcept {
    const auto rows = syscalls_of(syscall.arch);
    const auto found = std::lower_bound(rows.begin(), rows.end(), syscall.nr,
                                        [](const SyscallRow& row, std::int32_t nr) { return row.nr < nr; });
    if (found == rows.end() || found->nr != syscall.nr) return std::nullopt;
    return found->name;
}

std::optional<std::int32_t> syscall_number(Arch arch, std::string_view name) noexcept {
    const auto* table = table_of(arch);
    return table == nullptr ? std::nullopt : number_in(*table, name);
}

std::optional<std::int32_t> syscall_number_by_audit_name(Arch arch, std::string_view name) noexcept {
    const auto* table = table_of(arch);
    if (table == nullptr) return std::nullopt;
    for (const auto& alias : table->aliases)  // seven at most
        if (alias.audit_name == name) return alias.nr;
    return number_in(*table, name);
}

bool is_known_syscall(std::string_view name) noexcept {
    return std::any_of(generated::tables.begin(), generated::tables.end(),
                       [&](const Table& table) { return number_in(table, name).has_value(); });
}

}  // namespace scgen
