#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "scgen/error.hpp"
#include "scgen/observe/container.hpp"

namespace scgen {
namespace {

using Containers = std::vector<Container>;

void expect_read(const std::string& json, const Containers& expected) {
    EXPECT_EQ(read_containers(json, "x"), expected) << json;
}

void expect_refused(const std::string& json, const std::string& start) {
    try {
        read_containers(json, "x");
        ADD_FAILURE() << json;
    } catch (const Error& error) {
        EXPECT_EQ(std::string(error.what()).substr(0, start.size()), start) << json;
    }
}

const std::string front = R"({"kind": "Pod", "metadata": {"name": "front-0", "namespace": "shop"}, "status": {
    "containerStatuses": [
        {"name": "web", "containerID": "containerd://aa", "lastState": {"terminated": {"containerID": "containerd://a0"}}},
        {"name": "log", "containerID": "", "state": {"waiting": {}}}],
    "initContainerStatuses": [
        {"name": "setup", "containerID": "cri-o://bb", "state": {"terminated": {"containerID": "cri-o://bb"}}}],
    "ephemeralContainerStatuses": [{"name": "debug", "containerID": "docker://cc"}]}})";
const Containers of_front{{"aa", "shop", "front-0", "web", {}},
                          {"a0", "shop", "front-0", "web", {}},
                          {"bb", "shop", "front-0", "setup", {}},
                          {"cc", "shop", "front-0", "debug", {}}};

TEST(ContainerForms, PodsOfKubectl) {
    expect_read(R"({"apiVersion": "v1", "kind": "List", "items": [)" + front + "]}", of_front);
    expect_read(R"({"apiVersion": "v1", )" + front.substr(1), of_front);
    expect_read(R"({"items": [{"kind": "Pod", "metadata": {"name": "p"}, "status": {"phase": "Pending"}}, )" +
                    front + "]}",
                of_front);
    const auto pod = [](const std::string& statuses) {
        return R"({"items": [{"kind": "Pod", "metadata": {}, "status": {"containerStatuses": )" + statuses +
               "}}]}";
    };
    expect_refused(pod("{}"), "x: /items/0/status/containerStatuses: an array");
    expect_refused(pod("[7]"), "x: /items/0/status/containerStatuses/0: an object");
    expect_refused(pod(R"([{"containerID": "aa"}])"),
                   "x: /items/0/status/containerStatuses/0/containerID: RUNTIME://ID");
    expect_refused(pod(R"([{"containerID": "x://"}])"),
                   "x: /items/0/status/containerStatuses/0/containerID: the container has no id");
    expect_refused(pod("[]"), "x: there is no container in it");
    expect_refused(R"({"items": [{"kind": "Deployment", "metadata": {"name": "p"}}]})",
                   "x: /items/0: this is no pod");
    expect_refused(R"({"apiVersion": "v1", "kind": "Service", "metadata": {}})", "x: this is no pod");
    expect_refused(R"({"items": []})", "x: there is no container in it");
}

TEST(ContainerForms, RowsOfCrictl) {
    const std::string labels =
        R"("labels": {"io.kubernetes.pod.namespace": "n", "io.kubernetes.pod.name": "p"})";
    expect_read(R"({"containers": [{"id": "aa", "podSandboxId": "bb", "metadata": {"name": "web"}, )" +
                    labels + "}]}",
                {{"aa", "n", "p", "web", {}}});
    expect_read(R"({"containers": [{"id": "aa", "metadata": {"name": "web"}, "labels": {}}]})",
                {{"aa", "", "", "web", {}}});
    expect_read(R"({"items": [{"id": "bb", "metadata": {"name": "p", "namespace": "n", "uid": "u"}, )" +
                    labels + "}]}",
                {{"bb", "n", "p", "", {}}});
    expect_read(
        R"({"status": {"id": "bb", "metadata": {"name": "p", "namespace": "n"}}, "info": {"pid": 7}})",
        {{"bb", "n", "p", "", {7}}});
    expect_refused(R"({"containers": [{"metadata": {"name": "web"}}]})",
                   "x: /containers/0/id: the container has no id");
}

TEST(ContainerForms, PsOfPodmanAndOfDocker) {
    expect_read(R"([{"Id": "aa", "Pid": 7, "Names": ["web", "other"], "State": "running"}])",
                {{"aa", "", "", "web", {7}}});
    expect_read(R"([{"Id": "aa", "Pid": 0, "Names": []}])", {{"aa", "", "", "", {}}});
    expect_refused(R"([{"Id": "aa", "Pid": 7, "Names": [7]}])", "x: /0/Names/0: a string");
    expect_refused(R"({"ID": "aa", "Names": "web"})", "x: `docker ps` prints neither");
}

TEST(ContainerForms, DocumentsMayFollowOneAnother) {
    const std::string one = R"({"status": {"id": "a"}, "info": {"pid": 7}})";
    const std::string brackets = R"({"status": {"id": "}{\"]["}})";
    expect_read(one + "\n" + brackets + " [" + one + "]\n",
                {{"a", "", "", "", {7}}, {"}{\"][", "", "", "", {}}, {"a", "", "", "", {7}}});
    expect_refused(one + "\n" + one + " x", "x (document 3):1:");
    expect_refused(one + R"( {"status": )", "x (document 2):1:13: the document ends too early");
    expect_refused(" \n", "x: empty; wanted is");
}

TEST(ContainerForms, ProcessesHaveTimes) {
    Container container{"a", "", "", "", {7, 8}};
    container.stays = {{7, 1000, 2000}, {7, 3000, {}}};
    expect_read(R"({"containers": [{"id": "a", "pids": [7, 8], "processes": [
        {"pid": 7, "from_ms": 1000, "until_ms": 2000}, {"pid": 7, "from_ms": 3000, "until_ms": null}]}]})",
                {container});
}

TEST(ContainerForms, WhatIsTooLargeIsRefusedWithWhatIsSmaller) {
    expect_refused(std::string(containers_max_bytes + 1, ' '),
                   "x: 67108865 bytes, more than the 67108864 that are read");
    try {
        read_containers("[" + std::string(containers_max_bytes, ' ') + "]", "x");
        ADD_FAILURE();
    } catch (const Error& error) {
        EXPECT_NE(std::string(error.what()).find("--field-selector spec.nodeName="), std::string::npos)
            << error.what();
    }
}

TEST(Joined, NamesComeFromOneFileAndPidsFromAnother) {
    const Snapshot pids{
        "pids", {{"aa", "", "", "", {7}}, {"bb", "", "", "k8s_web", {8}}, {"zz", "", "", "box", {9}}}};
    const Joined found = joined({pids, {"names", of_front}});
    const Containers expected{{"a0", "shop", "front-0", "web", {}},
                              {"aa", "shop", "front-0", "web", {7}},
                              {"bb", "shop", "front-0", "setup", {8}},
                              {"cc", "shop", "front-0", "debug", {}},
                              {"zz", "", "", "box", {9}}};
    EXPECT_EQ(found.containers, expected);
    EXPECT_TRUE(found.contradictions.empty());
    EXPECT_EQ(joined({{"names", of_front}, pids}).containers, expected) << "in any order";
}

TEST(Joined, WhatContradictsIsSaidAndNotUsed) {
    const auto said = [](const Container& one, const Container& other) {
        const Joined found = joined({{"one", {one}}, {"other", {other}}, {"one", {one}}});
        EXPECT_EQ(found.containers.size(), 1U);
        EXPECT_EQ(container_label(found.containers.front()), found.contradictions.empty() ? "n/p/c" : "a");
        return found.contradictions;
    };
    using Strings = std::vector<std::string>;
    EXPECT_EQ(said({"a", "n", "p", "c", {}}, {"a", "n", "q", "c", {}}),
              Strings{"container a is n/p/c in one and n/q/c in other: it goes by its id."});
    EXPECT_EQ(said({"a", "n", "p", "c", {}}, {"a", "n", "p", "d", {}}).size(), 1U);
    EXPECT_EQ(said({"a", "", "", "c", {}}, {"a", "", "", "d", {}}).size(), 1U);
    EXPECT_EQ(said({"a", "n", "p", "c", {}}, {"a", "n", "p", "", {}}), Strings{});
    EXPECT_EQ(said({"a", "n", "p", "c", {}}, {"a", "", "", "d", {}}), Strings{})
        << "a pod's name is the better one";
}

TEST(Joined, APidOfTwoContainersIsSaid) {
    std::vector<Container> first, second;
    for (std::int32_t pid = 1; pid <= 7; ++pid) {
        first.push_back({"a" + std::to_string(pid), "", "", "", {pid}});
        second.push_back({"b" + std::to_string(pid), "", "", "web", {pid}});
    }
    const auto found = joined({{"x", first}, {"y", second}}).contradictions;
    ASSERT_EQ(found.size(), 6U);
    EXPECT_EQ(found[0],
              "pid 1 is in a1 and in web (b1): its records are left out. Were they seen at different times?");
    EXPECT_EQ(found[5], "2 more pids are in two containers.");
    const Container timed{"c", "", "", "", {1}, {{1, 1000, 2000}}};
    EXPECT_TRUE(joined({{"x", {first[0]}}, {"y", {timed}}}).contradictions.empty());
}

TEST(Joined, StaysAreJoinedByTheirStart) {
    const Container running{"a", "", "", "", {7}, {{7, 1000, {}}}};
    const Container ended{"a", "", "", "", {7}, {{7, 1010, 5000}, {7, 9000, {}}}};
    const std::vector<Stay> expected{{7, 1000, 5000}, {7, 9000, {}}};
    EXPECT_EQ(joined({{"x", {running}}, {"y", {ended}}}).containers.front().stays, expected);
}

}  // namespace
}  // namespace scgen
