#include "scgen/observe/roster.hpp"

#include <gtest/gtest.h>

#include <ctime>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "scgen/error.hpp"
#include "support/node_tree.hpp"

namespace scgen {
namespace {

using Kind = ProcessEvent::Kind;
using Pids = std::set<std::int32_t>;

const std::string a(64, 'a');
const std::string b(64, 'b');

/// When NodeTree's processes begin that say nothing else.
std::int64_t begin_ms() {
    timespec boot{}, real{};
    ::clock_gettime(CLOCK_BOOTTIME, &boot);
    ::clock_gettime(CLOCK_REALTIME, &real);
    return (real.tv_sec - boot.tv_sec) * 1000 + (real.tv_nsec - boot.tv_nsec) / 1'000'000 + 1000;
}

struct Node {
    NodeTree tree;
    Roster roster{tree.root()};
    std::int64_t begin = begin_ms();

    void scan(std::int64_t at = 0, bool afresh = false) { roster.scan(begin + at, afresh); }
    void fork(std::int32_t parent, std::int32_t child, std::int64_t at) {
        roster.take({Kind::fork, child, parent, false, begin + at});
    }
    void exec(std::int32_t pid, std::int64_t at) { roster.take({Kind::exec, pid, 0, false, begin + at}); }
    void change(std::int32_t pid, std::int64_t at) { roster.take({Kind::change, pid, 0, false, begin + at}); }
    void exit(std::int32_t pid, std::int64_t at, bool thread = false) {
        roster.take({Kind::exit, pid, 0, thread, begin + at});
    }
    std::string find(std::int32_t pid, std::int64_t at) const {
        const Container* const container = roster.find(pid, begin + at);
        return container == nullptr ? "" : container->id;
    }
    Pids pids(const std::string& id) {
        for (const Container& container : roster.containers().containers)
            if (container.id == id) return container.pids;
        return {};
    }
};

TEST(Roster, ScansWhatRuns) {
    Node node;
    node.tree.process(10, "/docker/" + a);
    node.tree.process(11, "/docker/" + a + "/inner");
    node.tree.process(12, "/user.slice");
    node.tree.file("proc/self-made/cgroup", "0::/docker/" + a);
    node.tree.file("proc/1234567890/cgroup", "0::/docker/" + a);
    node.scan();
    EXPECT_EQ(node.pids(a), (Pids{10, 11}));
    const NodeContainers found = node.roster.containers();
    ASSERT_EQ(found.containers.size(), 1U);
    ASSERT_EQ(found.containers[0].stays.size(), 2U);
    EXPECT_NEAR(static_cast<double>(*found.containers[0].stays[0].from_ms), static_cast<double>(node.begin),
                50);
    EXPECT_FALSE(found.containers[0].stays[0].until_ms);
    EXPECT_THROW(Roster(node.tree.root() + "/proc").scan(0, false), Error);
}

TEST(Roster, PollingSeesWhoComesAndGoes) {
    Node node;
    node.tree.process(10, "/docker/" + a);
    node.scan();
    node.tree.process(11, "/docker/" + a, 200);
    node.tree.process(12, "/", 200);
    node.scan(1000);
    node.tree.ends(10);
    node.tree.process(12, "/docker/" + b, 200);
    node.scan(2000);
    EXPECT_EQ(node.pids(a), (Pids{10, 11}));
    EXPECT_EQ(node.pids(b), Pids{12}) << "a process that a runtime moved while it was young";
    EXPECT_EQ(node.find(10, 1500), a);
    EXPECT_EQ(node.find(10, 9000), "") << "it has ended";
    EXPECT_EQ(node.find(11, -5000), "") << "it had not begun";
    node.tree.process(10, "/docker/" + b, 900);
    node.scan(8000);
    EXPECT_EQ(node.find(10, 1000), a);
    EXPECT_EQ(node.find(10, 9000), b) << "the number's second life";
    node.tree.process(12, "/docker/" + a, 1500);
    node.scan(16'000, true);
    EXPECT_EQ(node.find(12, 1000), b);
    EXPECT_EQ(node.find(12, 30'000), a) << "given to another between two scans";
}

TEST(Roster, ChildrenThatAreGoneAreWhereTheirParentWas) {
    Node node;
    node.tree.process(10, "/docker/" + a);
    node.scan();
    node.fork(10, 20, 500);
    node.fork(20, 21, 510);
    node.exec(21, 520);
    node.exit(21, 530);
    node.exit(20, 540);
    EXPECT_EQ(node.pids(a), (Pids{10, 20, 21}));
    EXPECT_EQ(node.find(21, 525), a);
    EXPECT_EQ(node.find(21, 5000), "");
    node.fork(1, 21, 60'000);
    EXPECT_EQ(node.find(21, 60'000), "") << "the number is somebody else's now";
    EXPECT_EQ(node.find(21, 525), a);
    node.fork(77, 78, 600);
    EXPECT_EQ(node.find(78, 600), "") << "of an unknown parent";
}

TEST(Roster, ContainersStartersAreLookedUpUntilTheyAreIn) {
    Node node;
    node.tree.process(5, "/system.slice/containerd.service");
    node.scan();
    node.tree.process(10, "/system.slice/containerd.service");
    node.fork(5, 10, 100);
    node.tree.process(10, "/docker/" + a);
    node.change(10, 110);
    EXPECT_EQ(node.find(10, 110), a);
    node.tree.process(11, "/", 0);
    node.fork(5, 11, 200);
    node.tree.process(11, "/docker/" + b);
    node.exec(11, 210);
    EXPECT_EQ(node.find(11, 210), b);
    // runc's first child is moved, and its own may be gone before they are looked up.
    node.tree.process(12, "/");
    node.fork(5, 12, 300);
    node.tree.process(12, "/docker/" + a);
    node.fork(12, 13, 310);
    EXPECT_EQ(node.find(13, 310), a);
    EXPECT_EQ(node.find(12, 310), a);
}

TEST(Roster, AJoiningProcessMovesWithItsExec) {
    Node node;
    node.tree.process(10, "/docker/" + a);
    node.scan();
    node.tree.process(11, "/docker/" + a + "/docker/" + b);
    node.fork(10, 11, 100);
    EXPECT_EQ(node.find(11, 100), a) << "born in the outer container";
    node.exec(11, 110);
    EXPECT_EQ(node.find(11, 120), b) << "and moved to the inner one";
}

TEST(Roster, ThreadsMayOutlastTheFirst) {
    Node node;
    node.tree.process(10, "/docker/" + a);
    node.scan();
    node.exit(10, 1000, true);
    EXPECT_EQ(node.find(10, 8000), a) << "one thread of several has ended";
    node.exit(10, 2000);
    EXPECT_EQ(node.find(10, 8000), "");
    node.exit(10, 9000, true);
    EXPECT_EQ(node.find(10, 8000), a) << "another went on";
    node.exit(10, 10'000);
    node.exec(10, 10'000);
    EXPECT_EQ(node.find(10, 60'000), a) << "a thread that starts a program takes the first one's number";
}

TEST(Roster, NewsOfWhatAScanSawIsNoSecondLife) {
    Node node;
    node.tree.process(10, "/docker/" + a);
    node.tree.process(11, "/docker/" + a);
    node.scan();
    node.fork(10, 11, 5);
    const auto found = node.roster.containers().containers;
    EXPECT_EQ(found.at(0).stays.size(), 2U);
}

TEST(Roster, ARecordMayTellOfAProcessFirst) {
    Node node;
    node.scan();
    node.tree.process(10, "/docker/" + a, 200);
    node.roster.look(10, node.begin + 3000, false);
    EXPECT_EQ(node.find(10, 3000), a);
    node.tree.process(11, "/docker/" + a, 2000);
    node.roster.look(11, node.begin + 3000, false);
    EXPECT_EQ(node.find(11, 3000), "") << "it began after the record";
    EXPECT_EQ(node.pids(a), Pids{10});
    node.roster.look(12, node.begin + 3000, false);
    EXPECT_EQ(node.find(12, 3000), "") << "it is gone";
    node.tree.process(13, "/", 200);
    node.roster.look(13, node.begin + 3000, false);
    node.tree.process(13, "/docker/" + b, 200);
    node.roster.look(13, node.begin + 3000, false);
    EXPECT_EQ(node.find(13, 3000), "");
    node.roster.look(13, node.begin + 3000, true);
    EXPECT_EQ(node.find(13, 3000), b) << "a runtime's start-up";
}

TEST(Roster, AGroupInAContainerIsNotAnotherContainer) {
    for (const bool first : {false, true}) {
        Node node;
        if (first) node.tree.process(5, "/docker/" + a + "/" + b);
        node.tree.process(10, "/docker/" + a);
        node.tree.process(20, "/docker/" + b);
        node.scan();
        node.tree.process(6, "/docker/" + a + "/deep/" + b);
        node.scan(100);
        node.fork(10, 7, 200);
        node.tree.process(7, "/docker/" + a + "/" + b);
        node.exec(7, 210);
        EXPECT_EQ(node.pids(b), Pids{20});
        EXPECT_EQ(node.pids(a), first ? (Pids{5, 6, 7, 10}) : (Pids{6, 7, 10}));
        EXPECT_EQ(node.roster.containers().pretended, std::set<std::string>{b});
    }
}

TEST(Roster, ContainersInContainersAreTheirOwn) {
    Node node;
    node.tree.process(10, "/docker/" + a);
    node.tree.process(20, "/docker/" + a + "/docker/" + b);
    node.scan();
    EXPECT_EQ(node.pids(a), Pids{10});
    EXPECT_EQ(node.pids(b), Pids{20});
    EXPECT_TRUE(node.roster.containers().pretended.empty());
}

std::string label_of(Node& node, const std::string& id = a) {
    node.roster.name_containers();
    for (const Container& container : node.roster.containers().containers)
        if (container.id == id) return container_label(container);
    return "none";
}

TEST(RosterNames, ComeFromWhereverTheNodeHasThem) {
    const std::string uid = "7c3cd63a-770d-5463-7898-09a10ab23eef";
    const std::string group = "/kubepods/burstable/pod" + uid + "/" + a;
    const auto label = [&group](const auto& prepare) {
        Node node;
        node.tree.process(10, group);
        prepare(node.tree);
        node.scan();
        return label_of(node);
    };
    EXPECT_EQ(label([](const NodeTree&) {}), a);
    EXPECT_EQ(label([](const NodeTree& tree) {
                  tree.file(
                      "run/runc/" + a + "/state.json",
                      R"({"config": {"labels": ["io.kubernetes.pod.name=p", "io.kubernetes.pod.namespace=n",
                                "io.kubernetes.container.name=c"]}})");
              }),
              "n/p/c");
    EXPECT_EQ(
        label([](const NodeTree& tree) {
            tree.file(
                "run/crun/" + a + "/config.json",
                R"({"annotations": {"io.kubernetes.cri.sandbox-name": "p", "io.kubernetes.cri.sandbox-namespace":
                                "n", "io.kubernetes.cri.container-name": "c"}})");
        }),
        "n/p/c");
    EXPECT_EQ(label([](const NodeTree& tree) {
                  tree.file("var/lib/docker/containers/" + a + "/config.v2.json",
                            R"({"Name": "/web", "Config": {}})");
              }),
              "web");
    EXPECT_EQ(label([](const NodeTree& tree) {
                  tree.file("var/lib/containers/storage/overlay-containers/containers.json",
                            R"([{"id": "x", "names": ["y"]}, {"id": ")" + a + R"(", "names": ["web"]}])");
              }),
              "web");
    EXPECT_EQ(label([](const NodeTree& tree) { tree.file("var/log/containers/p.q_n_c-d-" + a + ".log"); }),
              "n/p.q/c-d");
    EXPECT_EQ(label([](const NodeTree& tree) {
                  tree.file("var/log/containers/p_n_c-" + a.substr(0, 40) + ".log");
              }),
              "n/p/c")
        << "a name that was too long for the file system";
    EXPECT_EQ(label([&uid](const NodeTree& tree) { tree.file("var/log/pods/n_p_" + uid + "/c/0.log"); }),
              "n/p/" + a)
        << "of which container of the pod, the log does not tell";
    EXPECT_EQ(label([](const NodeTree& tree) {
                  tree.link("var/log/pods/n_p_x/c/0.log",
                            "/var/lib/docker/containers/" + a + "/" + a + "-json.log");
              }),
              "n/p/c");
}

TEST(RosterNames, AreNotTakenFromOtherFiles) {
    Node node;
    node.tree.process(10, "/docker/" + a);
    for (const std::string& name :
         {"p_n_c-" + b + ".log", "p_n_c-" + a, "p_n_" + a + ".log", "p_n_c_d-" + a + ".log",
          "_n_c-" + a + ".log", "p_n_c-" + a.substr(0, 11) + ".log", "p_n_c-" + a.substr(1) + "z.log",
          std::string("x.log")})
        node.tree.file("var/log/containers/" + name);
    node.tree.file("var/log/pods/n_p/c/0.log");
    node.tree.link("var/log/pods/n_p_x/c/0.log", "/elsewhere/" + a.substr(1) + "-json.log");
    node.tree.file("run/runc/" + a + "/state.json", R"({"config": )");
    node.scan();
    EXPECT_EQ(label_of(node), a);
    EXPECT_EQ(node.roster.containers().faults.size(), 1U);
}

TEST(RosterNames, OfAContainerThatEndsSoonAreTakenInTime) {
    Node node;
    node.scan();
    node.tree.process(10, "/web");
    node.tree.file("run/runc/web/x");
    node.fork(1, 10, 100);
    node.tree.file("run/runc/web/state.json",
                   R"({"config": {"labels": ["io.kubernetes.pod.name=p", "io.kubernetes.pod.namespace=n",
                       "io.kubernetes.container.name=c"]}})");
    node.exec(10, 110);
    std::filesystem::remove_all(node.tree.root() + "/run");
    node.tree.ends(10);
    node.exit(10, 120);
    EXPECT_EQ(label_of(node, "web"), "n/p/c");
}

TEST(RosterNames, ComeLater) {
    Node node;
    node.tree.file("run/runc/web/x");
    node.tree.process(10, "/web");
    node.scan();
    EXPECT_EQ(label_of(node, "web"), "web");
    node.tree.file(
        "run/runc/web/state.json",
        R"({"config": {"labels": ["io.kubernetes.pod.name=p", "io.kubernetes.pod.namespace=n"]}})");
    EXPECT_EQ(label_of(node, "web"), "n/p/web");
    node.tree.process(11, "/box", 200);
    node.scan(100);
    EXPECT_EQ(node.pids("box"), Pids{});
    node.tree.file("run/crun/box/status");
    node.scan(200);
    EXPECT_EQ(node.pids("box"), Pids{11}) << "its runtime writes of it after it is there";
}

}  // namespace
}  // namespace scgen
