#include "scgen/profile/validate.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "profile/agreement.hpp"
#include "scgen/profile/filter.hpp"
#include "scgen/profile/meaning.hpp"

namespace scgen {
namespace {

using Op = Comparison::Op;

const std::set<std::string> a_start = {"read",   "write",  "close",        "exit",    "exit_group",
                                       "execve", "openat", "rt_sigreturn", "fstatfs", "getdents64"};

Profile profile_of(std::vector<Rule> more, std::set<Arch> archs = {Arch::x86_64}) {
    Profile profile;
    profile.default_errno = 1;
    profile.architectures = std::move(archs);
    profile.rules = {{a_start, Action::allow, {}, {}}};
    profile.rules.insert(profile.rules.end(), more.begin(), more.end());
    return profile;
}

std::string text_of(const Validation& validation) {
    std::string text;
    for (const auto& finding : validation.findings)
        text += (finding.severity == Finding::Severity::error ? "error " : "warning ") +
                std::string(finding.kind) + ": " + finding.what + '\n';
    return text;
}

TEST(Validate, FindsNothingInASoundProfile) {
    const auto found = validate(profile_of(
        {{{"personality"}, Action::allow, {}, {{0, Op::eq, 8, 0}}}, {{"clone3"}, Action::errno_, 38, {}}}));
    EXPECT_EQ(text_of(found), "");
    EXPECT_TRUE(found.ok());
    EXPECT_GT(found.instructions.value_or(0), 10U);
    EXPECT_GT(found.compared, 3000U);
}

TEST(Validate, FindsOneThing) {
    constexpr auto error = Finding::Severity::error;
    constexpr auto warning = Finding::Severity::warning;
    const auto with = [](auto change) {
        Profile profile = profile_of({});
        change(profile);
        return profile;
    };
    const struct {
        const char* title;
        Profile profile;
        Finding::Severity severity;
        const char* kind;
        const char* text;
    } cases[] = {
        {"sockets of x86 and no larger number",
         profile_of({{{"socket"}, Action::allow, {}, {}}}, {Arch::x86}), warning, "runc-enosys", "on x86"},
        {"a name that is none", profile_of({{{"getpid", "no_such"}, Action::allow, {}, {}}}), warning,
         "unknown-name", "no_such"},
        {"a call of another ABI", profile_of({{{"getpid", "_llseek"}, Action::allow, {}, {}}}), warning,
         "other-abi", "_llseek"},
        {"a rule that names nothing", profile_of({{{}, Action::allow, {}, {}}}), warning, "unreachable",
         "rule 2 (allow): it names no call"},
        {"a rule for the default", profile_of({{{"getpid"}, Action::errno_, {}, {}}}), warning, "unreachable",
         "rule 2 (errno): it equals the default"},
        {"a rule that comes too late", profile_of({{{"read"}, Action::errno_, 38, {}}}), warning,
         "unreachable", "rule 2 (errno): another rule decides"},
        {"conditions that do not matter", profile_of({{{"read"}, Action::allow, {}, {{0, Op::eq, 0, 0}}}}),
         warning, "unreachable", "another rule decides these calls without conditions: read"},
        {"conditions that come first and do not matter", with([](Profile& p) {
             p.rules.insert(p.rules.begin(), {{"read"}, Action::log, {}, {{0, Op::eq, 0, 0}}});
         }),
         warning, "unreachable", "rule 1 (log)"},
        {"a value too wide",
         profile_of({{{"personality"}, Action::allow, {}, {{0, Op::eq, 1ULL << 32, 0}}}},
                    {Arch::x86_64, Arch::x86}),
         warning, "wide-value", "4294967296"},
        {"an errno on an allowance", profile_of({{{"getpid"}, Action::allow, 1, {}}}), warning, "errno",
         "rule 2 (allow)"},
        {"an errno too large", profile_of({{{"getpid"}, Action::errno_, 5000, {}}}), error,
         "does-not-compile", "errno 5000"},
        {"flags", with([](Profile& p) { p.flags = {"SECCOMP_FILTER_FLAG_LOG"}; }), warning, "flags",
         "runc before 1.2"},
        {"nothing allowed", with([](Profile& p) { p.rules.clear(); }), warning, "nothing-allowed", ""},
        {"no signal return", with([](Profile& p) { p.rules[0].names.erase("rt_sigreturn"); }), warning,
         "missing", "rt_sigreturn"},
        {"no exec", with([](Profile& p) { p.rules[0].names.erase("execve"); }), warning, "missing", "execve"},
        {"no exit", with([](Profile& p) { p.rules[0].names.erase("exit"); }), warning, "missing", "exit:"},
        {"no end", with([](Profile& p) { p.rules[0].names.erase("exit_group"); }), warning, "missing",
         "exit_group"},
        {"both byte orders", with([](Profile& p) { p.architectures.insert(Arch::s390x); }), error,
         "does-not-compile", "byte order"},
        {"an ABI without a table", profile_of({}, {Arch::s390}), warning, "no-table", "s390"},
    };
    for (const auto& each : cases) {
        const auto found = validate(each.profile);
        ASSERT_EQ(found.findings.size(), 1U) << each.title << '\n' << text_of(found);
        EXPECT_EQ(found.findings[0].severity, each.severity) << each.title;
        EXPECT_EQ(found.findings[0].kind, each.kind) << each.title;
        EXPECT_NE(found.findings[0].what.find(each.text), std::string::npos) << each.title << '\n'
                                                                             << text_of(found);
        EXPECT_EQ(found.ok(), each.severity == Finding::Severity::warning) << each.title;
    }
}

TEST(Validate, AFilterThatPermitsByDefaultLacksNothing) {
    Profile profile;
    profile.default_action = Action::log;
    profile.architectures = {Arch::x86_64, Arch::x86, Arch::x32};
    EXPECT_EQ(text_of(validate(profile, {runtime_calls("runc")})), "");
}

TEST(Validate, TellsTheStartUpCallsThatAreMissing) {
    const Profile without_privileges = profile_of({});
    auto found = validate(without_privileges, {runtime_calls("runc", "1.3.3")});
    EXPECT_TRUE(found.ok()) << text_of(found);
    const std::string text = text_of(found);
    EXPECT_NE(text.find("runc 1.3.3 needs these unless the container has no_new_privs: capget"),
              std::string::npos)
        << text;
    EXPECT_NE(text.find("fails some starts without: futex"), std::string::npos) << text;
    EXPECT_NE(text.find("openat2"), std::string::npos) << text;

    Profile crash_loops = without_privileges;
    crash_loops.rules[0].names.erase("fstatfs");
    found = validate(crash_loops, {runtime_calls("runc", "1.3.3")});
    ASSERT_FALSE(found.ok());
    EXPECT_EQ(found.findings[0].what, "runc 1.3.3 cannot start a container without: fstatfs");
    EXPECT_TRUE(validate(crash_loops, {runtime_calls("crun")}).ok()) << "crun has no need of it";

    Profile whole = without_privileges;
    const auto measured = runtime_calls("runc", "1.3.3");
    whole.rules[0].names.insert(measured->names.begin(), measured->names.end());
    EXPECT_EQ(text_of(validate(whole, {measured})), "");
}

/// A filter is not what it should be: another profile's filter must not pass for this one's.
TEST(Agreement, TellsAnyDifference) {
    const Profile profile =
        profile_of({{{"personality"}, Action::allow, {}, {{0, Op::eq, 8, 0}}},
                    {{"prctl"}, Action::allow, {}, {{1, Op::masked_eq, 0xf0, 0x10}, {0, Op::lt, 5, 0}}},
                    {{"socket"}, Action::allow, {}, {{0, Op::ne, 40, 0}}}},
                   {Arch::x86_64, Arch::x86});
    const Meaning meaning(profile);
    ASSERT_EQ(compare(Filter::compile(profile), meaning, 9).numbers_that_differ, 0U);
    const struct {
        const char* title;
        void (*change)(Profile&);
        std::uint64_t numbers;
    } cases[] = {
        {"one name less", [](Profile& p) { p.rules[0].names.erase("read"); }, 2},
        {"one name more", [](Profile& p) { p.rules[0].names.insert("getpid"); }, 2},
        {"another errno", [](Profile& p) { p.default_errno = 38; }, 1000},
        {"another value", [](Profile& p) { p.rules[1].args[0].value = 9; }, 2},
        {"another comparison", [](Profile& p) { p.rules[2].args[1].op = Op::le; }, 2},
        {"another mask", [](Profile& p) { p.rules[2].args[0].value = 0x70; }, 2},
        {"another argument", [](Profile& p) { p.rules[1].args[0].index = 1; }, 2},
        {"no condition", [](Profile& p) { p.rules[1].args.clear(); }, 2},
        {"an ABI more", [](Profile& p) { p.architectures.insert(Arch::x32); }, 50},
        {"an ABI less", [](Profile& p) { p.architectures.erase(Arch::x86); }, 400},
    };
    for (const auto& each : cases) {
        Profile changed = profile;
        each.change(changed);
        EXPECT_GE(compare(Filter::compile(changed), meaning, 9).numbers_that_differ, each.numbers)
            << each.title;
    }
}

TEST(Agreement, DescribesTheFirstCallOfEachNumber) {
    const Profile profile = profile_of({{{"personality"}, Action::allow, {}, {{0, Op::eq, 8, 0}}}});
    Profile changed = profile;
    changed.rules[0].names.erase("read");
    changed.rules[1].args[0].value = 16;
    const auto found = compare(Filter::compile(changed), Meaning(profile), 1);
    ASSERT_EQ(found.disagreements.size(), 1U);
    EXPECT_EQ(found.numbers_that_differ, 2U);
    EXPECT_EQ(describe(found.disagreements[0]),
              "x86_64 0 (read): the profile says allow, the filter errno 1");
    const auto args = compare(Filter::compile(changed), Meaning(profile), 9).disagreements[1];
    EXPECT_EQ(describe(args),
              "x86_64 135 (personality): the profile says allow, the filter errno 1, for arguments 0x8 0x0 "
              "0x0 0x0 0x0 0x0");
}

TEST(Meaning, RulesAsRuntimesAddThem) {
    const auto rulings = [](const std::vector<Rule>& rules, Arch arch, std::string_view name,
                            std::array<std::uint64_t, 6> args) {
        const Meaning meaning(profile_of(rules, {arch}));
        return meaning.rulings(seccomp_data({arch, syscall_number(arch, name).value()}, args));
    };
    const Ruling allow{Action::allow, 0};
    const Ruling log{Action::log, 0};
    const Ruling eperm{Action::errno_, 1};
    using Rulings = std::vector<Ruling>;
    EXPECT_EQ(
        rulings({{{"dup"}, Action::log, {}, {}}, {{"dup"}, Action::allow, {}, {}}}, Arch::x86_64, "dup", {}),
        Rulings{log})
        << "the first without conditions wins";
    EXPECT_EQ(rulings({{{"dup"}, Action::allow, {}, {{0, Op::eq, 1, 0}}}, {{"dup"}, Action::log, {}, {}}},
                      Arch::x86_64, "dup", {1}),
              Rulings{log})
        << "even over conditions before it";
    EXPECT_EQ(rulings({{{"dup"}, Action::allow, {}, {{0, Op::ge, 1, 0}}},
                       {{"dup"}, Action::log, {}, {{0, Op::le, 1, 0}}}},
                      Arch::x86_64, "dup", {1}),
              (Rulings{log, allow}))
        << "overlapping conditions leave both";
    EXPECT_EQ(rulings({{{"accept"}, Action::allow, {}, {}}}, Arch::x86, "socketcall", {5}), Rulings{allow})
        << "the companion";
    EXPECT_EQ(rulings({{{"accept"}, Action::allow, {}, {}}}, Arch::x86, "socketcall", {6}), Rulings{eperm});
    EXPECT_EQ(rulings({{{"shmget"}, Action::allow, {}, {}}}, Arch::s390x, "ipc", {23}), Rulings{allow});
    EXPECT_EQ(rulings({{{"dup"}, Action::allow, {}, {{0, Op::eq, 1, 0}}}}, Arch::x32, "dup", {0x700000001}),
              Rulings{allow})
        << "x32 compares low halves";
    EXPECT_EQ(
        rulings({{{"dup"}, Action::allow, {}, {{0, Op::eq, 1, 0}}}}, Arch::x86_64, "dup", {0x700000001}),
        Rulings{eperm});
}

}  // namespace
}  // namespace scgen
