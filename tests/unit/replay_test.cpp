#include "scgen/profile/replay.hpp"

#include <gtest/gtest.h>

#include "scgen/error.hpp"

namespace scgen {
namespace {

Syscall call(Arch arch, std::string_view name) {
    return {arch, syscall_number(arch, name).value()};
}

Profile profile_of(std::vector<Rule> rules) {
    Profile profile;
    profile.default_errno = 1;
    profile.architectures = {Arch::x86_64};
    profile.rules = std::move(rules);
    return profile;
}

TEST(Replay, SaysWhatBecomesOfACall) {
    const Replay replay(
        profile_of({{{"read"}, Action::allow, {}, {}},
                    {{"write"}, Action::log, {}, {}},
                    {{"clone"}, Action::allow, {}, {{0, Comparison::Op::masked_eq, 0x7e020000, 0}}},
                    {{"clone3"}, Action::errno_, 38, {}},
                    {{"mount"}, Action::notify, {}, {}},
                    {{"ptrace"}, Action::kill_process, {}, {}}}));
    const struct {
        const char* name;
        Reply reply;
        Ruling ruling;
    } cases[] = {
        {"read", Reply::allowed, {Action::allow, 0}},   {"write", Reply::allowed, {Action::log, 0}},
        {"clone", Reply::depends, {Action::allow, 0}},  {"clone3", Reply::denied, {Action::errno_, 38}},
        {"mount", Reply::depends, {Action::notify, 0}}, {"ptrace", Reply::denied, {Action::kill_process, 0}},
        {"futex", Reply::denied, {Action::errno_, 1}}};
    for (const auto& each : cases) {
        const Replayed replayed = replay.ask(call(Arch::x86_64, each.name));
        EXPECT_EQ(replayed.reply, each.reply) << each.name;
        EXPECT_EQ(replayed.ruling, each.ruling) << each.name;
        EXPECT_EQ(replayed.because, Denial::rules) << each.name;
    }
}

TEST(Replay, AnAbiThatIsNotListedIsKilled) {
    const Replay replay(profile_of({{{"read"}, Action::allow, {}, {}}}));
    EXPECT_EQ(replay.ask(call(Arch::x86, "read")).ruling, (Ruling{Action::kill_thread, 0}));
    EXPECT_EQ(replay.ask(call(Arch::x86, "read")).because, Denial::abi_not_listed);
    EXPECT_EQ(replay.ask(call(Arch::x32, "read")).reply, Reply::denied);
    EXPECT_EQ(replay.ask(call(Arch::x32, "read")).because, Denial::abi_not_listed);
}

TEST(Replay, NumbersWithoutANameGetTheDefault) {
    const Replay replay(profile_of({{{"read"}, Action::allow, {}, {}}}));
    EXPECT_EQ(replay.ask({Arch::x86_64, 9999}).ruling, (Ruling{Action::errno_, 1}));
    EXPECT_EQ(replay.ask({Arch::x86_64, -1}).reply, Reply::denied);
    EXPECT_EQ(replay.ask({Arch::none, 0}).reply, Reply::unknown);
}

TEST(Replay, WhatLibseccompPassesOverIsSaid) {
    std::string_view newest;
    for (const SyscallRow& row : syscalls_of(Arch::x86_64))
        if (!libseccomp_knows({Arch::x86_64, row.nr}, row.name)) newest = row.name;
    if (newest.empty()) GTEST_SKIP() << "this libseccomp knows every call of the table";
    const Replayed replayed = Replay(profile_of({{{"read", std::string(newest)}, Action::allow, {}, {}}}))
                                  .ask(call(Arch::x86_64, newest));
    EXPECT_EQ(replayed.reply, Reply::denied);
    EXPECT_EQ(replayed.because, Denial::unknown_to_libseccomp);
}

TEST(Replay, AProfileThatDoesNotCompileIsAnError) {
    Profile profile = profile_of({});
    profile.default_action = Action::notify;
    EXPECT_THROW(Replay{profile}, Error);
}

}  // namespace
}  // namespace scgen
