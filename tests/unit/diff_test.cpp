#include "scgen/profile/diff.hpp"

#include <gtest/gtest.h>

#include "scgen/profile/baseline.hpp"

namespace scgen {
namespace {

using Op = Comparison::Op;

Profile profile_of(std::vector<Rule> rules, std::uint32_t default_errno = 1) {
    Profile profile;
    profile.default_errno = default_errno;
    profile.architectures = {Arch::x86_64};
    profile.rules = std::move(rules);
    return profile;
}

Rule allow(std::set<std::string> names, std::vector<Comparison> args = {}) {
    return {std::move(names), Action::allow, std::nullopt, std::move(args)};
}

Rule deny(std::set<std::string> names, std::uint32_t number, std::vector<Comparison> args = {}) {
    return {std::move(names), Action::errno_, number, std::move(args)};
}

std::string names_of(const std::vector<Difference>& differences) {
    std::string names;
    for (const Difference& difference : differences)
        names += (names.empty() ? "" : " ") + difference.syscall;
    return names;
}

TEST(Diff, SortsCallsByDirection) {
    const ProfileDiff found = diff(profile_of({allow({"read", "write", "mount"})}),
                                   profile_of({allow({"read", "write", "open", "close"})}), Arch::x86_64);
    EXPECT_EQ(names_of(found.loosened), "mount");
    EXPECT_EQ(names_of(found.tightened), "close open");
    EXPECT_EQ(found.baseline_surface, 4U);
    EXPECT_EQ(found.surface_gone, 2U);
    EXPECT_TRUE(found.conditions.empty());
    EXPECT_TRUE(found.answers.empty());
    EXPECT_FALSE(found.same());
    EXPECT_EQ(found.loosened.front().ours.kind, Stance::Kind::allowed);
    EXPECT_EQ(found.loosened.front().baseline.errno_ret, 1U);
}

TEST(Diff, ComparesConditionsByWhatTheyLetThrough) {
    struct Case {
        std::string what;
        std::vector<Comparison> ours, baseline;
        std::string list;
    };
    const std::vector<Case> cases{
        {"less", {{0, Op::lt, 5, 0}}, {{0, Op::lt, 6, 0}}, "tightened"},
        {"the same in other words", {{0, Op::lt, 5, 0}}, {{0, Op::le, 4, 0}}, "same"},
        {"the same value by a full mask", {{0, Op::eq, 7, 0}}, {{0, Op::masked_eq, ~0ULL, 7}}, "same"},
        {"more", {{0, Op::ne, 7, 0}}, {{0, Op::gt, 7, 0}}, "loosened"},
        {"one each way", {{0, Op::lt, 5, 0}}, {{0, Op::gt, 2, 0}}, "conditions"},
        {"other arguments", {{0, Op::eq, 5, 0}}, {{1, Op::eq, 5, 0}}, "conditions"},
        {"one argument more", {{0, Op::eq, 5, 0}, {1, Op::eq, 5, 0}}, {{0, Op::eq, 5, 0}}, "tightened"},
        {"more bits to be clear", {{0, Op::masked_eq, 0xf0, 0}}, {{0, Op::masked_eq, 0x70, 0}}, "tightened"},
        {"other bits", {{0, Op::masked_eq, 0xf0, 0}}, {{0, Op::masked_eq, 0x0f, 0}}, "conditions"},
        {"at the ends", {{0, Op::ge, 1, 0}}, {{0, Op::ne, 0, 0}}, "same"},
        {"at the top", {{0, Op::lt, ~0ULL, 0}}, {{0, Op::ne, ~0ULL, 0}}, "same"},
        {"none and always", {}, {{0, Op::ge, 0, 0}}, "same"},
        {"masks and order do not compare", {{0, Op::masked_eq, 0x3, 0}}, {{0, Op::gt, 1, 0}}, "conditions"},
    };
    for (const Case& c : cases) {
        const ProfileDiff found = diff(profile_of({allow({"clone"}, c.ours)}),
                                       profile_of({allow({"clone"}, c.baseline)}), Arch::x86_64);
        EXPECT_EQ(found.same(), c.list == "same") << c.what;
        EXPECT_EQ(found.loosened.size(), c.list == "loosened" ? 1U : 0U) << c.what;
        EXPECT_EQ(found.tightened.size(), c.list == "tightened" ? 1U : 0U) << c.what;
        EXPECT_EQ(found.conditions.size(), c.list == "conditions" ? 1U : 0U) << c.what;
    }
}

TEST(Diff, TellsGuardedFromFree) {
    const Profile guarded = profile_of({allow({"clone"}, {{0, Op::masked_eq, 0x7e020000, 0}})});
    const ProfileDiff found = diff(profile_of({allow({"clone"})}), guarded, Arch::x86_64);
    ASSERT_EQ(names_of(found.loosened), "clone");
    EXPECT_EQ(found.loosened.front().baseline.kind, Stance::Kind::conditional);
    EXPECT_EQ(found.loosened.front().baseline.conditions.size(), 1U);
    EXPECT_EQ(found.surface_gone, 0U);
}

TEST(Diff, SeesOtherAnswers) {
    const ProfileDiff found = diff(profile_of({allow({"read"}), deny({"clone3"}, 38)}),
                                   profile_of({{{"read"}, Action::log, std::nullopt, {}}}), Arch::x86_64);
    EXPECT_EQ(names_of(found.answers), "clone3 read");
    EXPECT_TRUE(found.loosened.empty());
    EXPECT_TRUE(found.tightened.empty());
}

TEST(Diff, DeniesWhatOnlyOtherAbisKnow) {
    Profile both = profile_of({allow({"read", "_llseek"})});
    both.architectures = {Arch::x86_64, Arch::x86};
    const Profile one = profile_of({allow({"read", "_llseek"})});
    const ProfileDiff found = diff(one, both, Arch::x86_64);
    EXPECT_EQ(names_of(found.tightened), "_llseek");
    EXPECT_EQ(found.archs_tightened, std::set{Arch::x86});
    EXPECT_TRUE(found.archs_loosened.empty());
    EXPECT_TRUE(found.answers.empty());
}

TEST(Diff, EmptyArchitecturesAreTheNativeOne) {
    Profile native = profile_of({allow({"read"})});
    native.architectures.clear();
    EXPECT_TRUE(diff(native, profile_of({allow({"read"})}), Arch::x86_64).same());
    EXPECT_EQ(diff(native, profile_of({allow({"read"})}), Arch::aarch64).archs_loosened,
              std::set{Arch::aarch64});
}

TEST(Diff, EveryBaselineIsItselfAndDirectionsMirror) {
    const Host host{Arch::x86_64, {6, 1}, {}, false, Engine::docker};
    std::vector<Profile> profiles;
    for (const BaselineId& id : baselines())
        profiles.push_back(resolve_baseline(id.runtime, id.version, host));
    for (const Profile& profile : profiles) {
        EXPECT_TRUE(diff(profile, profile, Arch::x86_64).same());
        const ProfileDiff there = diff(profile, profiles.front(), Arch::x86_64);
        const ProfileDiff back = diff(profiles.front(), profile, Arch::x86_64);
        EXPECT_EQ(names_of(there.loosened), names_of(back.tightened));
        EXPECT_EQ(names_of(there.tightened), names_of(back.loosened));
        EXPECT_EQ(names_of(there.conditions), names_of(back.conditions));
    }
}

TEST(Diff, ComparesDockerWithCriO) {
    const Host host{Arch::x86_64, {6, 1}, {}, false, Engine::docker};
    const ProfileDiff found = diff(resolve_baseline("cri-o", "1.36.3", host),
                                   resolve_baseline("docker", "29.7.2", host), Arch::x86_64);
    const std::string loosened = " " + names_of(found.loosened) + " ";
    for (const std::string_view name : {" keyctl ", " fsopen ", " fanotify_init "})
        EXPECT_NE(loosened.find(name), std::string::npos) << name << "in" << loosened;
    EXPECT_EQ(names_of(found.conditions), "socket");
    EXPECT_NE((" " + names_of(found.tightened) + " ").find(" futex_waitv "), std::string::npos);
}

}  // namespace
}  // namespace scgen
