#include "scgen/profile/baseline.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "scgen/error.hpp"
#include "scgen/profile/risk.hpp"

namespace scgen {
namespace {

Host linux_host(std::set<std::string> caps = {}) {
    return Host{Arch::x86_64, {6, 1}, std::move(caps), false, Engine::docker};
}

/// The rules that name the call.
std::vector<Rule> rules_for(const Profile& profile, const std::string& name) {
    std::vector<Rule> rules;
    for (const Rule& rule : profile.rules)
        if (rule.names.contains(name)) rules.push_back(rule);
    return rules;
}

TEST(Baseline, ListsNewestFirst) {
    std::string runtime;
    std::string version;
    for (const BaselineId& id : baselines()) {
        EXPECT_TRUE(id.source.starts_with("https://")) << id.runtime << id.version;
        if (id.runtime != runtime) {
            EXPECT_LT(runtime, id.runtime);
            EXPECT_EQ(find_baseline(id.runtime, std::nullopt).version, id.version) << id.runtime;
        }
        EXPECT_EQ(find_baseline(id.runtime, id.version).version, id.version) << id.runtime;
        runtime = id.runtime;
    }
    EXPECT_EQ(runtime, "podman");
}

TEST(Baseline, FindsVersions) {
    struct Case {
        std::string_view runtime, wanted, found;
    };
    for (const Case& c : {Case{"docker", "29.7.2", "29.7.2"}, Case{"docker", "27.3.1", "27.5.1"},
                          Case{"docker", "28.1.1", "27.5.1"}, Case{"docker", "28", "28.5.2"},
                          Case{"docker", "v24.0.3", "24.0.9"}, Case{"docker", "29", "29.7.2"},
                          Case{"containerd", "2.2.5", "2.3.4"}, Case{"containerd", "1", "1.7.34"},
                          Case{"podman", "0.57.4", "0.50.1"}, Case{"cri-o", "1.34", "1.34.11"}})
        EXPECT_EQ(find_baseline(c.runtime, c.wanted).version, c.found) << c.runtime << "@" << c.wanted;
}

TEST(Baseline, NamesTheVersionsThereAreWhenItHasNotTheOneWanted) {
    for (const std::string_view version :
         {"3.1", "", "latest", "29.7.2.1", "24.0.9x", "24..9", "99999999999"}) {
        try {
            find_baseline("docker", version);
            FAIL() << version;
        } catch (const Error& error) {
            const std::string text = error.what();
            EXPECT_TRUE(text.starts_with("docker@" + std::string(version))) << text;
            EXPECT_NE(text.find("29.7.2 (29.4.3..29.7.2)"), std::string::npos) << text;
        }
    }
    EXPECT_THROW(find_baseline("lxc", std::nullopt), Error);
}

TEST(Baseline, ResolvesAsEachRuntimeDoes) {
    const Profile docker = resolve_baseline("docker", "29.7.2", linux_host());
    EXPECT_EQ(docker.architectures, (std::set{Arch::x86_64, Arch::x86, Arch::x32}));
    EXPECT_EQ(docker.default_errno, 1U);
    EXPECT_EQ(rules_for(docker, "mount").size(), 0U);
    ASSERT_EQ(rules_for(docker, "clone").size(), 1U);
    EXPECT_EQ(rules_for(docker, "clone").front().args,
              (std::vector{Comparison{0, Comparison::Op::masked_eq, 0x7e020000, 0}}));
    ASSERT_EQ(rules_for(docker, "clone3").size(), 1U);
    EXPECT_EQ(rules_for(docker, "clone3").front().errno_ret, 38U);

    const Profile admin = resolve_baseline("docker", "29.7.2", linux_host({"CAP_SYS_ADMIN"}));
    EXPECT_TRUE(rules_for(admin, "mount").front().args.empty());
    EXPECT_EQ(rules_for(admin, "clone3").front().action, Action::allow);

    Host old = linux_host();
    old.kernel = {4, 4};
    EXPECT_EQ(rules_for(resolve_baseline("docker", "29.7.2", old), "ptrace").size(), 0U);
    EXPECT_EQ(rules_for(resolve_baseline("containerd", "2.3.4", old), "ptrace").size(), 0U);
    EXPECT_EQ(rules_for(docker, "ptrace").size(), 1U);

    const Profile podman = resolve_baseline("podman", std::nullopt, old);
    EXPECT_EQ(podman.default_errno, 38U);
    EXPECT_EQ(rules_for(podman, "ptrace").size(), 1U) << "podman has no minKernel";
    EXPECT_EQ(rules_for(podman, "clone3").front().action, Action::allow);
}

TEST(Baseline, PrivilegedIsUnconfined) {
    for (const std::string_view runtime : {"docker", "containerd", "cri-o", "podman"}) {
        Host host = linux_host();
        host.privileged = true;
        const Profile profile = resolve_baseline(runtime, std::nullopt, host);
        EXPECT_EQ(profile.default_action, Action::allow) << runtime;
        EXPECT_TRUE(profile.rules.empty()) << runtime;
    }
}

TEST(Baseline, EnginesFindDifferentAbis) {
    Host host = linux_host();
    host.arch = Arch::loongarch64;
    EXPECT_TRUE(resolve_baseline("docker", std::nullopt, host).architectures.empty());
    EXPECT_EQ(resolve_baseline("containerd", std::nullopt, host).architectures, std::set{Arch::loongarch64});
    host.arch = Arch::riscv64;
    EXPECT_EQ(resolve_baseline("docker", std::nullopt, host).architectures, std::set{Arch::riscv64});
    EXPECT_TRUE(resolve_baseline("podman", std::nullopt, host).architectures.empty());
}

TEST(Baseline, KnowsDefaultCapabilities) {
    EXPECT_EQ(default_capabilities("docker").size(), 14U);
    EXPECT_EQ(default_capabilities("docker"), default_capabilities("containerd"));
    EXPECT_EQ(default_capabilities("podman").size(), 11U);
    EXPECT_EQ(default_capabilities("cri-o").size(), 9U);
    EXPECT_FALSE(default_capabilities("cri-o").contains("CAP_SYS_CHROOT"));
    EXPECT_THROW(default_capabilities("lxc"), Error);
}

TEST(Risk, KnowsWhatMatters) {
    ASSERT_TRUE(risk_of("bpf"));
    EXPECT_EQ(risk_of("bpf")->severity, Severity::high);
    EXPECT_EQ(risk_of("mount")->kind, "mount");
    EXPECT_EQ(risk_of("mount")->capability, "CAP_SYS_ADMIN");
    EXPECT_TRUE(risk_of("_sysctl")) << "the first row";
    EXPECT_TRUE(risk_of("vserver")) << "the last row";
    for (const std::string_view name : {"read", "", "zzz", "BPF", "bp"})
        EXPECT_FALSE(risk_of(name)) << name;
}

}  // namespace
}  // namespace scgen
