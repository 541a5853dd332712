#include <gtest/gtest.h>

#include <algorithm>
#include <span>
#include <string>
#include <vector>

#include "scgen/observe/ingest.hpp"
#include "scgen/report/completeness.hpp"
#include "support/seeded.hpp"

// The laws of the loss ledger, on random logs of several machines and boots with holes, messages and forgeries.
// SCGEN_SEED repeats a run.

namespace scgen {
namespace {

std::string stamp(std::int64_t time_ms, std::uint32_t serial) {
    std::string milliseconds = std::to_string(time_ms % 1000);
    milliseconds.insert(0, 3 - milliseconds.size(), '0');
    return "audit(" + std::to_string(time_ms / 1000) + "." + milliseconds + ":" + std::to_string(serial) +
           "): ";
}

class LedgerLaws : public ::testing::TestWithParam<std::uint32_t>, protected Seeded {
  protected:
    LedgerLaws() : Seeded(20'240'607U, GetParam()) {}

    std::string body(std::uint32_t serial) {
        return "auid=4294967295 uid=0 gid=0 ses=4294967295 pid=7 comm=\"a\" exe=\"/a\" sig=0 arch=c000003e "
               "syscall=" +
               std::to_string(serial % 300) + " compat=0 ip=0x7f code=0x7ffc0000\n";
    }

    /// A message by which a kernel or daemon says that it lost something, as text.
    std::string message() {
        const std::string uptime =
            std::to_string(below(9'000)) + "." + std::to_string(100'000 + below(900'000));
        const std::string count = std::to_string(below(100));
        const std::string kernel =
            "Nov 23 19:42:" + std::to_string(10 + below(50)) + " vm kernel: [ " + uptime + "] ";
        switch (below(7)) {
            case 0: return kernel + "kauditd_printk_skb: " + count + " callbacks suppressed\n";
            case 1:
                return kernel + "audit: audit_lost=" + count + " audit_rate_limit=0 audit_backlog_limit=64\n";
            case 2: return kernel + "audit: backlog limit exceeded\n";
            case 3: return "[ " + uptime + "] kauditd_printk_skb: " + count + " callbacks suppressed\n";
            case 4: return "5,1," + std::to_string(below(9'000)) + ",-;audit: rate limit exceeded\n";
            case 5: return "Nov 23 19:42:25 vm systemd-journald[2]: Missed " + count + " kernel messages\n";
            default: return "Nov 23 19:42:25 vm auditd[3]: queue is full - dropping event\n";
        }
    }

    /// Lines of one recording: records of the socket and of the ring, of one boot or two, most in order.
    std::vector<std::string> log() {
        const std::string node = one_in(3) ? "node=b " : "";
        std::vector<std::string> lines;
        std::int64_t time_ms = 1'795'462'800'000 + static_cast<std::int64_t>(below(5'000'000));
        for (std::size_t boots = 1 + below(2); boots > 0; --boots) {
            auto serial = static_cast<std::uint32_t>(1 + below(2'000));
            for (std::size_t i = 20 + below(100); i > 0; --i) {
                serial += one_in(15) ? static_cast<std::uint32_t>(below(5)) : 1;
                time_ms += static_cast<std::int64_t>(one_in(20) ? below(100'000) : below(30));
                const std::string at = stamp(time_ms, serial);
                if (one_in(12))
                    lines.push_back(node + "type=SERVICE_START msg=" + at + "pid=1 uid=0\n");
                else if (one_in(10))
                    lines.push_back("5,1,12,-;audit: type=1326 " + at + body(serial));
                else
                    lines.push_back(node + "type=SECCOMP msg=" + at + body(serial));
                if (one_in(25)) lines.push_back(message());
                if (lines.size() > 3 && one_in(10)) std::swap(lines.back(), lines[lines.size() - 2]);
            }
            time_ms += 100'000;
        }
        return lines;
    }

    static std::string joined(const std::vector<std::string>& lines) {
        std::string text;
        for (const std::string& line : lines)
            text += line;
        return text;
    }

    static InputFacts facts_of(const std::vector<std::string>& inputs) {
        Ingest ingest({});
        for (const std::string& input : inputs) {
            Block block;
            block.text = input;
            ingest.feed(block);
            ingest.end_input();
        }
        InputFacts facts;
        facts.tally = ingest.tally();
        facts.losses = ingest.ledger().account();
        return facts;
    }

    static Ledger ledger_of(const std::vector<std::string>& lines, std::uint64_t input, bool ended) {
        Ledger ledger;
        RecordReader reader(Trust::kernel);
        Record record;
        for (const std::string& line : lines) {
            const auto outcome = reader.read(std::string_view(line).substr(0, line.size() - 1), record);
            if (outcome == Outcome::observed) ledger.add(record, input);
            if (reader.event()) ledger.add(*reader.event(), input);
            if (reader.notice()) ledger.add(*reader.notice());
        }
        if (ended) ledger.end_input(input);
        return ledger;
    }

    static Ledger merged(const Ledger& left, const Ledger& right) {
        Ledger both = left;
        both.merge(right);
        return both;
    }
};

TEST_P(LedgerLaws, MergeIsCommutativeAndAssociative) {
    const Ledger a = ledger_of(log(), 1, true), b = ledger_of(log(), 2, true), c = ledger_of(log(), 3, true);
    EXPECT_EQ(merged(a, b).account(), merged(b, a).account()) << "SCGEN_SEED=" << seed_;
    EXPECT_EQ(merged(merged(a, b), c).account(), merged(a, merged(b, c)).account()) << "SCGEN_SEED=" << seed_;
    EXPECT_EQ(merged(a, Ledger()).account(), a.account()) << "SCGEN_SEED=" << seed_;
    EXPECT_EQ(merged(Ledger(), a).account(), a.account()) << "SCGEN_SEED=" << seed_;
}

TEST_P(LedgerLaws, MergingWithItselfAddsNoLoss) {
    const Ledger once = ledger_of(log(), 1, true);
    const LossAccount one = once.account(), two = merged(once, once).account();
    EXPECT_EQ(two.kinds, one.kinds) << "SCGEN_SEED=" << seed_;
    EXPECT_EQ(two.away, one.away);
    EXPECT_EQ(two.lost(), one.lost());
}

TEST_P(LedgerLaws, ShardsOfOneInputAreThatInput) {
    const std::vector<std::string> lines = log();
    std::vector<std::vector<std::string>> shards(1 + below(5));
    for (const std::string& line : lines)
        shards[below(shards.size())].push_back(line);
    Ledger together;
    for (const auto& shard : shards)
        together.merge(ledger_of(shard, 1, false));
    EXPECT_EQ(together.account(), ledger_of(lines, 1, false).account()) << "SCGEN_SEED=" << seed_;
    together.end_input(1);
    EXPECT_EQ(together.account(), ledger_of(lines, 1, true).account()) << "SCGEN_SEED=" << seed_;
}

TEST_P(LedgerLaws, WhereALogIsCutIntoBlocksDoesNotMatter) {
    const std::vector<std::string> lines = log();
    Ingest ingest({});
    for (std::size_t at = 0; at < lines.size();) {
        const std::size_t end = std::min(lines.size(), at + below(20));
        const std::string text = joined({lines.begin() + static_cast<std::ptrdiff_t>(at),
                                         lines.begin() + static_cast<std::ptrdiff_t>(end)});
        Block block;
        block.text = text;
        ingest.feed(block);
        at = end;
    }
    ingest.end_input();
    EXPECT_EQ(ingest.ledger().account(), facts_of({joined(lines)}).losses) << "SCGEN_SEED=" << seed_;
}

/// Most serials follow one another, so that there is something to take at once; some are missing, come late or again, or are
/// the last before the counter begins anew.
TEST_P(LedgerLaws, LinesTakenTogetherAreEachOfThem) {
    std::vector<Again> lines;
    std::int64_t time_ms = 1'795'462'800'000;
    std::uint32_t serial = one_in(4) ? 0xffffffffU - static_cast<std::uint32_t>(below(100)) : 14'000;
    for (std::size_t i = 50 + below(400); i > 0; --i) {
        time_ms += static_cast<std::int64_t>(one_in(100) ? below(100'000) : below(4));
        serial += one_in(40) ? static_cast<std::uint32_t>(below(60)) : 1;
        lines.push_back({time_ms, serial, one_in(3) ? 0U : 1U});
        if (lines.size() > 3 && one_in(40)) std::swap(lines.back(), lines[lines.size() - 3]);
        if (one_in(40)) serial -= static_cast<std::uint32_t>(below(90));
        if (one_in(100)) time_ms -= static_cast<std::int64_t>(below(3'000));
    }
    AuditEvent speaker;
    speaker.printed = one_in(4);
    speaker.origin = one_in(3) ? Origin::netlink : one_in(2) ? Origin::ring : Origin::unproven;
    Ledger together, each;
    for (std::size_t at = 0; at < lines.size();) {
        const std::size_t size = std::min(lines.size() - at, below(60));
        const std::span some = std::span<const Again>(lines).subspan(at, size);
        const auto records =
            std::count_if(some.begin(), some.end(), [](const Again& line) { return line.record != 0; });
        together.add(speaker, some, static_cast<std::uint64_t>(records), 1);
        at += size;
    }
    for (const Again& line : lines) {
        AuditEvent event = speaker;
        event.time_ms = line.time_ms;
        event.serial = line.serial;
        Record record;
        record.time_ms = line.time_ms;
        record.serial = line.serial;
        record.origin = speaker.origin;
        record.printed = speaker.printed;
        if (line.record != 0)
            each.add(record, 1);
        else
            each.add(event, 1);
    }
    EXPECT_EQ(together.account(), each.account()) << "SCGEN_SEED=" << seed_;
    together.end_input(1);
    each.end_input(1);
    EXPECT_EQ(together.account(), each.account()) << "SCGEN_SEED=" << seed_;
}

TEST_P(LedgerLaws, TheOrderOfFilesDoesNotMatter) {
    std::vector<std::string> files;
    for (std::size_t i = 2 + below(3); i > 0; --i)
        files.push_back(joined(log()));
    const InputFacts before = facts_of(files);
    std::shuffle(files.begin(), files.end(), random_);
    const InputFacts after = facts_of(files);
    EXPECT_EQ(after.losses, before.losses) << "SCGEN_SEED=" << seed_;
    EXPECT_EQ(headline(assess(after)), headline(assess(before)));
}

TEST_P(LedgerLaws, AFileTwiceLosesNoMoreThanOnce) {
    const std::string file = joined(log());
    EXPECT_EQ(facts_of({file, file}).losses.kinds, facts_of({file}).losses.kinds) << "SCGEN_SEED=" << seed_;
}

/// Whoever can write to syslog can claim a loss or a record; neither takes anything away.
TEST_P(LedgerLaws, AForgedLineNeverTurnsTheVerdictForTheBetter) {
    std::vector<std::string> lines = log();
    const Completeness before = assess(facts_of({joined(lines)}));
    const std::int64_t time_ms = 1'795'462'800'000 + static_cast<std::int64_t>(below(5'000'000));
    const auto serial = static_cast<std::uint32_t>(below(2'200));
    const std::vector<std::string> forgeries{
        message(), "Nov 23 19:42:25 vm kernel: audit: type=1326 " + stamp(time_ms, serial) + body(serial),
        "Nov 23 19:42:25 vm kernel: audit: type=1305 " + stamp(time_ms, serial) +
            "op=set audit_pid=0 old=7\n",
        "Nov 23 19:42:25 vm kernel: audit: type=1200 " + stamp(time_ms, serial) + "op=start\n"};
    lines.insert(lines.begin() + static_cast<std::ptrdiff_t>(below(lines.size() + 1)),
                 forgeries[below(forgeries.size())]);
    const Completeness after = assess(facts_of({joined(lines)}));
    const auto rank = [](const Completeness& verdict) {
        return verdict.state == Completeness::State::complete   ? 0
               : verdict.state == Completeness::State::unproven ? 1
                                                                : 2;
    };
    EXPECT_GE(rank(after), rank(before)) << "SCGEN_SEED=" << seed_;
    EXPECT_GE(after.lost, before.lost) << "SCGEN_SEED=" << seed_;
}

INSTANTIATE_TEST_SUITE_P(Seeds, LedgerLaws, ::testing::Range(0U, 40U));

}  // namespace
}  // namespace scgen
