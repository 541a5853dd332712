#include "cli/verdict.hpp"

#include <gtest/gtest.h>

namespace scgen {
namespace {

struct Call {
    std::int32_t pid;
    std::string_view comm;
    std::int32_t nr;
    Action action = Action::log;
};

constexpr std::int32_t read_nr = 0;
constexpr std::int32_t write_nr = 1;
constexpr std::int32_t ptrace_nr = 101;

struct Seen {
    Observations observations;
    InputFacts facts;
};

Seen seen(const std::vector<Call>& calls) {
    Seen out;
    std::int64_t time_ms = 1000;
    for (const Call& call : calls) {
        Record record;
        record.time_ms = time_ms++;
        record.pid = call.pid;
        record.comm = {Text::Form::quoted, call.comm};
        record.exe = {Text::Form::quoted, call.comm};
        record.syscall = {Arch::x86_64, call.nr};
        record.action = call.action;
        out.observations.add(record, Moment{record.time_ms, 0}, true);
        out.facts.tally.add(Outcome::observed);
    }
    return out;
}

Judgement verdict_of(const std::vector<Call>& calls, const Options& options) {
    const Seen all = seen(calls);
    return judge(all.observations, all.facts, options);
}

std::string errors_of(const Judgement& verdict) {
    std::string all;
    for (const std::string& error : verdict.errors)
        all += error + "\n";
    return all;
}

TEST(Judgement, OneWorkloadNeedsNoSelection) {
    const Judgement verdict = verdict_of({{7, "echo", read_nr}, {7, "echo", write_nr}}, {});
    EXPECT_EQ(verdict.exit_code, 0) << errors_of(verdict);
    ASSERT_EQ(verdict.made.size(), 1U);
    EXPECT_EQ(verdict.made[0].generated.learned, 2U);
}

TEST(Judgement, TellsWhoseContainerWouldNotStart) {
    constexpr std::int32_t execve_nr = 59;
    const std::vector<Call> without{{7, "echo", read_nr}};
    const std::vector<Call> with{{7, "echo", read_nr}, {7, "echo", execve_nr}};
    using Names = std::vector<std::string>;
    EXPECT_EQ(verdict_of(without, {}).unstarted, Names{"echo"});
    EXPECT_EQ(verdict_of(without, {}).barely_started, Names{});
    EXPECT_EQ(verdict_of(with, {}).unstarted, Names{});
    EXPECT_EQ(verdict_of(with, {}).barely_started, Names{"echo"}) << "execve is all that crun needs";
    Options named;
    named.generate.runtime = runtime_calls("runc", "");
    Options logs;
    logs.generate.default_action = Action::log;
    Options other_form;
    other_form.generate.for_containers = false;
    Options left_out;
    left_out.keep_startup = false;
    for (const Options& options : {named, logs, other_form, left_out}) {
        EXPECT_EQ(verdict_of(without, options).unstarted, Names{});
        EXPECT_EQ(verdict_of(with, options).barely_started, Names{});
    }
    const std::vector<Call> started{{7, "runc:[2:INIT]", execve_nr}, {7, "echo", read_nr}};
    EXPECT_EQ(verdict_of(started, {}).unstarted, Names{});
    EXPECT_EQ(verdict_of(started, {}).barely_started, Names{});
}

TEST(Judgement, TellsWhoseStartWasRecordedWithNoNewPrivs) {
    constexpr std::int32_t execve_nr = 59;
    constexpr std::int32_t capset_nr = 126;
    const auto needs = [](const std::vector<Call>& calls, const Options& options) {
        return verdict_of(calls, options).made.at(0).needs_no_new_privs;
    };
    const std::vector<Call> with{{7, "runc:[2:INIT]", execve_nr}, {7, "echo", read_nr}};
    std::vector<Call> without = with;
    without.insert(without.begin(), {7, "runc:[2:INIT]", capset_nr});
    EXPECT_TRUE(needs(with, {}));
    EXPECT_FALSE(needs(without, {}));
    EXPECT_FALSE(needs({{7, "echo", read_nr}}, {})) << "no start was recorded";
    Options named;
    named.generate.runtime = runtime_calls("runc", "");
    EXPECT_FALSE(needs(with, named)) << "its calls are added";
    Options other_form;
    other_form.generate.for_containers = false;
    EXPECT_FALSE(needs(with, other_form));
}

TEST(Judgement, SeveralWorkloadsAndOneFileIsAQuestion) {
    const std::vector<Call> calls{{7, "echo", read_nr}, {8, "nginx", write_nr}};
    const Judgement verdict = verdict_of(calls, {});
    EXPECT_EQ(verdict.exit_code, 2);
    EXPECT_NE(verdict.table.find("nginx"), std::string::npos);
    EXPECT_NE(errors_of(verdict).find("--group-by all"), std::string::npos);
    EXPECT_TRUE(verdict.made.empty());

    Options all;
    all.group_by = GroupBy::all;
    EXPECT_EQ(verdict_of(calls, all).exit_code, 0);
    Options by_pid;
    by_pid.group_by = GroupBy::pid;
    EXPECT_EQ(verdict_of(calls, by_pid).exit_code, 2);
    Options chosen;
    chosen.selection.comm = {"nginx"};
    EXPECT_EQ(verdict_of(calls, chosen).exit_code, 0);
    Options directory;
    directory.directory = "d";
    EXPECT_EQ(verdict_of(calls, directory).made.size(), 2U);
}

TEST(Judgement, DeniedCallsAloneTeachNothing) {
    const Judgement verdict = verdict_of({{7, "echo", ptrace_nr, Action::errno_}}, {});
    EXPECT_EQ(verdict.exit_code, 1);
    EXPECT_NE(errors_of(verdict).find("--learn denied"), std::string::npos) << errors_of(verdict);
    Options denied;
    denied.generate.learn = Learn::denied;
    EXPECT_EQ(verdict_of({{7, "echo", ptrace_nr, Action::errno_}}, denied).exit_code, 0);
}

TEST(Judgement, NothingRecordedIsANo) {
    const Judgement empty = judge(Observations(), InputFacts{}, {});
    EXPECT_EQ(empty.exit_code, 1);
    InputFacts excluded;
    excluded.tally.add(Outcome::excluded, 3);
    EXPECT_NE(errors_of(judge(Observations(), excluded, {})).find("--since"), std::string::npos);
    InputFacts refused;
    refused.tally.add(Outcome::refused, 3);
    EXPECT_NE(errors_of(judge(Observations(), refused, {})).find("--trust any"), std::string::npos);
}

TEST(Judgement, StrictRefusesALossAndNothingElse) {
    Options strict;
    strict.strict = true;
    Seen whole = seen({{7, "echo", read_nr}});
    EXPECT_EQ(judge(whole.observations, whole.facts, strict).exit_code, 0);
    whole.facts.losses.printed = 1;
    EXPECT_EQ(judge(whole.observations, whole.facts, strict).exit_code, 0) << "doubt is no loss";
    Seen conflict = whole, lost = whole, cut = whole;
    conflict.facts.conflicts = 1;
    lost.facts.losses.kinds[0].untold = 1;
    cut.facts.tally.add(Outcome::truncated);
    for (const Seen& each : {conflict, lost, cut}) {
        const Judgement verdict = judge(each.observations, each.facts, strict);
        EXPECT_EQ(verdict.exit_code, 1);
        EXPECT_TRUE(verdict.made.empty());
        EXPECT_NE(errors_of(verdict).find("--strict"), std::string::npos);
        EXPECT_EQ(judge(each.observations, each.facts, {}).exit_code, 0);
    }
    const Seen unnamed = seen({{7, "echo", read_nr}, {7, "echo", 5000}});
    EXPECT_EQ(judge(unnamed.observations, unnamed.facts, {}).unnamed, 1U);
    EXPECT_EQ(judge(unnamed.observations, unnamed.facts, strict).exit_code, 1);
    EXPECT_EQ(judge(unnamed.observations, unnamed.facts, strict).unnamed, 1U);
}

TEST(Judgement, APatternThatMatchesNothingIsANoThoughAnotherMatches) {
    Options options;
    options.selection.comm = {"echo", "ngnix"};
    const Judgement verdict = verdict_of({{7, "echo", read_nr}, {8, "nginx", read_nr}}, options);
    EXPECT_EQ(verdict.exit_code, 1);
    EXPECT_NE(errors_of(verdict).find("ngnix"), std::string::npos);
    EXPECT_NE(errors_of(verdict).find("nginx"), std::string::npos) << errors_of(verdict);
}

TEST(Judgement, ADeniedNameThatWasSeenIsANo) {
    Options options;
    options.generate.deny = {"ptrace"};
    const Judgement verdict = verdict_of({{7, "echo", read_nr}, {7, "echo", ptrace_nr}}, options);
    EXPECT_EQ(verdict.exit_code, 1);
    EXPECT_NE(errors_of(verdict).find("ptrace"), std::string::npos);
    EXPECT_TRUE(verdict.made.empty());
}

TEST(Judgement, StartUpIsKeptOrLeftOut) {
    const std::vector<Call> calls{{7, "runc:[2:INIT]", ptrace_nr}, {7, "echo", read_nr}};
    Options options;
    options.selection.comm = {"echo"};
    options.generate.closure = Closure::none;
    EXPECT_EQ(verdict_of(calls, options).made.at(0).generated.learned, 2U);
    options.keep_startup = false;
    EXPECT_EQ(verdict_of(calls, options).made.at(0).generated.learned, 1U);
}

}  // namespace
}  // namespace scgen
