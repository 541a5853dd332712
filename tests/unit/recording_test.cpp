#include "scgen/profile/recording.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "scgen/abi/syscall_table.hpp"
#include "scgen/profile/risk.hpp"

namespace scgen {
namespace {

TEST(RecordingProfile, ListsTheAbisOfTheMachine) {
    const struct {
        Arch native;
        std::set<Arch> listed;
    } cases[] = {
        {Arch::x86_64, {Arch::x86_64, Arch::x86, Arch::x32}},
        {Arch::aarch64, {Arch::aarch64, Arch::arm}},
        {Arch::s390x, {Arch::s390x, Arch::s390}},
        {Arch::ppc64le, {Arch::ppc64le}},
        {Arch::x86, {Arch::x86}},
    };
    for (const auto& each : cases) {
        const Profile profile = recording_profile(each.native, false);
        EXPECT_EQ(profile.architectures, each.listed) << arch_info(each.native)->name;
        EXPECT_EQ(profile.default_action, Action::log);
        EXPECT_TRUE(profile.rules.empty());
    }
}

TEST(RecordingProfile, AllowsTheCommonestOnlyWhereThatIsWanted) {
    const Profile profile = recording_profile(Arch::x86_64, true);
    const auto names = commonest_calls();
    ASSERT_EQ(profile.rules.size(), 1U);
    EXPECT_EQ(profile.rules.front().names, std::set<std::string>(names.begin(), names.end()));
    EXPECT_TRUE(std::is_sorted(names.begin(), names.end()));
    for (const std::string_view name : names) {
        EXPECT_TRUE(syscall_number(Arch::x86_64, name)) << name;
        EXPECT_FALSE(risk_of(name)) << name;
    }
    EXPECT_EQ(std::count(names.begin(), names.end(), "execve"), 0) << "by which processes are told apart";
}

}  // namespace
}  // namespace scgen
