#include "scgen/observe/container.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "scgen/error.hpp"
#include "scgen/observe/attribution.hpp"
#include "support/seccomp_record.hpp"

namespace scgen {
namespace {

using Records = std::vector<SeccompRecord>;
using Pids = std::set<std::int32_t>;

constexpr std::int32_t clone_nr = 56;  // x86_64

TEST(Containers, AreReadInEveryForm) {
    struct Case {
        std::string json;
        Container expected;
    };
    const Case cases[] = {
        {R"({"containers": [{"id": "a", "namespace": "n", "pod": "p", "container": "c", "runtime": "runc", "pids": [7, 8]}]})",
         {"a", "n", "p", "c", {7, 8}}},
        {R"({"containers": [{"id": "a", "pids": []}]})", {"a", "", "", "", {}}},
        {R"([{"ociVersion": "1.0.2", "id": "a", "pid": 7, "status": "running", "annotations": {
            "io.kubernetes.cri.sandbox-namespace": "n", "io.kubernetes.cri.sandbox-name": "p",
            "io.kubernetes.cri.container-name": "c"}}])",
         {"a", "n", "p", "c", {7}}},
        {R"([{"ociVersion": "1.0.2", "id": "a", "pid": 7, "annotations": {"io.kubernetes.pod.namespace": "n",
            "io.kubernetes.pod.name": "p", "io.kubernetes.container.name": "c"}}])",
         {"a", "n", "p", "c", {7}}},
        {R"({"ociVersion": "1.0.2", "id": "box", "pid": 0, "status": "stopped"})", {"box", "", "", "", {}}},
        {R"({"status": {"id": "a", "metadata": {"name": "c"}, "labels": {"io.kubernetes.pod.namespace": "n",
            "io.kubernetes.pod.name": "p"}}, "info": {"pid": 7}})",
         {"a", "n", "p", "c", {7}}},
        {R"([{"Id": "a", "Name": "/web", "State": {"Pid": 7}, "Config": {"Labels": null}}])",
         {"a", "", "", "web", {7}}},
        {R"([{"Id": "a", "Name": "web", "State": {"Pid": 7}}])", {"a", "", "", "web", {7}}},
    };
    for (const Case& each : cases) {
        const auto read = read_containers(each.json, "x");
        ASSERT_EQ(read.size(), 1U) << each.json;
        EXPECT_EQ(read.front(), each.expected) << each.json;
    }
}

TEST(Containers, WhatIsNoneIsRefusedWithItsPlace) {
    const std::pair<std::string, std::string> cases[] = {
        {"null", "x: an object is wanted"},
        {R"({"containers": [{"id": "a", "pids": [7], "processes": [{"pid": 8}]}]})",
         "x: /containers/0/processes/0/pid: this is none of the \"pids\""},
        {R"({"containers": [{"id": "a", "pids": [7], "processes": [{}]}]})",
         "x: /containers/0/processes/0: the process has no pid"},
        {R"({"containers": [{"id": "a", "pids": [7], "processes": [{"pid": 7, "from_ms": "now"}]}]})",
         "x: /containers/0/processes/0/from_ms: milliseconds"},
        {R"({"containers": [{"id": "a", "pids": [7], "processes": [{"pid": 7, "from_ms": -9223372036854775808}]}]})",
         "x: /containers/0/processes/0/from_ms: milliseconds"},
        {R"({"containers": [{"id": "a", "pids": [7], "processes": [{"pid": 7, "until_ms": 253402300800000}]}]})",
         "x: /containers/0/processes/0/until_ms: milliseconds"},
        {"[]", "x: there is no container in it"},
        {"[{}]", "x: /0: this is no container"},
        {"[7]", "x: /0: an object is wanted"},
        {R"([{"status": "running"}])", "x: /0: this is no container"},
        {R"({"containers": {}})", "x: /containers: an array is wanted"},
        {R"({"containers": [{"id": "a"}]})", "x: /containers/0: no \"pids\""},
        {R"({"containers": [{"pids": []}]})", "x: /containers/0/id: the container has no id"},
        {R"({"containers": [{"id": "a", "pids": [true]}]})",
         "x: /containers/0/pids/0: a process number is wanted"},
        {R"({"containers": [{"id": "a", "pids": [2147483648]}]})",
         "x: /containers/0/pids/0: a process number"},
        {R"({"containers": [{"id": "a", "pids": [7.5]}]})", "x: /containers/0/pids/0: a process number"},
        {R"([{"ociVersion": "1", "id": "a", "pid": -1}])", "x: /0/pid: a process number is wanted"},
        {R"([{"ociVersion": "1", "id": "a", "annotations": []}])", "x: /0/annotations: an object is wanted"},
        {R"([{"Id": 7, "State": {}}])", "x: /0/Id: a string is wanted"},
        {R"({"status": {"id": "a", "labels": {"io.kubernetes.pod.name": 7}}})",
         "x: /status/labels/io.kubernetes.pod.name: a string is wanted"},
    };
    for (const auto& [json, expected] : cases) {
        try {
            read_containers(json, "x");
            ADD_FAILURE() << json;
        } catch (const Error& error) {
            EXPECT_EQ(std::string(error.what()).substr(0, expected.size()), expected) << json;
        }
    }
}

TEST(Containers, AreNamedByPod) {
    EXPECT_EQ(container_label({"id", "n", "p", "c", {}}), "n/p/c");
    EXPECT_EQ(container_label({"id", "n", "p", "", {}}), "n/p/id");
    EXPECT_EQ(container_label({"id", "", "", "c", {}}), "c");
    EXPECT_EQ(container_label({"id", "", "", "", {}}), "id");
    EXPECT_EQ(pod_label({"id", "n", "p", "c", {}}), "n/p");
    EXPECT_EQ(pod_label({"id", "", "", "c", {}}), "c");
}

TEST(Containers, SnapshotsAreJoinedById) {
    const Container bare{"a", "", "", "", {1}};
    const Container named{"a", "n", "p", "c", {2}};
    const Container other{"b", "", "", "web", {3}};
    const std::vector<Container> expected{{"a", "n", "p", "c", {1, 2}}, other};
    EXPECT_EQ(joined({{"x", {bare, other}}, {"y", {named}}}).containers, expected);
    EXPECT_EQ(joined({{"x", expected}, {"y", expected}}).containers, expected);
    const Container stays{"a", "", "", "", {8}, {{8, {}, 2000}, {8, {}, 2600}, {8, 9000, {}}}};
    const Container once{"a", "", "", "", {8}, {{8, {}, 2600}, {8, 9000, {}}}};
    EXPECT_EQ(joined({{"x", {stays}}}).containers, std::vector{once});
    EXPECT_EQ(joined({{"x", {stays}}, {"y", {stays}}}).containers, std::vector{once});
    EXPECT_EQ(joined({{"x", {named}}, {"y", {other, bare}}}).containers, expected);
}

SeccompRecord call(std::int32_t pid, std::string comm, std::int32_t nr, double at, std::string exe = "/sh") {
    return {.pid = pid, .exe = std::move(exe), .comm = std::move(comm), .nr = nr, .at = at};
}

SeccompRecord startup(std::int32_t pid, double at) {
    return call(pid, "runc:[2:INIT]", 0, at, "/");
}

Attribution of(const Records& records, const std::vector<Container>& containers,
               const Selection& selection = {}, GroupBy group_by = GroupBy::container) {
    Observations seen;
    std::uint32_t serial = 0;
    for (SeccompRecord record : records) {
        record.serial = ++serial;
        seen.add(record.record(), record.moment(), true);
    }
    return attribute(seen, group_by, selection, containers);
}

const std::vector<Container> two{{"a", "n", "p", "one", {10}}, {"b", "n", "q", "two", {20}}};

TEST(Placement, SaysWhatThePidsAndTheForksShow) {
    struct Case {
        const char* title;
        Records records;
        std::vector<Container> containers;
        std::map<std::string, Pids> expected;
        Pids unplaced;
    };
    const Case cases[] = {
        {"the same comm in two containers",
         {call(10, "sh", 1, 1), call(20, "sh", 2, 1)},
         two,
         {{"n/p/one", {10}}, {"n/q/two", {20}}},
         {}},
        {"a pid that nothing lists",
         {call(10, "a", 1, 1), call(30, "b", 1, 2)},
         two,
         {{"n/p/one", {10}}},
         {30}},
        {"a pid of two containers",
         {call(10, "a", 1, 1), call(20, "b", 1, 2)},
         {{"a", "", "", "one", {10, 20}}, {"b", "", "", "two", {20}}},
         {{"one", {10}}},
         {20}},
        {"a pid with two lives",
         {startup(10, 1), call(10, "a", 1, 2), startup(10, 5), call(10, "b", 1, 6), call(20, "c", 1, 7)},
         two,
         {{"n/q/two", {20}}},
         {10}},
        {"a pid with two lives, and the time of one",
         {startup(10, 1), call(10, "a", 1, 2), startup(10, 50), call(10, "b", 1, 51)},
         {{"a", "n", "p", "one", {10}, {{10, 500, 40'000}}},
          {"b", "n", "q", "two", {10}, {{10, 49'000, {}}}}},
         {{"n/p/one", {10}}, {"n/q/two", {10}}},
         {}},
        {"two lives within one time",
         {startup(10, 1), call(10, "a", 1, 2), startup(10, 5), call(10, "b", 1, 6)},
         {{"a", "n", "p", "one", {10}, {{10, 500, {}}}}},
         {},
         {10}},
        {"a child, and the child's",
         {startup(10, 1), call(10, "sh", clone_nr, 2), call(11, "sh", 1, 3),
          call(11, "make", clone_nr, 4, "/make"), call(12, "make", 1, 5, "/make"),
          call(12, "cc", 2, 6, "/cc")},
         two,
         {{"n/p/one", {10, 11, 12}}},
         {}},
        {"a child of either",
         {call(10, "sh", clone_nr, 1), call(20, "sh", clone_nr, 1), call(11, "sh", 1, 3)},
         two,
         {{"n/p/one", {10}}, {"n/q/two", {20}}},
         {11}},
        {"a child of a container that is not listed",
         {startup(30, 1), call(30, "sh", clone_nr, 2), call(10, "sh", clone_nr, 2), call(11, "sh", 1, 3)},
         two,
         {{"n/p/one", {10}}},
         {11, 30}},
        {"one that was there before any fork",
         {call(11, "sh", 1, 1), call(10, "sh", clone_nr, 2), call(12, "sh", 1, 3)},
         two,
         {{"n/p/one", {10}}},
         {11, 12}},
        {"no fork at all", {call(10, "sh", 1, 1), call(11, "sh", 1, 3)}, two, {{"n/p/one", {10}}}, {11}},
        {"one that a runtime started",
         {call(10, "sh", clone_nr, 1), startup(11, 2), call(11, "sh", 1, 3)},
         two,
         {{"n/p/one", {10}}},
         {11}},
        {"no container", {call(10, "sh", 1, 1)}, {}, {}, {10}},
    };
    for (const Case& each : cases) {
        const Attribution found = of(each.records, each.containers);
        std::map<std::string, Pids> actual;
        for (const Workload& workload : found.workloads)
            actual[workload.name] = workload.pids;
        EXPECT_EQ(actual, each.expected) << each.title;
        EXPECT_EQ(found.unplaced.pids, each.unplaced) << each.title;
        EXPECT_FALSE(found.unplaced.several_hosts) << each.title;
    }
}

TEST(Placement, GoesByLabelWhereNothingBetterDoes) {
    const auto labelled = [](std::int32_t pid, std::string subj) {
        SeccompRecord record = call(pid, "sh", 1, 1);
        record.subj = std::move(subj);
        return record;
    };
    const std::string type = "system_u:system_r:container_t:";
    const Attribution found = of(
        {labelled(10, type + "s0:c1,c2"), labelled(11, type + "s0:c1,c2"), labelled(30, type + "s0:c3,c4"),
         labelled(31, type + "s0:c3,c4"), labelled(32, type + "s0:c5"), labelled(33, type + "s0-s0:c0.c1023"),
         labelled(34, "system_u:system_r:sshd_t:s0:c3,c4"), labelled(35, "a:b:c")},
        two);
    std::map<std::string, Pids> actual;
    for (const Workload& workload : found.workloads)
        actual[workload.name] = workload.pids;
    const std::map<std::string, Pids> expected{{"n/p/one", {10}}, {"SELinux s0:c3,c4", {30, 31}}};
    EXPECT_EQ(actual, expected);
    EXPECT_EQ(found.unplaced.pids, (Pids{11, 32, 33, 34, 35}))
        << "a label that an id bears, too, adds nothing to it";

    const auto unplaced = [&](const Selection& selection) {
        return of({labelled(10, ""), labelled(30, type + "s0:c3,c4")}, two, selection).unplaced.pids;
    };
    EXPECT_EQ(unplaced({.container = {"one"}}), Pids{30}) << "it may be the one that is asked for";
    EXPECT_EQ(unplaced({.pod = {"n/p"}}), Pids{30});
    EXPECT_EQ(unplaced({.container = {"one", "*s0:c3,c4"}}), Pids{});
}

TEST(Placement, CountsWhatItLeavesOut) {
    const Attribution found =
        of({call(10, "a", 1, 1), call(30, "b", 1, 2), call(30, "b", 2, 3), call(31, "c", 1, 4)}, two);
    EXPECT_EQ(found.unplaced.records, 3U);
    EXPECT_EQ(found.unplaced.processes, 2U);
    EXPECT_EQ(of({call(30, "b", 1, 2)}, two, {}, GroupBy::comm).unplaced.processes, 0U)
        << "nobody asked for containers";
}

TEST(Placement, OfSeveralHostsIsNone) {
    SeccompRecord here = call(10, "a", 1, 1);
    here.host = "node-1";
    SeccompRecord there = call(20, "b", 1, 2);
    there.host = "node-2";
    const Attribution found = of({here, there}, two);
    EXPECT_TRUE(found.workloads.empty());
    EXPECT_TRUE(found.unplaced.several_hosts);
    EXPECT_EQ(of({here}, two).workloads.size(), 1U);
}

TEST(ContainerSelection, FitsNameLabelIdAndPod) {
    const std::string id(64, 'e');
    const std::vector<Container> containers{{id, "shop", "front-0", "web", {10}}, {"b", "", "", "db", {20}}};
    const Records records{call(10, "x", 1, 1), call(20, "x", 2, 1)};
    const std::pair<Selection, Pids> cases[] = {
        {{.container = {"web"}}, {10}},
        {{.container = {"w*", "db"}}, {10, 20}},
        {{.container = {"shop/front-0/web"}}, {10}},
        {{.container = {id}}, {10}},
        {{.container = {std::string(12, 'e')}}, {10}},
        {{.container = {std::string(11, 'e')}}, {}},
        {{.pod = {"shop/front-0"}}, {10}},
        {{.pod = {"*/front-?"}}, {10}},
        {{.pod = {"*/db"}}, {}},
        {{.pid = {20}, .container = {"web"}}, {}},
    };
    for (const auto& [selection, expected] : cases) {
        Pids pids;
        for (const Workload& workload : of(records, containers, selection, GroupBy::all).workloads)
            pids.insert(workload.pids.begin(), workload.pids.end());
        EXPECT_EQ(pids, expected) << (selection.container.empty() ? "--pod" : selection.container.front());
    }
    const Attribution none = of(records, containers, {.container = {"wbe"}});
    ASSERT_EQ(none.unmatched.size(), 1U);
    EXPECT_EQ(none.unmatched.front().option, "--container");
}

}  // namespace
}  // namespace scgen
