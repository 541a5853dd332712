#include "audit/fast/ordinary.hpp"

#include <gtest/gtest.h>

#include <array>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "scgen/observe/ingest.hpp"

// What passes over ordinary lines against its plain twin, at every offset and on random text; and against the reader that it
// spares the work.

namespace scgen {
namespace {

constexpr std::array<std::string_view, 8> words{"audi", "auid", "uppr", "ages",
                                                "-sec", "NODE", "__CU", " [s="};

bool is_ordinary(std::string_view line) {
    for (const std::string_view word : words)
        if (line.find(word) != std::string_view::npos) return false;
    return json_start(line).empty();
}

PassedLines plain_twin(std::string_view text) {
    PassedLines passed;
    while (passed.bytes < text.size()) {
        const std::string_view rest = text.substr(passed.bytes);
        const std::size_t newline = rest.find('\n');
        if (!is_ordinary(rest.substr(0, newline))) break;
        passed.bytes += newline == std::string_view::npos ? rest.size() : newline + 1;
        ++passed.lines;
    }
    return passed;
}

void expect_agreement(const std::string& text) {
    // On the heap and no longer than it is, so that sanitizers see what is read beyond its end.
    const std::vector<char> exact(text.begin(), text.end());
    const PassedLines fast = ordinary_lines({exact.data(), exact.size()});
    const PassedLines plain = plain_twin(text);
    ASSERT_EQ(fast.bytes, plain.bytes) << ::testing::PrintToString(text);
    ASSERT_EQ(fast.lines, plain.lines) << ::testing::PrintToString(text);
}

const std::string record =
    "Jul  6 15:37:40 my-machine kernel: [369128.669452] audit: type=1326 audit(1594067860.484:14536): "
    "auid=4294967295 uid=0 gid=0 ses=4294967295 pid=29064 comm=\"http-echo\" exe=\"/http-echo\" sig=0 "
    "arch=c000003e syscall=51 compat=0 ip=0x46fe1f code=0x7ffc0000";

TEST(Ordinary, FindsEveryWordAtEveryPlace) {
    for (const std::string_view word : words)
        for (std::size_t at = 0; at < 200; ++at)
            for (const std::size_t behind : {0U, 1U, 3U, 64U, 65U, 130U}) {
                expect_agreement("first\n" + std::string(at, '.') + std::string(word) +
                                 std::string(behind, '.'));
                expect_agreement(std::string(at, '.') + "\n" + std::string(word) + std::string(behind, '\n') +
                                 "x");
                // All but the last letter.
                expect_agreement(std::string(at, '.') + std::string(word.substr(0, 3)) +
                                 std::string(behind, '.'));
            }
}

TEST(Ordinary, FindsEveryOpeningAtEveryPlace) {
    for (const std::string_view opening : {"{", "{\"a\":1}", "[{", " {", "\t[ {", ",{", "\x1e{", "data: {",
                                           "\r{", "[1.2] x", "data: x", "{", "date", "", "\r"})
        for (std::size_t at = 0; at < 140; ++at)
            for (const std::size_t behind : {0U, 1U, 64U, 70U})
                expect_agreement(std::string(at, '.') + "\n" + std::string(opening) + "\n" +
                                 std::string(behind, '.'));
}

TEST(Ordinary, CountsLinesOfAnyNumberAndLength) {
    expect_agreement("");
    for (const std::size_t lines : {1U, 2U, 63U, 64U, 65U, 300U, 20'000U})
        for (const std::size_t width : {0U, 1U, 62U, 63U, 64U, 200U}) {
            std::string text;
            for (std::size_t i = 0; i < lines; ++i)
                text += std::string(width, 'x') + '\n';
            expect_agreement(text);
            expect_agreement(text + "no newline");
            expect_agreement(text + record);
        }
}

TEST(Ordinary, AgreesWithItsPlainTwinOnRandomText) {
    std::mt19937 random(20'261'126);
    const std::vector<std::string> parts = {"audi", "auid", "upp", "r", "age",     "s",  "-se",  "c",
                                            "NOD",  "E",    "__C", "U", " [s",     "=",  "\n",   "\n",
                                            "\n",   "\n\n", "{",   "[", " ",       ",",  "\x1e", "data",
                                            ": ",   "a",    "u",   "d", "message", "\t", "\r",   "x"};
    for (int round = 0; round < 60'000; ++round) {
        std::string text;
        const std::size_t count = random() % 60;
        for (std::size_t i = 0; i < count; ++i)
            text += random() % 3 == 0 ? parts[random() % parts.size()] : std::string(random() % 12, 'y');
        expect_agreement(text);
        if (HasFatalFailure()) return;
    }
}

/// Lines of many kinds of which the reader gives an outcome each.
std::vector<std::string> lines_of_all_kinds() {
    return {"Jul  6 15:37:40 my-machine systemd[1]: Started Session 4711 of user root.",
            "",
            "\r",
            "Jul  6 15:37:40 my-machine sudo: pam_unix(sudo:session): session opened",
            "[369128.101] usb 1-1: new high-speed USB device",
            "data: nothing",
            "  indented",
            "Mon 2026-11-23 19:42:25.355000 UTC and more words, but no entry",
            record,
            record.substr(0, 120),
            "Jul  6 15:37:40 my-machine myapp: " + record,
            "SECCOMP auid=4294967295 uid=0 gid=0 ses=4294967295 pid=7 comm=\"a\" exe=\"/a\" sig=0 "
            "arch=c000003e syscall=51 "
            "compat=0 ip=0x1 code=0x7ffc0000",
            "type=SERVICE_START msg=audit(1594067860.484:14537): pid=1 uid=0 msg='unit=cron'",
            "Jul  6 15:37:41 my-machine kernel: [369129.1] kauditd_printk_skb: 1546 callbacks suppressed",
            "Jul  6 15:37:41 my-machine kernel: [369129.2] ** 17 printk messages dropped **",
            "Jul  6 15:37:41 my-machine systemd-journald[300]: Missed 4 kernel messages",
            "{\"MESSAGE\":\"x\",\"_TRANSPORT\":\"kernel\"}",
            "NODE,EVENT,DATE,TIME,SERIAL_NUM",
            "At 10:00 root called-seccomp-controlled-syscall x"};
}

TEST(Ordinary, NothingWouldHaveComeOfALineThatIsPassedOver) {
    for (const std::string& line : lines_of_all_kinds()) {
        RecordReader reader(Trust::kernel);
        const PassedLines passed = reader.pass_over(line);
        if (passed.bytes == 0) continue;
        ASSERT_EQ(passed.bytes, line.size());
        Record out;
        EXPECT_EQ(reader.read(line, out), Outcome::other) << line;
        EXPECT_FALSE(reader.event() || reader.notice()) << line;
        EXPECT_EQ(reader.more(out), std::nullopt) << line;
        EXPECT_EQ(reader.finish(out), std::nullopt) << line;
    }
}

TEST(Ordinary, IsAskedOnlyBetweenEntries) {
    RecordReader reader(Trust::kernel);
    Record out;
    EXPECT_EQ(reader.pass_over("words\n").lines, 1U);
    EXPECT_EQ(reader.read("{", out), std::nullopt);
    EXPECT_EQ(reader.pass_over("words\n").bytes, 0U) << "inside an object over several lines";
    EXPECT_EQ(reader.read("__CURSOR=x", out), Outcome::other);
    while (reader.more(out)) {
    }
    EXPECT_EQ(reader.pass_over("MESSAGE=words\n").bytes, 0U) << "inside an entry of the export format";
}

struct Account {
    Tally tally;
    std::map<Subject, std::set<Observed>> seen;
    LossAccount loss;
    bool operator==(const Account&) const = default;
};

void add_calls(Account& out, const Observations& observations) {
    for (const auto& [subject, activity] : observations.subjects())
        for (const auto& [call, evidence] : activity.calls)
            out.seen[subject].insert(call);
}

Account ingested(const std::string& log) {
    Ingest ingest({});
    ingest.feed({.text = log});
    ingest.end_input();
    Account out{ingest.tally(), {}, ingest.ledger().account()};
    add_calls(out, ingest.observations());
    return out;
}

/// The same with every line read.
Account plainly_read(const std::string& log) {
    RecordReader reader(Trust::kernel);
    Account out;
    Observations observations;
    Ledger ledger;
    Record got;
    const auto take = [&](std::optional<Outcome> outcome) {
        if (!outcome) return false;
        out.tally.add(*outcome);
        if (*outcome == Outcome::observed) {
            observations.add(got, {got.time_ms, 0}, true);
            ledger.add(got, 0);
        } else {
            if (reader.event()) ledger.add(*reader.event(), 0);
            if (reader.notice()) ledger.add(*reader.notice());
        }
        return true;
    };
    for_each_line(log, [&](std::string_view line) {
        take(reader.read(line, got));
        while (take(reader.more(got))) {
        }
    });
    take(reader.finish(got));
    ledger.end_input(0);
    out.loss = ledger.account();
    add_calls(out, observations);
    return out;
}

TEST(Ordinary, IngestGivesWhatReadingEveryLineGives) {
    const std::vector<std::string> kinds = lines_of_all_kinds();
    std::mt19937 random(7);
    for (int round = 0; round < 300; ++round) {
        std::string log;
        const std::size_t count = 150 + random() % 200;
        for (std::size_t i = 0; i < count; ++i) {
            // Mostly ordinary ones, so that many are passed over.
            const std::size_t kind = random() % 4 == 0 ? random() % kinds.size() : random() % 8;
            log += kinds[kind] + '\n';
        }
        ASSERT_TRUE(ingested(log) == plainly_read(log)) << "round " << round;
    }
}

}  // namespace
}  // namespace scgen
