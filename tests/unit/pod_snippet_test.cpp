#include "scgen/report/pod_snippet.hpp"

#include <gtest/gtest.h>

#include "scgen/error.hpp"

namespace scgen {
namespace {

TEST(PodTarget, IsAContainerWherePodAndNamespaceAreKnown) {
    EXPECT_EQ(pod_target("shop/web-0/cache", GroupBy::container), (PodTarget{"shop/web-0", "cache"}));
    EXPECT_EQ(pod_target("shop/web.0.a/cache", GroupBy::container), (PodTarget{"shop/web.0.a", "cache"}));
    EXPECT_EQ(pod_target("cache", GroupBy::container), PodTarget{});
    EXPECT_EQ(pod_target("Quirky_Name", GroupBy::container), PodTarget{}) << "a container outside of pods";
    EXPECT_EQ(pod_target("shop/web-0", GroupBy::pod), (PodTarget{"shop/web-0", ""}));
}

TEST(PodTarget, IsAnyPodWhereWorkloadsAreNoContainers) {
    for (const GroupBy group_by : {GroupBy::all, GroupBy::comm, GroupBy::exe, GroupBy::pid, GroupBy::subj})
        EXPECT_EQ(pod_target("shop/web-0/cache", group_by), PodTarget{});
}

TEST(PodTarget, IsNoneWhereKubernetesForbidsTheName) {
    const std::string label(63, 'a');
    const std::string subdomain(253, 'a');
    EXPECT_TRUE(pod_target(label + "/" + subdomain + "/" + label, GroupBy::container));
    for (const std::string& name :
         {label + "a/a/a", "a/" + subdomain + "a/a", "a/a/" + label + "a", std::string("a/a/-a"),
          std::string("a/a/a-"), std::string("A/a/a"), std::string("a/a/A"), std::string("a/a/a.b"),
          std::string("a.b/a/a"), std::string("a/a..b/a"), std::string("a/a.-b/a"), std::string("a/a-.b/a"),
          std::string("a//a"), std::string("/a/a"), std::string("a/a/"), std::string("a/a"),
          std::string("a/a/a/a"), std::string("a/a/a\n"), std::string("a/a/\"")})
        EXPECT_FALSE(pod_target(name, GroupBy::container)) << name;
    EXPECT_FALSE(pod_target("a/b/c", GroupBy::pod));
}

TEST(BelowKubelet, IsWhatFollowsTheSeccompFolder) {
    EXPECT_EQ(below_kubelet("/var/lib/kubelet/seccomp/profiles/a.json"), "profiles/a.json");
    EXPECT_EQ(below_kubelet("/var/lib/k0s/kubelet/seccomp/a.json"), "a.json");
    EXPECT_EQ(below_kubelet("/kubelet/seccomp/kubelet/seccomp/a.json"), "kubelet/seccomp/a.json");
    for (const std::string_view path :
         {"/var/lib/kubelet/profiles/a.json", "/var/lib/kubelet/seccomp.d/a.json", "/my-kubelet/seccomp/a",
          "/var/lib/kubelet/seccomp/", "/seccomp/a.json", ""})
        EXPECT_EQ(below_kubelet(path), std::nullopt) << path;
}

TEST(PodSnippet, IsForAWholePod) {
    EXPECT_EQ(pod_snippet("http-echo", {}, "profiles/http-echo.json"),
              "# The seccomp profile of http-echo, for all containers of a pod.\n"
              "# This is part of a Pod; in a Deployment, Job or the like it stands in spec.template.\n"
              "# Each node must have the profile as /var/lib/kubelet/seccomp/profiles/http-echo.json\n"
              "# (in place of /var/lib/kubelet: --root-dir, if its kubelet has one).\n"
              "spec:\n"
              "  securityContext:\n"
              "    seccompProfile:\n"
              "      type: Localhost\n"
              "      localhostProfile: \"profiles/http-echo.json\"\n");
}

TEST(PodSnippet, LeavesTheRestOfAContainersPodConfined) {
    const std::string text = pod_snippet("a/b/c", {"a/b", "c"}, "c.json");
    EXPECT_EQ(text.find("# The seccomp profile of container c of pod a/b.\n"), 0U) << text;
    EXPECT_EQ(text.substr(text.find("spec:")),
              "spec:\n"
              "  securityContext:\n"
              "    seccompProfile:\n"
              "      type: RuntimeDefault\n"
              "  containers:\n"
              "  - name: \"c\"\n"
              "    securityContext:\n"
              "      seccompProfile:\n"
              "        type: Localhost\n"
              "        localhostProfile: \"c.json\"\n");
}

TEST(PodSnippet, ForbidsWhatTheProfileDoesNotStartWith) {
    const auto text = [](PodTarget target, bool no_new_privs) {
        target.no_new_privs = no_new_privs;
        return pod_snippet("a", target, "c.json");
    };
    constexpr std::string_view words = "allowPrivilegeEscalation: false";
    const std::string field = "\n      " + std::string(words);
    EXPECT_NE(text({"a/b", "c"}, true).find(field), std::string::npos);
    EXPECT_EQ(text({}, true).find(field), std::string::npos) << "a pod has no such field";
    EXPECT_NE(text({}, true).find(words), std::string::npos);
    EXPECT_EQ(text({"a/b", "c"}, false).find(words), std::string::npos);
    EXPECT_EQ(text({}, false).find(words), std::string::npos);
}

TEST(PodSnippet, QuotesThePath) {
    EXPECT_NE(
        pod_snippet("a", {}, "it's \"a\": \\ # b").find("localhostProfile: \"it's \\\"a\\\": \\\\ # b\"\n"),
        std::string::npos);
}

TEST(PodSnippet, RefusesPathsThatKubernetesDoes) {
    for (const std::string_view path : {"", "/a.json", "..", "../a.json", "a/../b.json", "a/..", "a\nb",
                                        "a\x7f", "a\xff", "a\xe2\x80\xae", "a\xc2\x85"})
        EXPECT_THROW(pod_snippet("a", {}, path), Error) << path;
    EXPECT_NO_THROW(pod_snippet("a", {}, "..a/b.."));
}

}  // namespace
}  // namespace scgen
