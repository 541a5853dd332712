#include "behind_runc.hpp"

#include <algorithm>
#include <array>

#include "clauses.hpp"
#include "profile_facts.hpp"
#include "scgen/abi/syscall_table.hpp"

namespace scgen {
namespace {

/// Source: libseccomp 2.5.4, seccomp_syscall_resolve_name_arch(): negative numbers for all of multiplexed.tsv.
constexpr std::array archs_without_numbers{Arch::x86,   Arch::s390,    Arch::s390x, Arch::ppc,
                                           Arch::ppc64, Arch::ppc64le, Arch::mips,  Arch::mipsel};

bool has_no_number(Arch arch, const std::string& name) {
    const auto is_it = [&](const generated::Multiplexed& row) { return row.name == name; };
    return std::find(archs_without_numbers.begin(), archs_without_numbers.end(), arch) !=
               archs_without_numbers.end() &&
           std::any_of(generated::multiplexed.begin(), generated::multiplexed.end(), is_it);
}

}  // namespace

std::map<Arch, std::set<std::string>> unseen_by_runc(const Profile& profile) {
    std::map<Arch, std::set<std::string>> unseen;
    if (permits(profile.default_action) || profile.default_action == Action::trace) return unseen;
    const auto archs = profile.architectures.empty() ? std::set{native_arch()} : profile.architectures;
    for (const Arch arch : archs) {
        std::int32_t largest = 0;
        std::map<std::string, std::int32_t> without;
        for (const auto& rule : profile.rules)
            for (const auto& name : rule.names) {
                const auto number = syscall_number(arch, name);
                if (!number) continue;
                if (!has_no_number(arch, name))
                    largest = std::max(largest, *number);
                else if (permits(rule.action))
                    without.emplace(name, *number);
            }
        for (const auto& [name, number] : without)
            if (number > largest) unseen[arch].insert(name);
    }
    return unseen;
}

}  // namespace scgen
