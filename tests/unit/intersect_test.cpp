#include <gtest/gtest.h>

#include "profile/conditions.hpp"
#include "scgen/error.hpp"
#include "scgen/profile/baseline.hpp"
#include "scgen/profile/diff.hpp"

namespace scgen {
namespace {

using Op = Comparison::Op;

Profile profile_of(std::vector<Rule> rules, Action action = Action::errno_, std::uint32_t number = 1) {
    Profile profile;
    profile.default_action = action;
    profile.default_errno = number;
    profile.architectures = {Arch::x86_64};
    profile.rules = std::move(rules);
    return canonical(profile);
}

Rule rule(Action action, std::set<std::string> names, std::vector<Comparison> args = {}) {
    const auto number = action == Action::errno_ ? std::optional<std::uint32_t>(13) : std::nullopt;
    return {std::move(names), action, number, std::move(args)};
}

Rule allow(std::set<std::string> names, std::vector<Comparison> args = {}) {
    return rule(Action::allow, std::move(names), std::move(args));
}

/// What the profile says of a call.
Verdict verdict(const Profile& profile, const std::string& name, const Arguments& arguments) {
    const Verdict fallback = verdict_of(profile.default_action, profile.default_errno);
    return verdict_on(decision_of(clauses_of(profile), name, fallback), arguments);
}

TEST(Intersect, KeepsWhatBothAllow) {
    const Profile both =
        intersect(profile_of({allow({"read", "write"})}), profile_of({allow({"write", "close"})}));
    EXPECT_EQ(both, profile_of({allow({"write"})}));
}

TEST(Intersect, TakesTheStrongerAction) {
    const Profile log = profile_of({rule(Action::log, {"read", "write"})});
    const Profile kill = profile_of({allow({"read"})}, Action::kill_process);
    const Profile both = intersect(log, kill);
    EXPECT_EQ(both.default_action, Action::kill_process);
    EXPECT_EQ(verdict(both, "read", {}).action, Action::log);
    EXPECT_EQ(verdict(both, "write", {}).action, Action::kill_process);
}

TEST(Intersect, PrefersEnosys) {
    const Profile eperm = profile_of({allow({"read"})});
    const Profile enosys = profile_of({allow({"read"})}, Action::errno_, 38);
    EXPECT_EQ(intersect(eperm, enosys).default_errno, 38U);
}

TEST(Intersect, TakesADenyListOutOfAnAllowList) {
    const Profile deny_list = profile_of({rule(Action::errno_, {"write"})}, Action::allow);
    const Profile both = intersect(deny_list, profile_of({allow({"read", "write"})}));
    EXPECT_EQ(verdict(both, "read", {}).action, Action::allow);
    EXPECT_EQ(verdict(both, "write", {}).action, Action::errno_);
    EXPECT_EQ(verdict(both, "close", {}).action, Action::errno_);
}

TEST(Intersect, JoinsConditions) {
    struct Case {
        std::vector<Comparison> left, right, both;
    };
    const std::vector<Case> cases{
        {{{0, Op::lt, 38, 0}}, {{0, Op::ne, 40, 0}}, {{0, Op::lt, 38, 0}}},
        {{{0, Op::eq, 39, 0}}, {{0, Op::ne, 40, 0}}, {{0, Op::eq, 39, 0}}},
        {{{0, Op::lt, 38, 0}}, {{0, Op::ne, 37, 0}}, {{0, Op::le, 36, 0}}},
        {{{0, Op::lt, 38, 0}}, {{1, Op::eq, 3, 0}}, {{0, Op::lt, 38, 0}, {1, Op::eq, 3, 0}}},
        {{{0, Op::ge, 7, 0}}, {{0, Op::le, 7, 0}}, {{0, Op::eq, 7, 0}}},
        {{{0, Op::masked_eq, 0xf0, 0x10}},
         {{0, Op::masked_eq, 0x0f, 0x02}},
         {{0, Op::masked_eq, 0xff, 0x12}}},
    };
    for (const Case& c : cases) {
        const Profile both =
            intersect(profile_of({allow({"socket"}, c.left)}), profile_of({allow({"socket"}, c.right)}));
        EXPECT_EQ(both, profile_of({allow({"socket"}, c.both)})) << &c - cases.data();
    }
}

TEST(Intersect, LeavesOutWhatNeverHolds) {
    const Profile both = intersect(profile_of({allow({"socket"}, {{0, Op::eq, 1, 0}}), allow({"read"})}),
                                   profile_of({allow({"socket"}, {{0, Op::eq, 2, 0}}), allow({"read"})}));
    EXPECT_EQ(both, profile_of({allow({"read"})}));
}

TEST(Intersect, TurnsAnExceptionRound) {
    const Profile all_but =
        profile_of({rule(Action::errno_, {"socket"}, {{0, Op::eq, 40, 0}})}, Action::allow);
    const Profile both = intersect(all_but, profile_of({allow({"socket"})}));
    EXPECT_EQ(verdict(both, "socket", {40}).action, Action::errno_);
    EXPECT_EQ(verdict(both, "socket", {40}).errno_ret, 13U);
    EXPECT_EQ(verdict(both, "socket", {39}).action, Action::allow);
    EXPECT_EQ(verdict(both, "socket", {41}).action, Action::allow);
}

TEST(Intersect, RefusesWhatNoRuleSays) {
    const std::vector<std::pair<Profile, Profile>> cases{
        // More than 2 and less than 9.
        {profile_of({allow({"socket"}, {{0, Op::gt, 2, 0}})}),
         profile_of({allow({"socket"}, {{0, Op::lt, 9, 0}})})},
        {profile_of({allow({"socket"}, {{0, Op::ne, 2, 0}})}),
         profile_of({allow({"socket"}, {{0, Op::ne, 9, 0}})})},
        // All but those with a bit.
        {profile_of({rule(Action::errno_, {"clone"}, {{0, Op::masked_eq, 4, 4}})}, Action::allow),
         profile_of({allow({"clone"})})},
    };
    for (const auto& [left, right] : cases) {
        EXPECT_THROW(intersect(left, right), Error);
        EXPECT_THROW(intersect(right, left), Error);
    }
    Profile arm = profile_of({allow({"read"})});
    arm.architectures = {Arch::arm};
    EXPECT_THROW(intersect(arm, profile_of({allow({"read"})})), Error);
}

TEST(Intersect, KeepsSpecAllowOnlyOfBoth) {
    Profile left = profile_of({allow({"read"})});
    left.flags = {"SECCOMP_FILTER_FLAG_SPEC_ALLOW", "SECCOMP_FILTER_FLAG_LOG"};
    EXPECT_EQ(intersect(left, profile_of({allow({"read"})})).flags,
              std::set<std::string>{"SECCOMP_FILTER_FLAG_LOG"});
    EXPECT_EQ(intersect(left, left).flags, left.flags);
}

/// Small profiles with every kind of rule on one call.
std::vector<Profile> assorted() {
    std::vector<std::vector<Rule>> lists{{}, {allow({"socket"})}, {rule(Action::errno_, {"socket"})}};
    const std::vector<Comparison> comparisons{
        {0, Op::eq, 1, 0}, {0, Op::ne, 1, 0},        {0, Op::lt, 2, 0},       {0, Op::ge, 2, 0},
        {1, Op::eq, 1, 0}, {0, Op::masked_eq, 3, 1}, {0, Op::masked_eq, 2, 2}};
    for (const Comparison& a : comparisons)
        for (const Action action : {Action::allow, Action::errno_, Action::kill_process}) {
            lists.push_back({rule(action, {"socket"}, {a})});
            for (const Comparison& b : comparisons)
                if (action != Action::allow && b.op != Op::masked_eq)
                    lists.push_back({rule(action, {"socket"}, {a}), allow({"socket"}, {b})});
        }
    std::vector<Profile> profiles;
    for (const auto& list : lists)
        for (const Action action : {Action::errno_, Action::allow, Action::log})
            profiles.push_back(profile_of(list, action, 1));
    return profiles;
}

TEST(Intersect, NeverLoosensAndCommutes) {
    std::size_t said = 0;
    std::size_t refused = 0;
    const std::vector<Profile> profiles = assorted();
    for (const Profile& left : profiles) {
        EXPECT_EQ(intersect(left, left), left);
        for (const Profile& right : profiles) {
            Profile both;
            try {
                both = intersect(left, right);
            } catch (const Error&) {
                ++refused;
                EXPECT_THROW(intersect(right, left), Error);
                continue;
            }
            ++said;
            ASSERT_EQ(both, intersect(right, left));
            for (std::uint64_t first = 0; first < 5; ++first)
                for (std::uint64_t second = 0; second < 3; ++second) {
                    const Arguments call{first, second};
                    const bool wanted = permits(verdict(left, "socket", call).action) &&
                                        permits(verdict(right, "socket", call).action);
                    ASSERT_EQ(permits(verdict(both, "socket", call).action), wanted)
                        << first << ' ' << second << " of " << &left - profiles.data() << " and "
                        << &right - profiles.data();
                }
        }
    }
    EXPECT_GT(said, refused);
}

TEST(Intersect, OfBaselinesIsWithinBoth) {
    const Host host{Arch::x86_64, {6, 1}, {}, false, Engine::docker};
    const Profile docker = resolve_baseline("docker", "29.7.2", host);
    const Profile containerd = resolve_baseline("containerd", "1.7.34", host);
    const Profile both = intersect(docker, containerd);
    EXPECT_TRUE(diff(both, docker).loosened.empty());
    EXPECT_TRUE(diff(both, containerd).loosened.empty());
    EXPECT_TRUE(diff(both, docker).conditions.empty());
    EXPECT_EQ(intersect(docker, docker), docker);
}

}  // namespace
}  // namespace scgen
