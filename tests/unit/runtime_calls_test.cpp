#include "scgen/profile/runtime_calls.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "scgen/abi/syscall_table.hpp"

namespace scgen {
namespace {

TEST(RuntimeCalls, ChoosesTheNewestSetNotNewerThanTheRelease) {
    const struct {
        const char* runtime;
        const char* asked;
        const char* expected;
    } cases[] = {
        {"runc", "", "1.4.2"},
        {"crun", "", "1.26"},
        {"runc", "1.1.12", "1.1.12"},
        {"runc", "v1.1.12", "1.1.12"},
        {"runc", "1.1.7", "1.1.6"},
        {"runc", "1.1.5+ds1-1+deb12u1", "1.1.5"},
        {"runc", "9.0", "1.4.2"},
        {"runc", "1.0.0-rc92", "1.0.0-rc92"},
        {"runc", "1.0.0-rc.95", "1.0.0-rc92"},
        {"runc", "1.0.0-rc91", ""},
        {"crun", "1.8", "1.5"},
        {"crun", "1.14", "1.14"},
        {"crun", "0.1", ""},
        {"youki", "", ""},
        {"runc", "newest", ""},
        {"runc", "1.", ""},
        {"runc", "1.2x", ""},
        {"runc", "99999999999.1", ""},
    };
    for (const auto& each : cases) {
        const auto found = runtime_calls(each.runtime, each.asked);
        EXPECT_EQ(found ? found->version : "", each.expected) << each.runtime << ' ' << each.asked;
    }
}

TEST(RuntimeCalls, NowAndThenAreThoseWithoutWhichStartsFailedAndTheRestOfGosRuntime) {
    std::set<std::string_view> names;
    for (const auto& call : calls_now_and_then("runc")) {
        EXPECT_TRUE(syscall_number(Arch::x86_64, call.name)) << call.name;
        EXPECT_FALSE(call.why.empty()) << call.name;
        names.insert(call.name);
    }
    for (const bool no_new_privs : {false, true})
        for (const auto& call : calls_after_filter("runc", no_new_privs))
            EXPECT_TRUE(call.need != CallAfterFilter::Need::sometimes || names.contains(call.name))
                << call.name;
    const auto crun = calls_now_and_then("crun");
    ASSERT_EQ(crun.size(), 2U);
    EXPECT_EQ(crun[0].name, "pselect6");
    EXPECT_EQ(crun[1].name, "read");
    EXPECT_TRUE(calls_now_and_then("podman").empty());
}

TEST(RuntimeCalls, HoldTheCallsThatBrokeProfiles) {
    EXPECT_TRUE(runtime_calls("runc")->names.contains("fstatfs"));
    EXPECT_TRUE(runtime_calls("runc", "1.3.3")->names.contains("openat2"));
    EXPECT_FALSE(runtime_calls("runc", "1.3.2")->names.contains("openat2"));
    EXPECT_TRUE(runtime_calls("runc", "1.1.12")->names.contains("getcwd"));
    EXPECT_FALSE(runtime_calls("runc", "1.1.11")->names.contains("getcwd"));
    EXPECT_TRUE(runtime_calls("crun")->names.contains("close_range"));
}

TEST(RuntimeCalls, AreAllSystemCallsOfX86_64) {
    for (const auto* runtime : {"runc", "crun"}) {
        const auto versions = runtime_versions(runtime);
        ASSERT_GE(versions.size(), 20U) << runtime;
        for (const auto version : versions) {
            const auto calls = runtime_calls(runtime, version).value();
            for (const auto& name : calls.names)
                EXPECT_TRUE(syscall_number(Arch::x86_64, name)) << runtime << ' ' << version << ' ' << name;
        }
        for (const bool no_new_privs : {false, true})
            for (const auto& call : calls_after_filter(runtime, no_new_privs))
                EXPECT_TRUE(syscall_number(Arch::x86_64, call.name)) << runtime << ' ' << call.name;
    }
}

TEST(CallsAfterFilter, WithNoNewPrivsThereAreFewer) {
    for (const auto* runtime : {"runc", "crun"}) {
        const auto required = [&](bool no_new_privs) {
            std::set<std::string_view> names;
            for (const auto& call : calls_after_filter(runtime, no_new_privs))
                if (call.need == CallAfterFilter::Need::required) names.insert(call.name);
            return names;
        };
        const auto with = required(true);
        const auto without = required(false);
        EXPECT_TRUE(with.contains("execve")) << runtime;
        EXPECT_LT(with.size(), without.size()) << runtime;
        EXPECT_TRUE(std::includes(without.begin(), without.end(), with.begin(), with.end())) << runtime;
    }
    EXPECT_TRUE(calls_after_filter("youki", true).empty());
}

TEST(CallsOfExec, AreThoseThatNoStartMakes) {
    EXPECT_EQ(calls_of_exec("crun"),
              (std::set<std::string>{"capset", "fchown", "ioctl", "openat", "prctl", "read", "setgroups",
                                     "setresgid", "setresuid", "statx", "write"}));
    EXPECT_TRUE(calls_of_exec("runc").empty());
    EXPECT_TRUE(calls_of_exec("youki").empty());
}

TEST(CallsAfterFilter, CountStartsOfForty) {
    std::map<std::string_view, CallAfterFilter> calls;
    for (const auto& call : calls_after_filter("runc", true))
        calls.emplace(call.name, call);
    EXPECT_EQ(calls.at("execve").starts, 40U);
    EXPECT_EQ(calls.at("futex").starts, 3U);
    EXPECT_EQ(calls.at("futex").need, CallAfterFilter::Need::sometimes);
    EXPECT_EQ(calls.at("rt_sigreturn").starts, 1U);
    EXPECT_EQ(calls.at("tgkill").starts, 0U);
    EXPECT_FALSE(calls.at("tgkill").occasion.empty());
}

}  // namespace
}  // namespace scgen
