#include "scgen/profile/profile.hpp"

#include <gtest/gtest.h>

#include "scgen/error.hpp"

namespace scgen {
namespace {

using Op = Comparison::Op;

Rule allow(std::set<std::string> names, std::vector<Comparison> args = {}) {
    return {std::move(names), Action::allow, std::nullopt, std::move(args)};
}

Rule fail(std::set<std::string> names, std::optional<std::uint32_t> number,
          std::vector<Comparison> args = {}) {
    return {std::move(names), Action::errno_, number, std::move(args)};
}

Profile with(std::vector<Rule> rules, Action action = Action::errno_,
             std::optional<std::uint32_t> number = 1) {
    Profile profile;
    profile.default_action = action;
    profile.default_errno = number;
    profile.rules = std::move(rules);
    return profile;
}

const Comparison is_one{0, Op::eq, 1, 0};
const Comparison is_two{0, Op::eq, 2, 0};
const Comparison second_is_three{1, Op::eq, 3, 0};

struct Case {
    const char* what;
    std::vector<Rule> rules;
    std::vector<Rule> expected;
};

TEST(Canonical, Rules) {
    const Case cases[] = {
        {"rules of one action are joined",
         {allow({"read"}), allow({"write", "read"})},
         {allow({"read", "write"})}},
        {"no names, no rule", {allow({}), allow({""})}, {}},
        {"the default's own verdict is dropped",
         {fail({"mount"}, 1), fail({"clone3"}, 38)},
         {fail({"clone3"}, 38)}},
        {"an errno left out is EPERM, the default's", {fail({"mount"}, std::nullopt)}, {}},
        {"a default-equal rule overrides nothing", {fail({"read"}, 1), allow({"read"})}, {allow({"read"})}},
        {"ALLOW takes no errno", {{{"read"}, Action::allow, 5, {}}}, {allow({"read"})}},
        {"TRACE carries EPERM when nothing else",
         {{{"read"}, Action::trace, std::nullopt, {}}},
         {{{"read"}, Action::trace, 1, {}}}},
        {"an errno keeps 16 bits", {fail({"read"}, 0x10026)}, {fail({"read"}, 0x26)}},
        {"two conditions on one index: each a rule",
         {allow({"socket"}, {is_one, is_two})},
         {allow({"socket"}, {is_one}), allow({"socket"}, {is_two})}},
        {"and so every other condition of the rule",
         {allow({"socket"}, {is_two, second_is_three, is_one})},
         {allow({"socket"}, {is_one}), allow({"socket"}, {is_two}), allow({"socket"}, {second_is_three})}},
        {"conditions on different indexes stay together, sorted",
         {allow({"socket"}, {second_is_three, is_one})},
         {allow({"socket"}, {is_one, second_is_three})}},
        {"valueTwo means nothing but to MASKED_EQ",
         {allow({"a"}, {{0, Op::ge, 1, 9}})},
         {allow({"a"}, {{0, Op::ge, 1, 0}})}},
        {"a mask of nothing holds always", {allow({"a"}, {{3, Op::masked_eq, 0, 0}})}, {allow({"a"})}},
        {"an outright ALLOW makes conditional ones idle",
         {allow({"a", "b"}, {is_one}), allow({"a"})},
         {allow({"a"}), allow({"b"}, {is_one})}},
        {"the first unconditional rule wins", {fail({"a"}, 38), allow({"a"})}, {fail({"a"}, 38)}},
        {"an unconditional rule wins over earlier conditions",
         {allow({"a"}, {is_one}), fail({"a"}, 38)},
         {fail({"a"}, 38)}},
        {"one verdict: order is no meaning",
         {allow({"a"}, {is_two}), allow({"a"}, {is_one})},
         {allow({"a"}, {is_one}), allow({"a"}, {is_two})}},
        {"two verdicts: order is meaning",
         {fail({"a"}, 22, {is_two}), allow({"a"}, {is_one})},
         {fail({"a"}, 22, {is_two}), allow({"a"}, {is_one})}},
        {"two verdicts the other way round",
         {allow({"a"}, {is_one}), fail({"a"}, 22, {is_two})},
         {allow({"a"}, {is_one}), fail({"a"}, 22, {is_two})}},
        {"names of equal conditions are joined, two verdicts or not",
         {fail({"a"}, 22, {is_two}), fail({"b"}, 22, {is_two}), allow({"b"}, {is_one}),
          allow({"a"}, {is_one})},
         {fail({"a", "b"}, 22, {is_two}), allow({"a", "b"}, {is_one})}},
    };
    for (const auto& test : cases) {
        SCOPED_TRACE(test.what);
        EXPECT_EQ(canonical(with(test.rules)).rules, test.expected);
        EXPECT_EQ(canonical(canonical(with(test.rules))), canonical(with(test.rules)));
    }
}

TEST(Canonical, DefaultErrno) {
    EXPECT_EQ(canonical(with({}, Action::errno_, std::nullopt)).default_errno, 1U);
    EXPECT_EQ(canonical(with({}, Action::trace, std::nullopt)).default_errno, 1U);
    EXPECT_EQ(canonical(with({}, Action::kill_process, 1)).default_errno, std::nullopt);
}

struct MergeCase {
    const char* what;
    Action default_action;
    std::vector<Rule> left;
    std::vector<Rule> right;
    std::vector<Rule> expected;
};

TEST(Merge, Rules) {
    const MergeCase cases[] = {
        {"names are united",
         Action::errno_,
         {allow({"read"})},
         {allow({"write"})},
         {allow({"read", "write"})}},
        {"conditions are united",
         Action::errno_,
         {allow({"a"}, {is_one})},
         {allow({"a"}, {is_two})},
         {allow({"a"}, {is_one}), allow({"a"}, {is_two})}},
        {"outright wins over conditions",
         Action::errno_,
         {allow({"a"}, {is_one})},
         {allow({"a"})},
         {allow({"a"})}},
        {"ALLOW wins over LOG",
         Action::errno_,
         {{{"a"}, Action::log, std::nullopt, {}}},
         {allow({"a"})},
         {allow({"a"})}},
        {"ALLOW wins over a denial",
         Action::errno_,
         {fail({"clone3"}, 38)},
         {allow({"clone3"})},
         {allow({"clone3"})}},
        {"conditional ALLOW is not hidden by an outright denial",
         Action::errno_,
         {fail({"a"}, 38)},
         {allow({"a"}, {is_one})},
         {allow({"a"}, {is_one})}},
        {"a denial outlives silence",
         Action::errno_,
         {fail({"clone3"}, 38)},
         {allow({"read"})},
         {allow({"read"}), fail({"clone3"}, 38)}},
        {"two denials: one of them", Action::errno_, {fail({"a"}, 38)}, {fail({"a"}, 22)}, {fail({"a"}, 38)}},
        {"denials beside permissions stay where both have them",
         Action::errno_,
         {fail({"a"}, 22, {is_two}), allow({"a"}, {is_one})},
         {fail({"a"}, 22, {is_two}), allow({"a"}, {second_is_three})},
         {fail({"a"}, 22, {is_two}), allow({"a"}, {is_one}), allow({"a"}, {second_is_three})}},
        {"and go where one lacks them",
         Action::errno_,
         {fail({"a"}, 22, {is_two}), allow({"a"}, {is_one})},
         {allow({"a"}, {second_is_three})},
         {allow({"a"}, {is_one}), allow({"a"}, {second_is_three})}},
        {"default ALLOW: only what both deny",
         Action::allow,
         {fail({"a", "b"}, 1)},
         {fail({"b", "c"}, 1)},
         {fail({"b"}, 1)}},
        {"default ALLOW: the narrower denial",
         Action::allow,
         {fail({"a"}, 1)},
         {fail({"a"}, 1, {is_one})},
         {fail({"a"}, 1, {is_one})}},
        {"default LOG: ALLOW is kept, a denial of one is not",
         Action::log,
         {allow({"a"}), fail({"b"}, 1)},
         {},
         {allow({"a"})}},
    };
    for (const auto& test : cases) {
        SCOPED_TRACE(test.what);
        const auto errno_ret = test.default_action == Action::errno_ ? std::optional(1U) : std::nullopt;
        const Profile left = with(test.left, test.default_action, errno_ret);
        const Profile right = with(test.right, test.default_action, errno_ret);
        EXPECT_EQ(merge(left, right).rules, test.expected);
        EXPECT_EQ(merge(right, left).rules, test.expected);
    }
}

TEST(Merge, Head) {
    Profile left = with({});
    Profile right = with({}, Action::errno_, 38);
    left.architectures = {Arch::aarch64};
    left.flags = {"SECCOMP_FILTER_FLAG_LOG"};
    right.architectures = {Arch::arm};
    right.listener_path = "/run/agent";
    const Profile both = merge(left, right);
    EXPECT_EQ(both.default_errno, 38U) << "libc falls back on ENOSYS only";
    EXPECT_EQ(both.architectures, (std::set{Arch::aarch64, Arch::arm}));
    EXPECT_EQ(both.flags, left.flags);
    EXPECT_EQ(both.listener_path, "/run/agent");
    right.architectures.clear();
    EXPECT_EQ(merge(left, right).architectures, (std::set{Arch::aarch64, native_arch()}))
        << "an empty list is the native ABI";
    left.listener_path = "/run/other";
    EXPECT_THROW(merge(left, right), Error);
    EXPECT_THROW(merge(with({}), with({}, Action::log)), Error);
}

}  // namespace
}  // namespace scgen
