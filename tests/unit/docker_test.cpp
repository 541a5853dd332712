#include "scgen/profile/docker.hpp"

#include <gtest/gtest.h>

#include "scgen/error.hpp"
#include "scgen/profile/errno_name.hpp"

namespace scgen {
namespace {

/// The shape of Docker's default, small.
constexpr std::string_view sample = R"({
    "defaultAction": "SCMP_ACT_ERRNO",
    "defaultErrnoRet": 1,
    "archMap": [
        {"architecture": "SCMP_ARCH_X86_64", "subArchitectures": ["SCMP_ARCH_X86", "SCMP_ARCH_X32"]},
        {"architecture": "SCMP_ARCH_RISCV64", "subArchitectures": null},
        {"architecture": "SCMP_ARCH_LOONGARCH64", "subArchitectures": null}
    ],
    "syscalls": [
        {"names": ["read"], "action": "SCMP_ACT_ALLOW", "args": [], "comment": "", "includes": {}, "excludes": {}},
        {"name": "old", "action": "SCMP_ACT_ALLOW"},
        {"names": ["ptrace"], "action": "SCMP_ACT_ALLOW", "includes": {"minKernel": "4.8"}},
        {"names": ["young"], "action": "SCMP_ACT_ALLOW", "excludes": {"minKernel": "5.10"}},
        {"names": ["arch_prctl"], "action": "SCMP_ACT_ALLOW", "includes": {"arches": ["amd64", "x32"]}},
        {"names": ["x32_only"], "action": "SCMP_ACT_ALLOW", "includes": {"arches": ["x32"]}},
        {"names": ["not_arm64"], "action": "SCMP_ACT_ALLOW", "excludes": {"arches": ["arm64"]}},
        {"names": ["both_caps"], "action": "SCMP_ACT_ALLOW", "includes": {"caps": ["CAP_A", "CAP_B"]}},
        {"names": ["no_cap"], "action": "SCMP_ACT_ALLOW", "excludes": {"caps": ["CAP_A", "CAP_B"]}},
        {"names": ["clone3"], "action": "SCMP_ACT_ERRNO", "errnoRet": 38, "excludes": {"caps": ["CAP_A"]}},
        {"names": ["strange"], "action": "SCMP_ACT_ERRNO", "errnoRet": 22, "errno": "ENOSYS"}
    ]
})";

std::set<std::string> allowed(const Host& host) {
    std::set<std::string> names;
    for (const auto& rule : resolve(read_docker_profile(sample, "d"), host).rules)
        if (rule.action == Action::allow) names.insert(rule.names.begin(), rule.names.end());
    return names;
}

struct Case {
    const char* what;
    Host host;
    std::set<std::string> expected;
};

TEST(Resolve, Conditions) {
    using Names = std::set<std::string>;
    const std::vector<Case> cases = {
        {"old x86_64",
         {Arch::x86_64, {4, 7}, {}},
         Names{"read", "old", "young", "arch_prctl", "not_arm64", "no_cap"}},
        {"the very kernel",
         {Arch::x86_64, {4, 8}, {}},
         Names{"read", "old", "ptrace", "young", "arch_prctl", "not_arm64", "no_cap"}},
        {"5.9 is before 5.10",
         {Arch::riscv64, {5, 9}, {}},
         Names{"read", "old", "ptrace", "young", "not_arm64", "no_cap"}},
        {"5.10 excludes",
         {Arch::riscv64, {5, 10}, {}},
         Names{"read", "old", "ptrace", "not_arm64", "no_cap"}},
        {"arm64", {Arch::aarch64, {6, 1}, {}}, Names{"read", "old", "ptrace", "no_cap"}},
        {"one cap of two excludes and does not include",
         {Arch::aarch64, {6, 1}, {"CAP_B"}},
         Names{"read", "old", "ptrace"}},
        {"both caps",
         {Arch::aarch64, {6, 1}, {"CAP_A", "CAP_B"}},
         Names{"read", "old", "ptrace", "both_caps"}},
        {"privileged has them all",
         {Arch::aarch64, {6, 1}, {}, true},
         Names{"read", "old", "ptrace", "both_caps"}},
        {"podman knows no minKernel",
         {Arch::aarch64, {4, 0}, {}, false, Engine::podman},
         Names{"read", "old", "ptrace", "young", "no_cap"}},
        {"x32 is never native",
         {Arch::x32, {6, 1}, {}},
         Names{"read", "old", "ptrace", "not_arm64", "no_cap"}},
    };
    for (const auto& test : cases)
        EXPECT_EQ(allowed(test.host), test.expected) << test.what;
}

TEST(Resolve, Architectures) {
    const DockerProfile profile = read_docker_profile(sample, "d");
    EXPECT_EQ(resolve(profile, {Arch::x86_64}).architectures, (std::set{Arch::x86_64, Arch::x86, Arch::x32}));
    EXPECT_EQ(resolve(profile, {Arch::riscv64}).architectures, std::set{Arch::riscv64});
    EXPECT_TRUE(resolve(profile, {Arch::riscv64, {}, {}, false, Engine::podman}).architectures.empty());
    EXPECT_TRUE(resolve(profile, {Arch::loongarch64}).architectures.empty())
        << "Docker's two maps disagree on its name";
    EXPECT_TRUE(resolve(profile, {Arch::ppc64le}).architectures.empty());
    const auto listed =
        read_docker_profile(R"({"defaultAction":"SCMP_ACT_LOG","architectures":["SCMP_ARCH_ARM"]})", "d");
    EXPECT_EQ(resolve(listed, {Arch::x86_64}).architectures, std::set{Arch::arm})
        << "a list is taken as it is";
}

std::optional<std::uint32_t> errno_of(const Profile& profile, const std::string& name) {
    for (const auto& rule : profile.rules)
        if (rule.names.contains(name)) return rule.errno_ret;
    return std::nullopt;
}

TEST(Resolve, Errnos) {
    const DockerProfile profile = read_docker_profile(sample, "d");
    EXPECT_EQ(errno_of(resolve(profile, {}), "clone3"), 38U);
    EXPECT_EQ(errno_of(resolve(profile, {}), "strange"), 22U);
    EXPECT_EQ(errno_of(resolve(profile, {Arch::x86_64, {}, {}, false, Engine::podman}), "strange"), 38U);
    const auto named = read_docker_profile(
        R"({"defaultAction":"SCMP_ACT_ERRNO","defaultErrnoRet":1,"defaultErrno":"ENOSYS"})", "d");
    EXPECT_EQ(resolve(named, {}).default_errno, 1U);
    EXPECT_EQ(resolve(named, {Arch::x86_64, {}, {}, false, Engine::podman}).default_errno, 38U);
}

TEST(ReadDockerProfile, KeepsWhatItReads) {
    const DockerProfile profile = read_docker_profile(
        R"({"defaultAction":"SCMP_ACT_ERRNO","syscalls":[{"names":["a"],"action":"SCMP_ACT_ALLOW","comment":"why",
            "includes":{"caps":["CAP_A"],"arches":["amd64"],"minKernel":"5.4"}}]})",
        "d");
    ASSERT_EQ(profile.rules.size(), 1U);
    EXPECT_EQ(profile.rules[0].comment, "why");
    EXPECT_EQ(profile.rules[0].includes, (When{{"CAP_A"}, {"amd64"}, KernelVersion{5, 4}}));
    EXPECT_EQ(profile.rules[0].excludes, When{});
    EXPECT_TRUE(profile.notes.empty());
}

TEST(ReadDockerProfile, AnEmptyProfileConfinesNothing) {
    EXPECT_EQ(resolve(read_docker_profile("{}", "d"), {}).default_action, Action::allow);
}

TEST(ReadDockerProfile, Errors) {
    const std::pair<std::string, std::string> cases[] = {
        {R"("archMap":[{"architecture":"SCMP_ARCH_X86_64"}],"architectures":["SCMP_ARCH_X86"])",
         "d: /archMap: both"},
        {R"("archMap":[{}])", "d: /archMap/0/architecture: missing"},
        {R"("archMap":{})", "d: /archMap: this must be an array"},
        {R"("archMap":[{"architecture":"SCMP_ARCH_X86_64","subArchitectures":["i386"]}])",
         "d: /archMap/0/subArchitectures/0: \"i386\""},
        {R"("syscalls":[{"name":"a","names":["b"],"action":"SCMP_ACT_ALLOW"}])", "d: /syscalls/0/name: both"},
        {R"("syscalls":[{"action":"SCMP_ACT_ALLOW"}])", "d: /syscalls/0/names: missing"},
        {R"("syscalls":[{"name":"a","action":"SCMP_ACT_ALLOW","includes":{"minKernel":"4.8.0"}}])",
         "d: /syscalls/0/includes/minKernel: \"4.8.0\" is no kernel version"},
        {R"("syscalls":[{"name":"a","action":"SCMP_ACT_ALLOW","includes":{"minKernel":"04.8"}}])",
         "is no kernel version"},
        {R"("syscalls":[{"name":"a","action":"SCMP_ACT_ALLOW","includes":{"minKernel":"4"}}])",
         "is no kernel version"},
        {R"("syscalls":[{"name":"a","action":"SCMP_ACT_ALLOW","includes":{"minKernel":"4.99999999999"}}])",
         "is no kernel version"},
        {R"("syscalls":[{"name":"a","action":"SCMP_ACT_ALLOW","includes":{"caps":"CAP_A"}}])",
         "d: /syscalls/0/includes/caps: this is a string"},
        {R"("syscalls":[{"name":"a","action":"SCMP_ACT_ERRNO","errno":"EWHAT"}])",
         "d: /syscalls/0/errno: \"EWHAT\" is no errno"},
    };
    for (const auto& [members, expected] : cases) {
        try {
            read_docker_profile(R"({"defaultAction":"SCMP_ACT_ERRNO",)" + members + "}", "d");
            ADD_FAILURE() << members << " is read";
        } catch (const Error& error) {
            EXPECT_NE(std::string(error.what()).find(expected), std::string::npos)
                << members << " gives " << error.what();
        }
    }
}

TEST(ErrnoName, NamesAndDigits) {
    EXPECT_EQ(errno_from_name("EPERM"), 1U);
    EXPECT_EQ(errno_from_name("ENOSYS"), 38U);
    EXPECT_EQ(errno_from_name("EAGAIN"), errno_from_name("EWOULDBLOCK"));
    EXPECT_EQ(errno_from_name("EOPNOTSUPP"), errno_from_name("ENOTSUP"));
    EXPECT_NE(errno_from_name("ENOTSUP"), std::nullopt);
    EXPECT_EQ(errno_from_name("0"), 0U);
    EXPECT_EQ(errno_from_name("4095"), 4095U);
    for (const char* wrong : {"", "4096", "-1", "enosys", "38x", "0x26", "E"})
        EXPECT_EQ(errno_from_name(wrong), std::nullopt) << wrong;
}

}  // namespace
}  // namespace scgen
