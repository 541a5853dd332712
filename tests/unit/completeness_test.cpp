#include "scgen/report/completeness.hpp"

#include <gtest/gtest.h>

#include <set>

#include "scgen/report/hints.hpp"
#include "scgen/report/summary.hpp"

namespace scgen {
namespace {

using State = Completeness::State;

InputFacts facts_with(std::uint64_t observed = 1) {
    InputFacts facts;
    facts.tally.add(Outcome::observed, observed);
    return facts;
}

InputFacts facts_with(Loss::Kind kind, LossAccount::Sum sum) {
    InputFacts facts = facts_with();
    facts.losses.kinds[static_cast<std::size_t>(kind)] = sum;
    return facts;
}

TEST(Completeness, OfALogThatCouldShowALoss) {
    const Completeness whole = assess(facts_with());
    EXPECT_EQ(whole.state, State::complete);
    EXPECT_FALSE(fails_strict(whole));
    EXPECT_NE(headline(whole).find("complete as far as the source can show"), std::string::npos);
    EXPECT_NE(headline(whole).find("must say lost 0"), std::string::npos);
    Completeness checked = whole;
    checked.queue_checked = true;
    EXPECT_TRUE(headline(checked).ends_with("by the kernel's own count as well"));
    EXPECT_EQ(assess(facts_with(0)).state, State::unproven) << "nothing proves nothing";
}

TEST(Completeness, EveryLossMakesItIncompleteAndHasWordsAndARemedy) {
    std::set<std::string> texts;
    for (std::size_t i = 0; i < Loss::kind_count; ++i) {
        const auto kind = static_cast<Loss::Kind>(i);
        for (const LossAccount::Sum sum :
             {LossAccount::Sum{7, 0}, LossAccount::Sum{0, 1}, LossAccount::Sum{7, 1}}) {
            const Completeness verdict = assess(facts_with(kind, sum));
            EXPECT_EQ(verdict.state, State::incomplete) << loss_name(kind);
            EXPECT_TRUE(fails_strict(verdict));
            EXPECT_EQ(verdict.lost, sum.count);
            ASSERT_EQ(verdict.losses.size(), 1U);
            EXPECT_EQ(verdict.losses[0].kind, loss_name(kind));
            EXPECT_FALSE(verdict.losses[0].remedy.empty());
            texts.insert(verdict.losses[0].text);
        }
    }
    EXPECT_EQ(texts.size(), 2 * Loss::kind_count);
}

TEST(Completeness, WhatScgenCouldNotReadCountsToo) {
    for (const Outcome outcome :
         {Outcome::truncated, Outcome::malformed, Outcome::oversized, Outcome::unusable}) {
        InputFacts facts = facts_with();
        facts.tally.add(outcome, 2);
        EXPECT_EQ(headline(assess(facts)), "incomplete: 2 records lost") << outcome_name(outcome);
    }
    InputFacts limits = facts_with();
    limits.over_limit = 4;
    limits.unnamed = 1;
    EXPECT_EQ(headline(assess(limits)), "incomplete: 5 records lost");
    InputFacts conflict = facts_with();
    conflict.conflicts = 1;
    EXPECT_EQ(headline(assess(conflict)), "incomplete: records contradict each other");
    EXPECT_TRUE(fails_strict(assess(conflict)));
}

TEST(Completeness, SaysAtLeastWhereNotAllWereCounted) {
    InputFacts facts = facts_with(Loss::Kind::printk_limit, {7, 0});
    EXPECT_EQ(headline(assess(facts)), "incomplete: 7 records lost");
    facts.losses.kinds[static_cast<std::size_t>(Loss::Kind::kernel_ring)] = {0, 1};
    EXPECT_EQ(headline(assess(facts)), "incomplete: at least 7 records lost");
    EXPECT_EQ(headline(assess(facts_with(Loss::Kind::audit_daemon, {0, 2}))),
              "incomplete: records were lost, nobody counted them");
    EXPECT_EQ(headline(assess(facts_with(Loss::Kind::audit_lost, {1, 0}))),
              "incomplete: at least 1 record lost");
}

TEST(Completeness, EveryDoubtLeavesItUnproven) {
    std::vector<InputFacts> all(6, facts_with());
    all[0].losses.printed = 1;
    all[1].losses.unnumbered = 1;
    all[2].losses.as_text = 1;
    all[3].losses.filtered = 1;
    all[4].losses.away = 1;
    all[5].losses.overflowed = true;
    std::set<std::string_view> kinds;
    for (const InputFacts& facts : all) {
        const Completeness verdict = assess(facts);
        EXPECT_EQ(verdict.state, State::unproven);
        EXPECT_FALSE(fails_strict(verdict));
        ASSERT_EQ(verdict.doubts.size(), 1U);
        EXPECT_FALSE(verdict.doubts[0].remedy.empty());
        kinds.insert(verdict.doubts[0].kind);
    }
    EXPECT_EQ(kinds.size(), all.size());
}

TEST(Completeness, OneMoreLossNeverTurnsItForTheBetter) {
    std::vector<InputFacts> all{facts_with(), facts_with(Loss::Kind::serial_gap, {3, 0}),
                                facts_with(Loss::Kind::printk_limit, {5, 0}),
                                facts_with(Loss::Kind::audit_lost, {2, 0})};
    all.push_back(all[0]);
    all.back().losses.printed = 9;
    const auto rank = [](State state) {
        return state == State::complete ? 0 : state == State::unproven ? 1 : 2;
    };
    for (const InputFacts& before : all)
        for (std::size_t i = 0; i < Loss::kind_count; ++i)
            for (const LossAccount::Sum more :
                 {LossAccount::Sum{1, 0}, LossAccount::Sum{0, 1}, LossAccount::Sum{100, 0}}) {
                InputFacts after = before;
                after.losses.kinds[i].count += more.count;
                after.losses.kinds[i].untold += more.untold;
                EXPECT_GE(rank(assess(after).state), rank(assess(before).state));
                EXPECT_GE(assess(after).lost, assess(before).lost);
            }
}

TEST(Completeness, AsJson) {
    InputFacts facts = facts_with(Loss::Kind::kernel_ring, {0, 1});
    facts.losses.printed = 2;
    JsonText json;
    json.begin('{');
    append_completeness(json, assess(facts));
    json.end('}');
    const std::string text = json.str();
    for (const char* part :
         {R"("state":"incomplete")", R"("lost":0)", R"("at_least":true)", R"("conflicts":0)",
          R"("losses":[{"kind":"kernel_ring","count":null,"text":"records overwritten)",
          R"("doubts":[{"kind":"printk","count":2,"text":"2 records came through printk)"})
        EXPECT_NE(text.find(part), std::string::npos) << part << "\n" << text;
}

/// The hints of a machine about which nothing else is known.
std::string hints_of(const MachineFacts& machine) {
    InputFacts facts;
    facts.tally.add(Outcome::other);
    facts.machine = machine;
    std::string all;
    for (const std::string& hint : no_record_hints(facts))
        all += hint + "\n";
    return all;
}

TEST(Hints, OfThisMachine) {
    MachineFacts well;
    well.release = "6.1.0-18-amd64";
    well.actions_logged = "kill_process kill_thread trap errno user_notif trace log\n";
    well.audit = AuditStatus{};
    EXPECT_EQ(hints_of(well), "");
    struct Case {
        MachineFacts machine;
        std::string wanted;
    };
    std::vector<Case> cases;
    const auto add = [&](std::string wanted, const auto& change) {
        cases.push_back({well, std::move(wanted)});
        change(cases.back().machine);
    };
    add("audit=0", [](MachineFacts& m) { m.audit_off = true; });
    add("4.14", [](MachineFacts& m) { m.release = "4.9.337"; });
    add("4.14", [](MachineFacts& m) { m.release = "3.10.0-1160.el7.x86_64"; });
    add("no `log`", [](MachineFacts& m) { m.actions_logged = "kill_process errno\n"; });
    add("no kernel.seccomp.actions_logged", [](MachineFacts& m) { m.actions_logged.reset(); });
    add("-a always,exclude -F msgtype<1400",
        [](MachineFacts& m) { m.exclude_rules = {"-a always,exclude -F msgtype<1400"}; });
    add("(process 312)", [](MachineFacts& m) { m.audit->daemon_pid = 312; });
    add("lost 7 records", [](MachineFacts& m) { m.audit->lost = 7; });
    add("50 records a second", [](MachineFacts& m) { m.audit->rate_limit = 50; });
    for (const Case& each : cases)
        EXPECT_NE(hints_of(each.machine).find(each.wanted), std::string::npos) << each.wanted << "\n"
                                                                               << hints_of(each.machine);
    for (const std::string release : {"4.14.0", "5.15", "10.0.1", "", "x", "4", "4.x"}) {
        MachineFacts machine = well;
        machine.release = release;
        EXPECT_EQ(hints_of(machine), "") << release;
    }
    MachineFacts unasked = well;
    unasked.audit.reset();
    EXPECT_EQ(hints_of(unasked), "");
}

TEST(Hints, ARuleIsEscaped) {
    MachineFacts machine;
    machine.release = "6.1";
    machine.actions_logged = "log";
    machine.exclude_rules = {"-a always,exclude -F exe=/x\x1b[2J"};
    EXPECT_EQ(hints_of(machine).find('\x1b'), std::string::npos);
}

TEST(Hints, OfALog) {
    struct Case {
        bool LossAccount::*sign;
        std::string wanted;
    };
    for (const Case& each :
         {Case{&LossAccount::audit_off, "audit=0"}, Case{&LossAccount::actions_changed, "actions_logged"},
          Case{&LossAccount::exclude_rule, "auditctl -l"}, Case{&LossAccount::daemon, "audit.log"},
          Case{&LossAccount::other_types, "SCMP_ACT_LOG"}}) {
        InputFacts facts;
        facts.tally.add(Outcome::other);
        facts.losses.*each.sign = true;
        const std::string reason = no_record_reason(facts);
        EXPECT_NE(reason.find(each.wanted), std::string::npos) << reason;
    }
    InputFacts of_daemon;
    of_daemon.losses.daemon = of_daemon.losses.other_types = true;
    EXPECT_EQ(no_record_hints(of_daemon).size(), 1U)
        << "who reads the daemon's log needs no advice to read it";
}

TEST(Hints, AMachineIsAskedWithoutFailing) {
    const MachineFacts machine = ask_machine();
    EXPECT_FALSE(machine.release.empty());
}

}  // namespace
}  // namespace scgen
