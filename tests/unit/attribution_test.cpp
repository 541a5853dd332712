#include "scgen/observe/attribution.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "support/seccomp_record.hpp"

namespace scgen {
namespace {

using Records = std::vector<SeccompRecord>;
using Numbers = std::set<std::int32_t>;
using Strings = std::vector<std::string>;

Attribution of(const Records& records, GroupBy group_by = GroupBy::comm, const Selection& selection = {}) {
    Observations seen;
    std::uint32_t serial = 0;
    for (SeccompRecord record : records) {
        record.serial = ++serial;
        seen.add(record.record(), record.moment(), true);
    }
    return attribute(seen, group_by, selection);
}

Numbers numbers(const std::map<Observed, Evidence>& calls) {
    Numbers all;
    for (const auto& [what, evidence] : calls)
        all.insert(what.syscall.nr);
    return all;
}

Strings names(const Attribution& attribution) {
    Strings all;
    for (const Workload& workload : attribution.workloads)
        all.push_back(workload.name);
    return all;
}

const Workload& workload(const Attribution& attribution, const std::string& name) {
    static const Workload none;
    for (const Workload& each : attribution.workloads)
        if (each.name == name) return each;
    ADD_FAILURE() << "no workload " << name;
    return none;
}

SeccompRecord call(std::int32_t pid, std::string exe, std::string comm, std::int32_t nr, double at) {
    return {.pid = pid, .exe = std::move(exe), .comm = std::move(comm), .nr = nr, .at = at};
}

/// What Java 17 was seen doing when it runs echo: the child is java, then jspawnhelper, then echo.
Records java_spawning_echo(double at) {
    return {call(14176, "/opt/jvm/bin/java", "java", 1, at),
            call(14176, "/opt/jvm/bin/java", "VM Thread", 2, at + 1),
            call(14176, "/opt/jvm/bin/java", "pool worker #1", 3, at + 2),
            call(14199, "/opt/jvm/bin/java", "java", 4, at + 3),
            call(14199, "/opt/jvm/lib/jspawnhelper", "jspawnhelper", 5, at + 3),
            call(14199, "/usr/bin/echo", "echo", 6, at + 3)};
}

TEST(RuntimeOfComm, KnowsStartUpFromEverythingElse) {
    const std::pair<const char*, const char*> cases[] = {{"runc:[2:INIT]", "runc"},
                                                         {"runc:[1:CHILD]", "runc"},
                                                         {"runc:[0:PARENT]", "runc"},
                                                         {"crun", "crun"},
                                                         {"youki:[2:INIT]", "youki"},
                                                         {"runc", ""},
                                                         {"runcible", ""},
                                                         {"crunch", ""},
                                                         {"youki", ""},
                                                         {"", ""},
                                                         {"scrun", ""}};
    for (const auto& [comm, runtime] : cases)
        EXPECT_EQ(runtime_of_comm(comm), runtime) << comm;
}

TEST(Attribution, NothingSeenIsNothing) {
    const Attribution none = of({});
    EXPECT_TRUE(none.workloads.empty());
    EXPECT_TRUE(none.unattributed.calls.empty());
    EXPECT_EQ(none.unattributed.records(), 0U);
    EXPECT_EQ(none.unattributed.first(), Moment{});
}

TEST(Attribution, ThreadsBelongToTheirProcess) {
    const Attribution all = of(java_spawning_echo(10), GroupBy::comm, {.comm = {"java"}});
    ASSERT_EQ(names(all), Strings{"java"});
    EXPECT_EQ(numbers(all.workloads[0].calls), (Numbers{1, 2, 3}))
        << "selected by one thread's name, taken whole";
    EXPECT_EQ(all.workloads[0].comms, (std::set<std::string>{"VM Thread", "java", "pool worker #1"}));
    EXPECT_EQ(all.workloads[0].records(), 3U);
    EXPECT_EQ(all.workloads[0].first(), (Moment{10'000, 1}));
    EXPECT_EQ(all.workloads[0].last(), (Moment{12'000, 3}));
}

TEST(Attribution, TellsWhoMadeACall) {
    Records records{call(7, "/a", "worker", 1, 2), call(7, "/a", "a", 1, 1), call(7, "/a", "a", 2, 3)};
    for (std::int32_t pid = 100; pid < 120; ++pid)
        records.push_back(call(pid, "/a", "a", 1, 4));
    const Attribution all = of(records);
    const auto& callers = workload(all, "a").callers;
    ASSERT_EQ(callers.size(), 2U);
    const Callers& first = callers.begin()->second;
    EXPECT_EQ(first.processes, 21U);
    EXPECT_EQ(first.pids.size(), Callers::most);
    EXPECT_EQ(first.pids.front(), 7);
    EXPECT_EQ(first.comms, (std::set<std::string>{"a", "worker"}));
    EXPECT_FALSE(first.more_comms);
    EXPECT_EQ(first.first_pid, 7);
    EXPECT_EQ(first.first_comm, "a");
    const Callers& second = callers.rbegin()->second;
    EXPECT_EQ(second.pids, std::vector<std::int32_t>{7});
    EXPECT_EQ(second.comms, std::set<std::string>{"a"});
}

TEST(Attribution, AThreadsNameSelectsItsProcess) {
    const Attribution all = of(java_spawning_echo(10), GroupBy::comm, {.comm = {"pool*"}});
    ASSERT_EQ(names(all), Strings{"java"});
    EXPECT_EQ(numbers(all.workloads[0].calls), (Numbers{1, 2, 3}));
}

TEST(Attribution, WhatAChildInheritedIsNotItsName) {
    const Attribution all = of(java_spawning_echo(10));
    ASSERT_EQ(names(all), (Strings{"echo", "java"}));
    EXPECT_EQ(numbers(workload(all, "echo").calls), (Numbers{4, 5, 6}))
        << "but what it did before exec is its own";
    EXPECT_EQ(workload(all, "echo").exes, (std::set<std::string>{"/usr/bin/echo"}));
    const Attribution helper = of(java_spawning_echo(10), GroupBy::comm, {.comm = {"jspawnhelper"}});
    EXPECT_TRUE(helper.workloads.empty());
    EXPECT_EQ(helper.unmatched.size(), 1U);
}

TEST(Attribution, StartUpBelongsToWhatThePidBecomes) {
    struct Case {
        const char* comm;
        const char* exe;
        const char* runtime;
    };
    for (const Case& each : {Case{"runc:[2:INIT]", "/", "runc"}, Case{"crun", "/", "crun"},
                             Case{"youki:[2:INIT]", "/usr/bin/youki", "youki"},
                             Case{"runc:[2:INIT]", "/memfd:runc_cloned:/proc/self/exe (deleted)", "runc"},
                             Case{"runc:[2:INIT]", "", "runc"}}) {
        const Attribution all =
            of({call(7, each.exe, each.comm, 3, 1), call(7, each.exe, each.comm, 59, 1),
                call(7, "/bin/busybox", "echo", 1, 1), call(7, "/bin/busybox", "echo", 3, 1)});
        ASSERT_EQ(names(all), Strings{"echo"}) << each.comm << each.exe;
        const Workload& echo = all.workloads[0];
        EXPECT_EQ(numbers(echo.calls), (Numbers{1, 3, 59})) << each.comm;
        EXPECT_EQ(numbers(echo.startup), (Numbers{3, 59})) << each.comm;
        EXPECT_EQ(echo.runtimes, std::set<std::string>{each.runtime});
        EXPECT_EQ(echo.comms, std::set<std::string>{"echo"});
        EXPECT_EQ(echo.calls.at({{Arch::x86_64, 3}, Action::log}).count, 2U);
        EXPECT_TRUE(all.unattributed.calls.empty());
    }
}

TEST(Attribution, EveryRuntimeOfAWorkloadIsKept) {
    const Attribution all = of({call(7, "/", "crun", 3, 1), call(7, "/bin/sh", "sh", 1, 1),
                                call(8, "/", "runc:[2:INIT]", 3, 1), call(8, "/bin/sh", "sh", 1, 1)},
                               GroupBy::all);
    ASSERT_EQ(all.workloads.size(), 1U);
    EXPECT_EQ(all.workloads[0].runtimes, (std::set<std::string>{"crun", "runc"}));
}

TEST(Attribution, StartUpOfAContainerThatDiedIsSaid) {
    const Records records = {call(7, "/", "runc:[2:INIT]", 3, 1), call(8, "/bin/sh", "sh", 1, 1)};
    const Attribution all = of(records);
    EXPECT_EQ(names(all), Strings{"sh"});
    EXPECT_EQ(numbers(all.unattributed.calls), Numbers{3});
    EXPECT_EQ(all.unattributed.runtimes, std::set<std::string>{"runc"});
    for (const Selection& selection :
         {Selection{.comm = {"runc*"}}, Selection{.comm = {"runc:[2:INIT]"}}, Selection{.pid = {7}}}) {
        const Attribution asked = of(records, GroupBy::comm, selection);
        EXPECT_EQ(names(asked), Strings{"runc:[2:INIT]"});
        EXPECT_TRUE(asked.unattributed.calls.empty());
        EXPECT_TRUE(asked.unmatched.empty());
    }
    const Attribution more = of(records, GroupBy::comm, {.comm = {"runc*", "sh"}});
    EXPECT_EQ(names(more), Strings{"sh"}) << "where something else is chosen, start-up stays apart";
    EXPECT_EQ(numbers(more.unattributed.calls), Numbers{3});
}

TEST(Attribution, AThreadThatPosesAsARuntimeIsAThread) {
    const Attribution all =
        of({call(7, "/usr/sbin/nginx", "nginx", 1, 1), call(7, "/usr/sbin/nginx", "crun", 2, 2),
            call(7, "/usr/sbin/nginx", "nginx", 3, 3)});
    ASSERT_EQ(names(all), Strings{"nginx"});
    EXPECT_EQ(numbers(all.workloads[0].calls), (Numbers{1, 2, 3}));
    EXPECT_TRUE(all.workloads[0].startup.empty());
}

TEST(Attribution, AnEntrypointIsTheLastItBecomes) {
    const Records chain = {call(7, "/", "runc:[2:INIT]", 59, 1), call(7, "/bin/dash", "entrypoint.sh", 1, 1),
                           call(7, "/usr/bin/env", "env", 2, 1), call(7, "/usr/sbin/nginx", "nginx", 3, 2)};
    EXPECT_EQ(numbers(workload(of(chain), "nginx").calls), (Numbers{1, 2, 3, 59}));
    EXPECT_EQ(names(of(chain)), Strings{"nginx"});
    EXPECT_TRUE(of(chain, GroupBy::comm, {.comm = {"env"}}).workloads.empty());
    EXPECT_EQ(names(of(chain, GroupBy::exe, {.exe = {"*/nginx"}})), Strings{"/usr/sbin/nginx"});
    Records back = chain;
    back.push_back(call(7, "/bin/dash", "entrypoint.sh", 4, 3));
    EXPECT_EQ(names(of(back)), Strings{"entrypoint.sh"}) << "a shell that came back by another exec";
}

TEST(Attribution, AReplacedFileIsTheSameImage) {
    const Attribution all = of({call(7, "/srv/app", "app", 1, 1), call(7, "/srv/app", "worker", 2, 2),
                                call(7, "/srv/app (deleted)", "worker", 3, 3)},
                               GroupBy::exe);
    ASSERT_EQ(names(all), Strings{"/srv/app"});
    EXPECT_EQ(numbers(all.workloads[0].calls), (Numbers{1, 2, 3}));
    EXPECT_EQ(names(of({call(7, "/srv/app (deleted)", "app", 3, 3)}, GroupBy::comm, {.exe = {"/srv/app"}})),
              Strings{"app"});
}

TEST(Attribution, APidStartsANewLife) {
    constexpr double hour = 3600;
    struct Case {
        const char* name;
        Records records;
        Strings workloads;
    };
    const Case cases[] = {
        {"start-up after something else",
         {call(7, "/", "crun", 59, 1), call(7, "/bin/echo", "echo", 1, 1), call(7, "/", "crun", 59, 90),
          call(7, "/bin/cat", "cat", 2, 91)},
         {"cat", "echo"}},
        {"the same, hours apart",
         {call(7, "/", "crun", 59, 1), call(7, "/bin/echo", "echo", 1, 1), call(7, "/", "crun", 59, 9 * hour),
          call(7, "/bin/cat", "cat", 2, 9 * hour)},
         {"cat", "echo"}},
        {"the same, without times",
         {call(7, "/", "crun", 59, -1), call(7, "/bin/echo", "echo", 1, -1), call(7, "/", "crun", 59, -1),
          call(7, "/bin/cat", "cat", 2, -1)},
         {"cat", "echo"}},
        {"a new exe after a pause",
         {call(7, "/bin/echo", "echo", 1, 1), call(7, "/bin/cat", "cat", 2, hour)},
         {"cat", "echo"}},
        {"a new exe without one is an exec",
         {call(7, "/bin/echo", "echo", 1, 1), call(7, "/bin/cat", "cat", 2, 599)},
         {"cat"}},
        {"a pause alone is a quiet daemon",
         {call(7, "/bin/cat", "cat", 1, 1), call(7, "/bin/cat", "cat", 2, hour)},
         {"cat"}},
        {"no pause while another call goes on",
         {call(7, "/bin/sh", "sh", 1, 1), call(7, "/bin/sh", "sh", 1, 500), call(7, "/bin/sh", "sh", 1, 1000),
          call(7, "/bin/sh", "sh", 1, 1500), call(7, "/bin/cat", "cat", 2, 1501)},
         {"cat"}},
        {"hosts are apart",
         {{.pid = 7, .exe = "/bin/sh", .comm = "sh", .at = 1, .host = "a"},
          {.pid = 7, .exe = "/bin/cat", .comm = "cat", .at = 1, .host = "b"}},
         {"cat", "sh"}},
    };
    for (const Case& each : cases) {
        const Attribution all = of(each.records);
        EXPECT_EQ(names(all), each.workloads) << each.name;
        for (const Workload& one : all.workloads)
            EXPECT_EQ(one.startup.empty(), one.runtimes.empty()) << each.name << ": " << one.name;
        EXPECT_TRUE(all.unattributed.calls.empty()) << each.name;
    }
}

TEST(Attribution, LivesThatShareStartUpDoNotCountItTwice) {
    const Records records = {call(7, "/", "crun", 59, 1), call(7, "/bin/echo", "echo", 1, 1),
                             call(7, "/", "crun", 59, 90), call(7, "/bin/cat", "cat", 2, 91)};
    EXPECT_EQ(workload(of(records), "cat").records(), 3U) << "both starts, as their names are the same";
    EXPECT_EQ(workload(of(records, GroupBy::all), "all").records(), 4U);
}

TEST(Attribution, ForkedWorkersAreOfTheirMastersWorkload) {
    const Attribution all =
        of({call(10, "/usr/sbin/nginx", "nginx", 1, 1), call(11, "/usr/sbin/nginx", "nginx", 2, 2),
            call(12, "/usr/sbin/nginx", "nginx", 3, 2)});
    ASSERT_EQ(names(all), Strings{"nginx"});
    EXPECT_EQ(all.workloads[0].pids, (std::set<std::int32_t>{10, 11, 12}));
    EXPECT_EQ(names(of({call(10, "/n", "nginx", 1, 1), call(11, "/n", "nginx", 2, 2)}, GroupBy::pid)),
              (Strings{"10", "11"}));
}

TEST(Attribution, AForkOfANamedThreadGoesWithItsProcess) {
    const Records records = {
        call(10, "/usr/bin/python3.11", "python3", 1, 1),  call(10, "/usr/bin/python3.11", "worker 1", 2, 2),
        call(20, "/usr/bin/python3.11", "python3", 3, 50), call(20, "/usr/bin/python3.11", "worker 1", 4, 51),
        call(11, "/usr/bin/python3.11", "worker 1", 5, 3), call(12, "/usr/bin/perl", "worker 1", 6, 3)};
    EXPECT_EQ(names(of(records)), (Strings{"python3", "worker 1"})) << "perl has a name of its own";
    EXPECT_EQ(numbers(workload(of(records), "python3").calls), (Numbers{1, 2, 3, 4, 5}));
    EXPECT_EQ(numbers(workload(of(records, GroupBy::comm, {.comm = {"python3"}}), "python3").calls),
              (Numbers{1, 2, 3, 4, 5}));
    EXPECT_EQ(numbers(workload(of(records, GroupBy::pid), "10").calls), (Numbers{1, 2, 5}))
        << "of two it may come from, the one that began last before it";
    EXPECT_EQ(numbers(workload(of(records, GroupBy::pid, {.pid = {10}}), "10").calls), (Numbers{1, 2, 5}));
    EXPECT_EQ(numbers(workload(of(records, GroupBy::pid, {.pid = {11}}), "11").calls), Numbers{5});
}

TEST(Attribution, TheNameOfAProcess) {
    struct Case {
        const char* name;
        Records records;
        Strings workloads;
    };
    const Case cases[] = {
        {"its program's, though a thread spoke first",
         {call(1, "/opt/wl/named", "tokio-runtime-w", 1, 1), call(1, "/opt/wl/named", "named", 2, 2)},
         {"named"}},
        {"the program's first 15 bytes",
         {call(1, "/opt/kube-controller-manager", "thread", 1, 1),
          call(1, "/opt/kube-controller-manager", "kube-controller", 2, 2)},
         {"kube-controller"}},
        {"else the first",
         {call(1, "/bin/redis-rdb", "redis", 1, 1), call(1, "/bin/redis-rdb", "bio_aof", 2, 2)},
         {"redis"}},
        {"not what it inherited",
         {call(1, "/bin/bash", "s.sh", 1, 1), call(1, "/bin/perl5", "s.sh", 2, 2),
          call(1, "/bin/perl5", "main", 3, 3)},
         {"main"}},
        {"unless there is no other",
         {call(1, "/bin/bash", "s.sh", 1, 1), call(1, "/bin/perl5", "s.sh", 2, 2)},
         {"s.sh"}},
        {"an applet that never called exec",
         {call(1, "/bin/busybox", "sh", 1, 1), call(1, "/bin/busybox", "date", 2, 2)},
         {"sh"}},
    };
    for (const Case& each : cases)
        EXPECT_EQ(names(of(each.records)), each.workloads) << each.name;
}

TEST(Attribution, GroupsByEachKind) {
    const Records records = {{.pid = 1, .exe = "/a", .comm = "x", .at = 1, .subj = "s"},
                             {.pid = 2, .exe = "/a", .comm = "y", .at = 1, .subj = "t"},
                             {.pid = 3, .exe = "/b", .comm = "y", .at = 1, .subj = "t"}};
    const std::pair<GroupBy, Strings> cases[] = {{GroupBy::all, {"all"}},
                                                 {GroupBy::comm, {"x", "y"}},
                                                 {GroupBy::exe, {"/a", "/b"}},
                                                 {GroupBy::pid, {"1", "2", "3"}},
                                                 {GroupBy::subj, {"s", "t"}}};
    for (const auto& [group_by, expected] : cases)
        EXPECT_EQ(names(of(records, group_by)), expected);
}

TEST(Selection, PatternsAreGlobsOverBytes) {
    struct Case {
        const char* pattern;
        const char* comm;
        bool fits;
    };
    const Case cases[] = {{"nginx", "nginx", true},
                          {"ngin", "nginx", false},
                          {"ng*", "nginx", true},
                          {"*", "", true},
                          {"[a-m]*", "nginx", false},
                          {"n?inx", "nginx", true},
                          {"\\*", "*", true},
                          {"\\*", "x", false},
                          {"[", "[", true},
                          {"io[2]", "io[2]", true},
                          {"conn *", "conn handler", true},
                          {"*\xFF*", "a\xFF\x80", true},
                          {"kube-controller-manager", "kube-controller", true},
                          {"kube-controller-*", "kube-controller", true},
                          {"kube-controller", "kube-controller", true},
                          {"kube-controllex-manager", "kube-controller", false},
                          {"kube-control*-manager", "kube-controller", false}};
    for (const Case& each : cases) {
        const Attribution all = of({call(1, "/x", each.comm, 1, 1)}, GroupBy::comm, {.comm = {each.pattern}});
        EXPECT_EQ(all.workloads.size(), each.fits ? 1U : 0U) << each.pattern << " on " << each.comm;
        EXPECT_EQ(all.unmatched.size(), each.fits ? 0U : 1U) << each.pattern << " on " << each.comm;
    }
}

TEST(Selection, ANameDoesNotEndAtItsNul) {
    SeccompRecord record = call(1, "/x", std::string("nginx\0evil", 10), 1, 1);
    EXPECT_TRUE(of({record}, GroupBy::comm, {.comm = {"nginx"}}).workloads.empty());
    EXPECT_EQ(of({record}, GroupBy::comm, {.comm = {"nginx*"}}).workloads.size(), 1U);
}

TEST(Selection, OneKindIsOrSeveralAreAnd) {
    const Records records = {{.pid = 1, .exe = "/a", .comm = "x", .at = 1, .subj = "s"},
                             {.pid = 2, .exe = "/b", .comm = "x", .at = 1, .subj = "t"},
                             {.pid = 3, .exe = "/b", .comm = "y", .at = 1, .subj = "t"}};
    const std::pair<Selection, Strings> cases[] = {{{.comm = {"x", "y"}}, {"1", "2", "3"}},
                                                   {{.comm = {"x"}, .exe = {"/b"}}, {"2"}},
                                                   {{.exe = {"/b"}, .subj = {"t"}, .pid = {3, 1}}, {"3"}},
                                                   {{.comm = {"y"}, .exe = {"/a"}}, {}}};
    for (std::size_t i = 0; i < std::size(cases); ++i) {
        const Attribution all = of(records, GroupBy::pid, cases[i].first);
        EXPECT_EQ(names(all), cases[i].second) << "case " << i;
        EXPECT_TRUE(all.unmatched.empty()) << "each pattern is somewhere, case " << i;
    }
}

TEST(Selection, AMissIsAnsweredWithWhatIsThere) {
    const Records records = {call(1, "/usr/bin/httpd", "httpd", 1, 1),
                             call(2, "/http-echo", "http-echo", 1, 1), call(3, "/usr/bin/java", "java", 1, 1),
                             call(4, "/usr/bin/Xorg", "Xorg", 1, 1)};
    struct Case {
        Selection selection;
        std::string option;
        std::string pattern;
        std::string nearest;
    };
    const Case cases[] = {{{.comm = {"htpp-echo"}}, "--comm", "htpp-echo", "http-echo"},
                          {{.comm = {"xorg"}}, "--comm", "xorg", "Xorg"},
                          {{.comm = {"echo"}}, "--comm", "echo", "http-echo"},
                          {{.exe = {"/bin/java"}}, "--exe", "/bin/java", "/usr/bin/java"},
                          {{.pid = {5}}, "--pid", "5", "1"}};
    for (const Case& each : cases) {
        const Attribution all = of(records, GroupBy::comm, each.selection);
        EXPECT_TRUE(all.workloads.empty()) << each.pattern;
        ASSERT_EQ(all.unmatched.size(), 1U) << each.pattern;
        EXPECT_EQ(all.unmatched[0].option, each.option);
        EXPECT_EQ(all.unmatched[0].pattern, each.pattern);
        ASSERT_EQ(all.unmatched[0].nearest.size(), 3U) << each.pattern;
        EXPECT_EQ(all.unmatched[0].nearest[0], each.nearest) << each.pattern;
    }
}

TEST(Attribution, ManySubjectsStayNearLinear) {
    // The worst the names of a log can be made for finding forks: every process may come from every other.
    Records records;
    for (std::int32_t pid = 0; pid < 20'000; ++pid) {
        const std::string own = "w" + std::to_string(pid);
        records.push_back(call(pid, "/usr/bin/app", "shared", 1, pid));
        records.push_back(call(pid, "/usr/bin/app", own, 2, pid));
    }
    const Attribution all = of(records, GroupBy::all);
    ASSERT_EQ(all.workloads.size(), 1U);
    EXPECT_EQ(all.workloads[0].records(), records.size());
    EXPECT_EQ(all.workloads[0].pids.size(), 20'000U);
}

TEST(Attribution, ProgramsThatAWorkloadStartedAreNamedWhereTheyAreNotInIt) {
    const Records records = java_spawning_echo(0);
    EXPECT_EQ(workload(of(records, GroupBy::comm, {.comm = {"java"}}), "java").started,
              std::set<std::string>{"echo"});
    EXPECT_EQ(workload(of(records), "java").started, std::set<std::string>{"echo"});
    EXPECT_TRUE(workload(of(records), "echo").started.empty());
    EXPECT_TRUE(workload(of(records, GroupBy::all), "all").started.empty());
    EXPECT_TRUE(workload(of(records, GroupBy::all, {.comm = {"java", "echo"}}), "all").started.empty());

    Records containers{call(10, "/bin/sh", "sh", 1, 0), call(20, "/", "runc:[2:INIT]", 59, 1),
                       call(20, "/bin/sh", "sh", 1, 2), call(20, "/usr/sbin/nginx", "nginx", 2, 3)};
    EXPECT_TRUE(workload(of(containers), "sh").started.empty())
        << "a container's first process is nobody's child";
}

}  // namespace
}  // namespace scgen
