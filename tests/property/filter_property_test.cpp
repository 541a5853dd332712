#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "scgen/profile/filter.hpp"
#include "scgen/profile/validate.hpp"
#include "support/seeded.hpp"

// Random profiles of the shapes that generate() and people write. SCGEN_SEED repeats a run.

namespace scgen {
namespace {

class FilterLaws : public ::testing::TestWithParam<std::uint32_t>, protected Seeded {
  protected:
    FilterLaws() : Seeded(31'415U, GetParam()) {}

    std::set<Arch> archs() {
        static const std::vector<std::set<Arch>> families = {
            {Arch::x86_64},
            {Arch::x86_64, Arch::x86},
            {Arch::x86_64, Arch::x86, Arch::x32},
            {Arch::aarch64},
            {Arch::aarch64, Arch::arm},
            {Arch::x32},
            {Arch::x86},
            {Arch::s390x},
            {Arch::ppc64le},
            {Arch::riscv64},
            {Arch::mipsel, Arch::mipsel64, Arch::mipsel64n32}};
        return families[below(families.size())];
    }

    std::string name() {
        static const std::vector<Arch> sources = {Arch::x86_64, Arch::x86_64, Arch::x86, Arch::arm};
        const auto rows = syscalls_of(sources[below(sources.size())]);
        return std::string(rows[below(rows.size())].name);
    }

    /// What generate() makes: one list of names, and denials with another errno.
    Profile names_only() {
        Profile profile;
        profile.default_errno = 1;
        profile.architectures = archs();
        Rule allow{{"execve", "exit_group"}, Action::allow, {}, {}};
        for (std::size_t i = 0, count = below(120); i < count; ++i)
            allow.names.insert(name());
        Rule enosys{{}, Action::errno_, 38, {}};
        for (std::size_t i = 0, count = below(8); i < count; ++i)
            enosys.names.insert(name());
        profile.rules = {allow, enosys};
        return canonical(profile);
    }

    /// Conditions as people write them: alternatives of values, and one mask; all under one action.
    Rule conditional() {
        static const std::vector<std::uint64_t> values = {0,  1,    2,       8,          16,
                                                          40, 0x1f, 0x20000, 0x7e020000, 0xffffffff};
        Rule rule{{name()}, Action::allow, {}, {}};
        const auto index = static_cast<std::uint32_t>(below(6));
        const auto value = values[below(values.size())];
        switch (below(4)) {
            case 0:
                rule.args = {{index, Comparison::Op::masked_eq, value, value & values[below(values.size())]}};
                break;
            case 1: rule.args = {{index, Comparison::Op::ne, value, 0}}; break;
            case 2:
                rule.args = {{index, Comparison::Op::eq, value, 0},
                             {(index + 1) % 6, Comparison::Op::eq, values[below(values.size())], 0}};
                break;
            default: rule.args = {{index, Comparison::Op::eq, value, 0}};
        }
        return rule;
    }

    std::string errors_of(const Validation& validation) const {
        std::string text;
        for (const auto& finding : validation.findings)
            if (finding.severity == Finding::Severity::error) text += finding.what + '\n';
        return text.empty() ? text : "seed " + std::to_string(seed_) + "\n" + text;
    }
};

TEST_P(FilterLaws, AProfileOfNamesDoesWhatItSays) {
    const auto found = validate(names_only());
    EXPECT_EQ(errors_of(found), "");
    EXPECT_GT(found.compared, 2000U);
}

TEST_P(FilterLaws, AProfileWithOneConditionACallDoesWhatItSays) {
    Profile profile = names_only();
    std::set<std::string> taken = profile.rules.empty() ? std::set<std::string>{} : profile.rules[0].names;
    for (std::size_t i = 0, count = below(12); i < count; ++i) {
        const Rule rule = conditional();
        if (taken.insert(*rule.names.begin()).second) profile.rules.push_back(rule);
    }
    EXPECT_EQ(errors_of(validate(profile)), "");
}

TEST_P(FilterLaws, WithoutANameItsCallIsDenied) {
    const Profile profile = names_only();
    ASSERT_FALSE(profile.rules.empty());
    const Filter whole = Filter::compile(profile);
    for (const auto& name : profile.rules[0].names) {
        Profile less = profile;
        less.rules[0].names.erase(name);
        const Filter filter = Filter::compile(less);
        for (const Arch arch : profile.architectures) {
            const auto number = syscall_number(arch, name);
            if (!number || !libseccomp_knows({arch, *number}, name)) continue;
            const auto call = seccomp_data({arch, *number});
            EXPECT_EQ(whole.evaluate(call).action, Action::allow) << name << " seed " << seed_;
            EXPECT_EQ(filter.evaluate(call), (Ruling{Action::errno_, 1})) << name << " seed " << seed_;
        }
        if (below(4) == 0) break;  // a few names a profile: each is a compilation
    }
}

TEST_P(FilterLaws, SearchByHalvesChangesNothing) {
    const Profile profile = names_only();
    const Filter linear = Filter::compile(profile);
    if (linear.instructions().size() < 30) return;
    const Filter binary = Filter::compile(profile, Filter::Search::binary);
    for (const Arch arch : profile.architectures)
        for (const auto& row : syscalls_of(arch)) {
            const auto call = seccomp_data({arch, row.nr});
            EXPECT_EQ(linear.evaluate(call), binary.evaluate(call)) << row.name << " seed " << seed_;
        }
}

INSTANTIATE_TEST_SUITE_P(Seeds, FilterLaws, ::testing::Range(0U, 60U));

}  // namespace
}  // namespace scgen
