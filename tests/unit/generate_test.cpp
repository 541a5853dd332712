#include "scgen/profile/generate.hpp"

#include <gtest/gtest.h>

namespace scgen {
namespace {

Evidence times(std::uint64_t count) {
    Evidence evidence;
    evidence.count = count;
    return evidence;
}

class Seen {
  public:
    Seen& call(Arch arch, std::string_view name, Action action = Action::log, std::uint64_t count = 1) {
        return number(arch, syscall_number(arch, name).value(), action, count);
    }
    Seen& number(Arch arch, std::int32_t nr, Action action = Action::log, std::uint64_t count = 1) {
        workload_.calls[{{arch, nr}, action}] = times(count);
        return *this;
    }
    Seen& startup(std::string_view runtime, std::string_view name) {
        workload_.runtimes.emplace(runtime);
        const Observed observed{{Arch::x86_64, syscall_number(Arch::x86_64, name).value()}, Action::log};
        workload_.calls[observed] = workload_.startup[observed] = times(1);
        return *this;
    }
    operator const Workload&() const { return workload_; }  // NOLINT: reads as the workload it builds

  private:
    Workload workload_;
};

GenerateOptions exactly() {
    GenerateOptions options;
    options.closure = Closure::none;
    return options;
}

std::set<std::string> allowed(const Profile& profile) {
    std::set<std::string> names;
    for (const auto& rule : profile.rules)
        if (rule.action == Action::allow && rule.args.empty())
            names.insert(rule.names.begin(), rule.names.end());
    return names;
}

template <class Value>
std::set<std::string> keys(const std::map<std::string, Value>& map) {
    std::set<std::string> names;
    for (const auto& [name, value] : map)
        names.insert(name);
    return names;
}

using Names = std::set<std::string>;

TEST(Generate, WithoutClosureExactlyWhatWasSeen) {
    const auto result = generate(Seen().call(Arch::x86_64, "read").call(Arch::x86_64, "futex"), exactly());
    Profile expected;
    expected.default_errno = 1;
    expected.architectures = {Arch::x86_64};
    expected.rules = {{{"futex", "read"}, Action::allow, std::nullopt, {}}};
    EXPECT_EQ(result.profile, expected);
    EXPECT_EQ(result.learned, 2U);
    EXPECT_TRUE(result.added.empty());
}

TEST(Generate, NamesAreJoinedOverAbis) {
    const auto result = generate(
        Seen().call(Arch::x86_64, "read").call(Arch::x86, "read").call(Arch::x86, "socketcall"), exactly());
    EXPECT_EQ(allowed(result.profile), (Names{"read", "socketcall"}));
    EXPECT_EQ(result.profile.architectures, (std::set{Arch::x86_64, Arch::x86}));
}

TEST(Generate, ImpliedCalls) {
    const Names everywhere{"exit", "exit_group", "restart_syscall", "rt_sigreturn"};
    Names with_sigreturn = everywhere;
    with_sigreturn.insert("sigreturn");
    const std::pair<Arch, Names> cases[] = {
        {Arch::x86_64, everywhere},    {Arch::x32, everywhere},     {Arch::aarch64, everywhere},
        {Arch::riscv64, everywhere},   {Arch::ppc64le, everywhere}, {Arch::loongarch64, everywhere},
        {Arch::mips64, everywhere},    {Arch::x86, with_sigreturn}, {Arch::arm, with_sigreturn},
        {Arch::s390x, with_sigreturn},
    };
    for (const auto& [arch, expected] : cases) {
        const auto result = generate(Seen().call(arch, "read"), {});
        EXPECT_EQ(keys(result.added), expected) << arch_info(arch)->name;
        Names all = expected;
        all.insert("read");
        EXPECT_EQ(allowed(result.profile), all) << arch_info(arch)->name;
    }
    const auto seen = generate(Seen().call(Arch::x86_64, "exit_group"), {});
    EXPECT_FALSE(seen.added.contains("exit_group")) << "it was seen";
    for (const auto& [name, reason] : seen.added)
        EXPECT_FALSE(reason.empty()) << name;
}

TEST(Generate, ThreadsThatWaitForEachOtherMayYield) {
    const Seen threads = Seen().call(Arch::x86_64, "clone3").call(Arch::x86_64, "futex");
    const Seen newer = Seen().call(Arch::x86, "clone").call(Arch::x86, "futex_time64");
    for (const Seen& seen : {threads, newer}) {
        const auto made = generate(seen, {});
        EXPECT_TRUE(allowed(made.profile).contains("sched_yield"));
        EXPECT_TRUE(made.added.contains("sched_yield"));
        EXPECT_FALSE(allowed(generate(seen, exactly()).profile).contains("sched_yield"));
    }
    for (const std::string_view alone : {"futex", "clone", "clone3"})
        EXPECT_FALSE(allowed(generate(Seen().call(Arch::x86_64, alone), {}).profile).contains("sched_yield"));
    GenerateOptions options;
    options.deny = {"sched_yield"};
    EXPECT_FALSE(allowed(generate(threads, options).profile).contains("sched_yield"));
}

TEST(Generate, WhatLooksLikeGoMayInterruptItsThreads) {
    const std::vector<std::string_view> signs{
        "clone", "futex", "gettid", "rt_sigaction", "rt_sigprocmask", "sched_getaffinity", "sigaltstack"};
    const auto made = [&](std::string_view without) {
        Seen seen;
        for (const std::string_view name : signs)
            if (name != without) seen.call(Arch::x86_64, name);
        return generate(seen, {});
    };
    for (const char* name : {"getpid", "madvise", "nanosleep", "sched_yield", "tgkill"}) {
        EXPECT_TRUE(made("").added.contains(name)) << name;
        EXPECT_TRUE(allowed(made("").profile).contains(name)) << name;
    }
    for (const std::string_view sign : signs)
        EXPECT_FALSE(allowed(made(sign).profile).contains("tgkill")) << sign;
}

/// runc answers what is above the largest number of a profile with ENOSYS, and finds no number for socket on x86.
TEST(Generate, ALargeNumberIsNamedWhereRuncFindsNone) {
    const auto denials = [](const Generated& made) {
        std::map<std::string, std::uint32_t> errnos;
        for (const auto& rule : made.profile.rules)
            for (const auto& name : rule.names)
                if (rule.action == Action::errno_) errnos[name] = rule.errno_ret.value_or(1);
        return errnos;
    };
    using Denials = std::map<std::string, std::uint32_t>;
    Seen seen;
    seen.call(Arch::x86, "socket").call(Arch::x86, "read").call(Arch::x86_64, "execve");
    const auto made = generate(seen, {});
    EXPECT_EQ(denials(made), (Denials{{"clone3", 38}}));
    EXPECT_TRUE(made.added.contains("clone3"));
    GenerateOptions enosys;
    enosys.errno_ret = 38;
    EXPECT_EQ(denials(generate(seen, enosys)), (Denials{{"open_tree", 1}})) << "that would be the default";
    EXPECT_EQ(denials(generate(seen, exactly())), Denials{}) << "exactly what was seen";
    GenerateOptions elsewhere;
    elsewhere.for_containers = false;
    EXPECT_EQ(denials(generate(seen, elsewhere)), Denials{});
    GenerateOptions log;
    log.default_action = Action::log;
    EXPECT_EQ(denials(generate(seen, log)), Denials{}) << "runc then has no such filter";
    GenerateOptions kill;
    kill.default_action = Action::kill_process;
    EXPECT_EQ(denials(generate(seen, kill)), (Denials{{"clone3", 38}}));
    EXPECT_EQ(denials(generate(Seen(seen).call(Arch::x86_64, "faccessat2"), {})), Denials{}) << "439 on both";
    EXPECT_EQ(denials(generate(Seen().call(Arch::x86, "read").call(Arch::x86, "socketcall"), {})), Denials{});
    EXPECT_EQ(denials(generate(Seen().call(Arch::x86_64, "socket"), {})), Denials{})
        << "it has a number there";
    EXPECT_EQ(denials(generate(Seen().call(Arch::s390x, "semget"), {})), (Denials{{"clone3", 38}}));
}

TEST(Generate, OnlyLearnedActionsTeach) {
    Seen seen;
    seen.call(Arch::x86_64, "read")
        .call(Arch::x86_64, "mount", Action::errno_)
        .call(Arch::x86_64, "bpf", Action::kill_process);
    seen.call(Arch::x86_64, "read", Action::errno_).number(Arch::x86_64, 9999, Action::trap);
    const auto log = generate(seen, exactly());
    EXPECT_EQ(allowed(log.profile), Names{"read"});
    EXPECT_EQ(keys(log.not_learned), (Names{"bpf", "mount", "number 9999 of x86_64"}));
    EXPECT_TRUE(log.unnamed.empty());
    GenerateOptions options = exactly();
    options.learn = Learn::denied;
    EXPECT_EQ(allowed(generate(seen, options).profile), (Names{"bpf", "mount", "read"}));
    options.learn = Learn::all;
    const auto all = generate(seen, options);
    EXPECT_TRUE(all.not_learned.empty());
    EXPECT_EQ(all.unnamed.size(), 1U);
}

TEST(Teaches, EveryAction) {
    for (const Action action : {Action::errno_, Action::kill_process, Action::kill_thread, Action::trap})
        EXPECT_TRUE(teaches(Learn::denied, action) && !teaches(Learn::log, action) &&
                    teaches(Learn::all, action));
    for (const Action action : {Action::log, Action::trace, Action::notify})
        EXPECT_TRUE(!teaches(Learn::denied, action) && teaches(Learn::all, action));
    EXPECT_TRUE(teaches(Learn::log, Action::log));
    EXPECT_FALSE(teaches(Learn::log, Action::trace));
}

TEST(Generate, NumbersWithoutANameAreLosses) {
    Seen seen;
    seen.call(Arch::x86_64, "read")
        .number(Arch::x86_64, -1)
        .number(Arch::x86, 9999)
        .number(Arch::none, 0)
        .number(static_cast<Arch>(7), 3);
    const auto result = generate(seen, exactly());
    EXPECT_EQ(result.unnamed.size(), 4U);
    EXPECT_EQ(result.profile.architectures, std::set{Arch::x86_64}) << "a nameless number brings no ABI in";
    EXPECT_EQ(generate(Seen().number(Arch::none, 0), exactly()).learned, 0U);
}

TEST(Generate, OnlyWantedAbis) {
    GenerateOptions options = exactly();
    options.architectures = {Arch::x86_64, Arch::x32};
    const auto result = generate(Seen()
                                     .call(Arch::x86_64, "read")
                                     .call(Arch::x86, "read")
                                     .call(Arch::x86, "ipc")
                                     .number(Arch::none, 1),
                                 options);
    EXPECT_EQ(allowed(result.profile), Names{"read"});
    EXPECT_EQ(keys(result.other_arch), (Names{"ipc", "read"}));
    EXPECT_EQ(result.profile.architectures, options.architectures);
    EXPECT_EQ(result.unnamed.size(), 1U);
}

TEST(Generate, MinCountIsOfANameOverAllAbis) {
    GenerateOptions options = exactly();
    options.min_count = 3;
    Seen seen;
    seen.call(Arch::x86_64, "read", Action::log, 2)
        .call(Arch::x86, "read")
        .call(Arch::arm, "write", Action::log, 2);
    const auto result = generate(seen, options);
    EXPECT_EQ(allowed(result.profile), Names{"read"});
    ASSERT_EQ(keys(result.too_rare), Names{"write"});
    EXPECT_EQ(result.too_rare.at("write").count, 2U);
    EXPECT_EQ(result.profile.architectures, (std::set{Arch::x86_64, Arch::x86}));
    options.closure = Closure::implicit;
    EXPECT_TRUE(generate(Seen().call(Arch::x86_64, "exit"), options).too_rare.empty())
        << "allowed after all, by closure";
}

TEST(Generate, ACallSeenOnlyOnASecondCopyTeachesAllTheSame) {
    const auto result = generate(Seen().call(Arch::x86_64, "read", Action::log, 0), exactly());
    EXPECT_EQ(allowed(result.profile), Names{"read"});
}

Profile base_with(std::vector<Rule> rules) {
    Profile base;
    base.default_errno = 1;
    base.rules = std::move(rules);
    return base;
}

TEST(Generate, DenyBeatsEverything) {
    GenerateOptions options;
    options.deny = {"mount", "exit", "bpf"};
    options.base = base_with({{{"bpf", "write"}, Action::allow, std::nullopt, {}}});
    const auto result = generate(Seen().call(Arch::x86_64, "read").call(Arch::x86_64, "mount"), options);
    EXPECT_EQ(allowed(result.profile),
              (Names{"exit_group", "read", "restart_syscall", "rt_sigreturn", "write"}));
    EXPECT_EQ(keys(result.denied), Names{"mount"});
    EXPECT_FALSE(result.added.contains("bpf"));
    EXPECT_FALSE(result.added.contains("exit"));
    options.default_action = Action::log;
    const auto logging = generate(Seen().call(Arch::x86_64, "mount"), options);
    const Rule forbidding{{"bpf", "exit", "mount"}, Action::errno_, 1, {}};
    EXPECT_NE(std::find(logging.profile.rules.begin(), logging.profile.rules.end(), forbidding),
              logging.profile.rules.end())
        << "a default of log would let them through";
}

TEST(Generate, BaseIsAUnion) {
    const Comparison family{0, Comparison::Op::eq, 1, 0};
    GenerateOptions options = exactly();
    options.base = base_with({{{"write"}, Action::allow, std::nullopt, {}},
                              {{"socket", "read"}, Action::allow, std::nullopt, {family}},
                              {{"clone3", "futex"}, Action::errno_, 38, {}}});
    options.base->architectures = {Arch::x86_64, Arch::x32};
    const auto result = generate(Seen().call(Arch::x86_64, "read").call(Arch::x86_64, "futex"), options);
    const std::vector<Rule> expected{{{"futex", "read", "write"}, Action::allow, std::nullopt, {}},
                                     {{"clone3"}, Action::errno_, 38, {}},
                                     {{"socket"}, Action::allow, std::nullopt, {family}}};
    EXPECT_EQ(result.profile.rules, expected);
    EXPECT_EQ(result.profile.architectures, options.base->architectures);
    EXPECT_EQ(keys(result.added), (Names{"socket", "write"}));
    options.architectures = {Arch::x86_64};
    EXPECT_EQ(generate(Seen().call(Arch::x86_64, "read"), options).profile.architectures,
              std::set{Arch::x86_64});
}

TEST(Generate, ABaseThatPermitsByDefaultGivesItsAllowRules) {
    GenerateOptions options = exactly();
    options.base =
        base_with({{{"write"}, Action::allow, std::nullopt, {}}, {{"bpf"}, Action::errno_, 38, {}}});
    options.base->default_action = Action::log;
    const auto result = generate(Seen().call(Arch::x86_64, "read"), options);
    EXPECT_EQ(result.profile.default_action, Action::errno_);
    EXPECT_EQ(result.profile.rules,
              (std::vector<Rule>{{{"read", "write"}, Action::allow, std::nullopt, {}}}));
}

TEST(Generate, TheErrnoIsWrittenWhereAnErrnoIsReturned) {
    GenerateOptions options = exactly();
    options.errno_ret = 38;
    EXPECT_EQ(generate(Seen().call(Arch::x86_64, "read"), options).profile.default_errno, 38U);
    for (const Action action : {Action::kill_process, Action::kill_thread, Action::trap, Action::log}) {
        options.default_action = action;
        EXPECT_EQ(generate(Seen().call(Arch::x86_64, "read"), options).profile.default_errno, std::nullopt);
    }
}

TEST(Generate, AddsWhatTheRuntimeThatWasSeenCallsNowAndThen) {
    const auto runc = generate(Seen().startup("runc", "execve").call(Arch::x86_64, "read"), {});
    for (const auto& call : calls_now_and_then("runc"))
        EXPECT_TRUE(runc.added.contains(std::string(call.name))) << call.name;
    for (const auto* name : {"futex", "rt_sigreturn", "tgkill"})
        EXPECT_TRUE(allowed(runc.profile).contains(name)) << name;
    EXPECT_FALSE(allowed(runc.profile).contains("clone")) << "no recording of it after the filter";

    const auto unknown = keys(generate(Seen().call(Arch::x86_64, "read"), {}).added);
    EXPECT_FALSE(unknown.contains("futex")) << "no start-up in the log, and no guess";
    Names crun = keys(generate(Seen().startup("crun", "read"), {}).added);
    EXPECT_EQ(crun.erase("pselect6"), 1U) << "create and start";
    EXPECT_EQ(crun, unknown) << "crun's starts are alike otherwise";
    EXPECT_EQ(keys(generate(Seen().startup("runc", "read"), exactly()).added), Names{});

    EXPECT_TRUE(
        keys(generate(Seen().startup("crun", "read").startup("runc", "read"), {}).added).contains("futex"))
        << "one of several runtimes";

    GenerateOptions options;
    options.deny = {"tgkill"};
    EXPECT_FALSE(generate(Seen().startup("runc", "read"), options).added.contains("tgkill"));
}

TEST(Generate, ANamedRuntimeBringsItsMeasuredStartUp) {
    GenerateOptions options = exactly();
    const Names before_filter{"keyctl", "mount", "pivot_root", "umount2", "unshare"};
    options.runtime = runtime_calls("runc", "1.1.5");
    options.deny = {"setuid"};
    const auto result = generate(Seen().call(Arch::x86_64, "read"), options);
    const auto names = allowed(result.profile);
    for (const std::string& name : options.runtime->names)
        EXPECT_EQ(names.contains(name), name != "setuid" && !before_filter.contains(name)) << name;
    EXPECT_TRUE(names.contains("getcwd"))
        << "needed without no_new_privs, where the base profile was not measured";
    EXPECT_TRUE(names.contains("rt_sigreturn"));
    EXPECT_FALSE(result.added.contains("read"));
    EXPECT_EQ(result.learned, 1U);

    options.runtime = runtime_calls("crun");
    const auto arm = generate(Seen().call(Arch::aarch64, "read"), options);
    EXPECT_FALSE(allowed(arm.profile).contains("access")) << "aarch64 has no such call";
    EXPECT_TRUE(allowed(arm.profile).contains("close_range"));
    for (const auto* name : {"mount", "pivot_root", "setns", "unshare"}) {
        EXPECT_TRUE(options.runtime->names.contains(name)) << name;
        EXPECT_FALSE(arm.added.contains(name)) << name << ": dangerous, and made before the filter is on";
    }
}

}  // namespace
}  // namespace scgen
