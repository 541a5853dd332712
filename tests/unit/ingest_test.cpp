#include "scgen/observe/ingest.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace scgen {
namespace {

std::string body(int syscall, int pid = 7) {
    return "auid=4294967295 uid=0 gid=0 ses=4294967295 pid=" + std::to_string(pid) +
           " comm=\"http-echo\" exe=\"/http-echo\" sig=0 arch=c000003e syscall=" + std::to_string(syscall) +
           " compat=0 ip=0x4a4e10 code=0x7ffc0000";
}

std::string printed(int syscall, int serial, const char* seconds = "1795462945") {
    return "Nov 23 19:42:25 vm kernel: audit: type=1326 audit(" + std::string(seconds) +
           ".355:" + std::to_string(serial) + "): " + body(syscall) + "\n";
}

std::string daemon(int syscall, int serial) {
    return "type=SECCOMP msg=audit(1795462945.355:" + std::to_string(serial) + "): " + body(syscall) + "\n";
}

std::string by_audit_transport(int syscall) {
    return "Nov 23 19:42:25 vm audit[7]: SECCOMP " + body(syscall) + "\n";
}

bool feed(Ingest& ingest, const std::string& text) {
    Block block;
    block.text = text;
    block.end = true;
    return ingest.feed(block);
}

std::uint64_t records(const Ingest& ingest) {
    std::uint64_t sum = 0;
    for (const auto& [subject, activity] : ingest.observations().subjects())
        for (const auto& [what, evidence] : activity.calls)
            sum += evidence.count;
    return sum;
}

TEST(Ingest, EveryLineHasOneOutcome) {
    Ingest ingest({});
    const std::string cut = printed(51, 3).substr(0, 150) + "\n";
    const std::string all = printed(51, 1) + "nothing of the kind\n\n" + cut + printed(52, 2);
    EXPECT_TRUE(feed(ingest, all));
    Block too_long;
    too_long.oversized = 3;
    EXPECT_FALSE(ingest.feed(too_long));
    EXPECT_FALSE(ingest.end_input());
    EXPECT_EQ(ingest.tally().lines(), 8U);
    EXPECT_EQ(ingest.tally()[Outcome::observed], 2U);
    EXPECT_EQ(ingest.tally()[Outcome::other], 2U);
    EXPECT_EQ(ingest.tally()[Outcome::truncated], 1U);
    EXPECT_EQ(ingest.tally()[Outcome::oversized], 3U);
    EXPECT_EQ(ingest.tally().lost(), 4U);
    EXPECT_EQ(records(ingest), 2U);
}

TEST(Ingest, EntriesOfOneLineArraysCountAsLines) {
    std::string array;
    for (const int syscall : {51, 52, 53}) {
        std::string escaped;
        for (const char c : body(syscall))
            escaped += c == '"' ? std::string("\\\"") : std::string(1, c);
        array += array.empty() ? "[" : ",";
        array += R"({"MESSAGE":"audit: type=1326 audit(1795462945.355:)" + std::to_string(syscall) +
                 "): " + escaped +
                 R"(","_TRANSPORT":"kernel","SYSLOG_FACILITY":"0","SYSLOG_IDENTIFIER":"kernel"})";
    }
    Ingest ingest({});
    feed(ingest, array + "]\n");
    ingest.end_input();
    EXPECT_EQ(ingest.tally()[Outcome::observed], 3U);
    EXPECT_EQ(ingest.tally().lines(), 3U);
    EXPECT_EQ(records(ingest), 3U);
}

/// An entry of `journalctl -o export`, a line each.
std::vector<std::string> exported(int syscall, int serial) {
    return {"__CURSOR=s=1;i=" + std::to_string(serial) + "\n",
            "_TRANSPORT=audit\n",
            "_AUDIT_TYPE=1326\n",
            "_AUDIT_ID=" + std::to_string(serial) + "\n",
            "_SOURCE_REALTIME_TIMESTAMP=1795462945355000\n",
            "MESSAGE=SECCOMP " + body(syscall) + "\n",
            "\n"};
}

TEST(Ingest, InputsThatComeInTurnsDoNotMeet) {
    Ingest ingest({});
    const auto a = exported(51, 1), b = exported(52, 2);
    for (std::size_t i = 0; i < a.size(); ++i) {
        Block block;
        block.text = a[i];
        block.input = 7;
        ingest.feed(block);
        block.text = b[i];
        block.input = std::uint64_t{3} << 32U;
        block.end = i + 1 == a.size();
        ingest.feed(block);
    }
    EXPECT_EQ(ingest.tally()[Outcome::observed], 2U);
    Block half;
    half.input = 7;
    half.text = a[0];
    ingest.feed(half);
    EXPECT_EQ(ingest.tally().lines(), 14U) << "the last line's outcome is owed";
    ingest.end_input();
    EXPECT_EQ(ingest.tally().lines(), 15U);
    EXPECT_EQ(records(ingest), 2U);
}

TEST(Ingest, SaysWhetherSomethingIsNew) {
    Ingest ingest({});
    EXPECT_TRUE(feed(ingest, printed(51, 1)));
    EXPECT_FALSE(feed(ingest, printed(51, 2)));
    EXPECT_FALSE(feed(ingest, "hello\n"));
    EXPECT_FALSE(feed(ingest, ""));
    EXPECT_TRUE(feed(ingest, printed(51, 3) + printed(52, 4))) << "a new call";
}

TEST(Ingest, OneEventIsCountedOnce) {
    Ingest ingest({});
    std::vector<bool> counted;
    ingest.on_record([&counted](const Ingest::Sighting& seen) { counted.push_back(seen.counted); });
    feed(ingest, printed(51, 1) + printed(52, 2));
    ingest.end_input();
    feed(ingest, daemon(52, 2) + daemon(53, 3));
    ingest.end_input();
    feed(ingest, by_audit_transport(53));
    ingest.end_input();
    EXPECT_EQ(counted, (std::vector<bool>{true, true, false, true, false}));
    EXPECT_EQ(ingest.duplicates(), 2U);
    EXPECT_EQ(records(ingest), 3U);
    EXPECT_EQ(ingest.tally()[Outcome::observed], 5U);
}

TEST(Ingest, ASecondCopyTeachesAllTheSame) {
    Ingest ingest({});
    EXPECT_TRUE(feed(ingest, daemon(51, 1)));
    EXPECT_TRUE(feed(ingest, daemon(52, 1)))
        << "the same serial with another call: forged or corrupt, never dropped";
    EXPECT_EQ(ingest.duplicates(), 0U);
    EXPECT_EQ(ingest.conflicts(), 1U);
    EXPECT_EQ(records(ingest), 2U);
    EXPECT_EQ(ingest.observations().subjects().begin()->second.calls.size(), 2U);
}

TEST(Ingest, SinceAndUntilAreIncluded) {
    constexpr std::int64_t at = 1795462945355;
    struct Case {
        std::int64_t since;
        std::int64_t until;
        std::uint64_t observed;
    };
    for (const Case& each : {Case{at, at, 1}, Case{at + 1, at + 2, 0}, Case{at - 2, at - 1, 0}}) {
        IngestOptions options;
        options.since_ms = each.since;
        options.until_ms = each.until;
        Ingest ingest(options);
        int called = 0;
        ingest.on_record([&called](const Ingest::Sighting&) { ++called; });
        feed(ingest, printed(51, 1) + "other\n" + by_audit_transport(52));
        ingest.end_input();
        EXPECT_EQ(ingest.tally()[Outcome::observed], each.observed + 1) << "one without a time is inside";
        EXPECT_EQ(ingest.tally()[Outcome::excluded], 1 - each.observed);
        EXPECT_EQ(ingest.tally().lines(), 3U);
        EXPECT_EQ(called, static_cast<int>(each.observed) + 1);
    }
}

TEST(Ingest, CountsWhoVouches) {
    Ingest ingest({});
    feed(ingest, printed(51, 1) + daemon(51, 2) + daemon(51, 3));
    EXPECT_EQ(ingest.origins()[static_cast<std::size_t>(Origin::text)], 1U);
    EXPECT_EQ(ingest.origins()[static_cast<std::size_t>(Origin::netlink)], 2U);
}

TEST(Ingest, RecordsWithoutASerialKeepTheirPlace) {
    Ingest ingest({});
    feed(ingest, by_audit_transport(51) + by_audit_transport(52) + by_audit_transport(51));
    ingest.end_input();
    const auto calls = ingest.observations().subjects().begin()->second.calls;
    const Evidence& first = calls.at({{Arch::x86_64, 51}, Action::log});
    const Evidence& second = calls.at({{Arch::x86_64, 52}, Action::log});
    EXPECT_EQ(first.count, 2U);
    EXPECT_LT(first.first, second.first);
    EXPECT_LT(second.first, first.last);
}

std::string other_type(int serial) {
    return "type=SERVICE_START msg=audit(1795462945.355:" + std::to_string(serial) + "): pid=1 uid=0\n";
}

TEST(Ingest, KeepsALedger) {
    Ingest ingest({});
    feed(ingest, other_type(1) + daemon(51, 2) + daemon(52, 3) + daemon(51, 9) + other_type(10));
    ingest.end_input();
    EXPECT_EQ(ingest.ledger().account()[Loss::Kind::serial_gap].count, 5U);
    feed(ingest, "Nov 23 19:42:25 vm kernel: [  12.000001] kauditd_printk_skb: 40 callbacks suppressed\n");
    Block block;
    block.losses = {{Loss::Kind::receive_buffer, 3}, {Loss::Kind::receive_buffer, 4}};
    EXPECT_FALSE(ingest.feed(block));
    ingest.end_input();
    EXPECT_EQ(ingest.ledger().account()[Loss::Kind::printk_limit].count, 40U);
    EXPECT_EQ(ingest.ledger().account()[Loss::Kind::receive_buffer].count, 7U);
}

TEST(Ingest, BelievesASourceAboutItself) {
    Ingest ingest({});
    const std::string text = daemon(51, 2) + daemon(51, 5);
    Block block;
    block.text = text;
    block.every_type = true;
    ingest.feed(block);
    Block last;
    last.every_type = last.queue_checked = true;
    ingest.feed(last);
    ingest.end_input();
    EXPECT_EQ(ingest.ledger().account()[Loss::Kind::serial_gap].count, 2U);
    EXPECT_FALSE(ingest.ledger().account().queue_unchecked);
}

TEST(Ingest, ARecordThatWasCutIsNoHoleBesides) {
    Ingest ingest({});
    feed(ingest, other_type(1) + daemon(51, 2).substr(0, 90) + "\n" + daemon(51, 3));
    EXPECT_EQ(ingest.tally()[Outcome::truncated], 1U);
    EXPECT_FALSE(ingest.ledger().account().any_loss());
}

TEST(Ingest, WhatIsOutsideTheTimeWantedIsNoLoss) {
    IngestOptions options;
    options.since_ms = 1795462945000;
    Ingest ingest(options);
    feed(ingest,
         "2026-11-23T01:00:00Z vm kernel: [  12.000001] kauditd_printk_skb: 40 callbacks suppressed\n" +
             std::string("type=SERVICE_START msg=audit(1795462000.000:1): pid=1\n") + other_type(100) +
             daemon(51, 101));
    ingest.end_input();
    EXPECT_FALSE(ingest.ledger().account().any_loss());
}

TEST(Ingest, OnlyOtherRecordsOfOneMachineConflict) {
    struct Pair {
        std::string first;
        std::string second;
        std::uint64_t conflicts;
    };
    const std::string host_b = "Nov 23 19:42:25 b kernel: audit: type=1326 audit(1795462945.355:1): ";
    const std::string later = "type=SECCOMP msg=audit(1795462945.356:1): " + body(52) + "\n";
    for (const Pair& pair : {Pair{daemon(51, 1), daemon(51, 1), 0}, Pair{daemon(51, 1), printed(51, 1), 0},
                             Pair{daemon(51, 1), daemon(52, 1), 1}, Pair{daemon(51, 1), printed(52, 1), 1},
                             Pair{daemon(51, 1), daemon(52, 2), 0}, Pair{daemon(51, 1), later, 0},
                             Pair{printed(51, 1), host_b + body(52) + "\n", 0},
                             Pair{printed(51, 1), host_b + body(51, 8) + "\n", 0}}) {
        Ingest ingest({});
        feed(ingest, pair.first + pair.second);
        EXPECT_EQ(ingest.conflicts(), pair.conflicts) << pair.second;
    }
}

TEST(Ingest, KnowsWhatContainersPrint) {
    for (const std::string& line :
         std::vector<std::string>{R"({"log":"hello\n","stream":"stdout","time":"2026-11-23T19:42:25.1Z"})",
                                  "2026-11-23T19:42:25.123456789Z stdout F hello",
                                  "2026-11-23T19:42:25.123456789+02:00 stderr P hel"}) {
        Ingest ingest({});
        feed(ingest, line + "\n");
        EXPECT_TRUE(ingest.container_output()) << line;
    }
    for (const std::string line :
         {"2026-11-23T19:42:25.1Z vm kernel: stdout F hello", "stdout F hello", R"({"log":"hello"})"}) {
        Ingest ingest({});
        feed(ingest, line + "\n");
        EXPECT_FALSE(ingest.container_output()) << line;
    }
}

TEST(Ingest, AnInputThatNeverBeganEnds) {
    Ingest ingest({});
    EXPECT_FALSE(ingest.end_input());
    EXPECT_EQ(ingest.tally().lines(), 0U);
    Ingest moved = std::move(ingest);
    EXPECT_TRUE(feed(moved, printed(51, 1)));
}

}  // namespace
}  // namespace scgen
