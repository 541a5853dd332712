#include "scgen/audit/ledger.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace scgen {
namespace {

using Kind = Loss::Kind;
using Type = AuditEvent::Type;

constexpr std::int64_t noon = 1'795'462'800'000;

AuditEvent event(std::uint32_t serial, std::int64_t time_ms = noon, Type type = Type::seccomp) {
    AuditEvent out;
    out.type = type;
    out.origin = Origin::netlink;
    out.time_ms = time_ms;
    out.serial = serial;
    return out;
}

/// Adds serials first to last, one a millisecond from `time_ms` on, each tenth of another type.
void add_all(Ledger& ledger, std::uint32_t first, std::uint32_t last, std::int64_t time_ms = noon,
             std::uint64_t input = 0) {
    for (std::uint32_t serial = first; serial <= last; ++serial)
        ledger.add(event(serial, time_ms + (serial - first), serial % 10 == 0 ? Type::other : Type::seccomp),
                   input);
}

Notice notice(Kind kind, std::uint64_t count, std::optional<std::uint64_t> mark, std::string_view host = "") {
    Notice out;
    out.loss = {kind, count};
    out.origin = Origin::ring;
    out.host = host;
    out.mark = mark;
    out.order = static_cast<std::int64_t>(mark.value_or(0));
    return out;
}

Notice total(std::uint64_t count, std::uint64_t mark) {
    Notice out = notice(Kind::audit_lost, count, mark);
    out.kind = Notice::Kind::total;
    return out;
}

std::uint64_t gap(const Ledger& ledger) {
    return ledger.account()[Kind::serial_gap].count;
}

TEST(Ledger, NothingIsNoLoss) {
    EXPECT_EQ(Ledger().account(), LossAccount{});
    EXPECT_EQ(LossAccount{}.lost(), 0U);
    EXPECT_FALSE(LossAccount{}.any_loss());
}

TEST(Ledger, CountsSerialsThatAreMissing) {
    Ledger ledger;
    add_all(ledger, 100, 199);
    EXPECT_EQ(gap(ledger), 0U);
    add_all(ledger, 203, 299, noon + 103);
    EXPECT_EQ(gap(ledger), 3U);
    ledger.end_input(0);
    EXPECT_EQ(gap(ledger), 3U);
    EXPECT_EQ(ledger.account().lost(), 3U);
    EXPECT_FALSE(ledger.account().at_least());
}

TEST(Ledger, RecordsThatOvertakeEachOtherAreNoLoss) {
    Ledger ledger;
    for (const std::uint32_t serial : {1U, 3U, 2U, 4U, 7U, 6U, 5U, 9U, 8U})
        ledger.add(event(serial, noon + serial, serial == 7 ? Type::other : Type::seccomp), 0);
    EXPECT_EQ(gap(ledger), 0U);
    // Across the second in which runs are kept apart.
    Ledger edge;
    edge.add(event(98, noon - 2, Type::other), 0);
    edge.add(event(101, noon + 999), 0);
    edge.add(event(100, noon + 1'001), 0);
    edge.add(event(99, noon + 2'500), 0);
    edge.add(event(102, noon + 2'600), 0);
    EXPECT_EQ(gap(edge), 0U);
}

TEST(Ledger, ALogOfSeccompRecordsAloneProvesNothing) {
    Ledger ledger;
    for (std::uint32_t serial = 1; serial < 100; serial += 7) {
        Record record;
        record.time_ms = noon + serial;
        record.serial = serial;
        record.origin = Origin::netlink;
        ledger.add(record, 0);
    }
    EXPECT_EQ(gap(ledger), 0U);
    EXPECT_EQ(ledger.account().filtered, 15U);
    ledger.end_input(0);
    EXPECT_EQ(ledger.account().filtered, 15U);
    EXPECT_FALSE(ledger.account().any_loss());
    EXPECT_FALSE(ledger.account().other_types);
}

TEST(Ledger, ASourceMayKnowThatItKeepsEveryType) {
    Ledger ledger;
    ledger.keeps_every_type(4);
    for (const std::uint32_t serial : {7U, 8U, 12U}) {
        Record record;
        record.time_ms = noon + serial;
        record.serial = serial;
        record.origin = Origin::netlink;
        ledger.add(record, 4);
    }
    EXPECT_EQ(gap(ledger), 3U);
    EXPECT_EQ(ledger.account().filtered, 0U);
    ledger.end_input(4);
    EXPECT_EQ(gap(ledger), 3U);
    ledger.add(event(20, noon + 20), 4);
    ledger.add(event(30, noon + 30), 4);
    EXPECT_EQ(gap(ledger), 3U) << "another input, though its number is the same";
}

TEST(Ledger, TheKernelsQueueIsCheckedOrNot) {
    Ledger ledger;
    EXPECT_FALSE(ledger.account().queue_unchecked) << "nothing to check";
    add_all(ledger, 1, 20, noon, 1);
    EXPECT_TRUE(ledger.account().queue_unchecked);
    ledger.queue_checked(1);
    ledger.end_input(1);
    EXPECT_FALSE(ledger.account().queue_unchecked);
    add_all(ledger, 21, 30, noon + 20, 2);
    ledger.end_input(2);
    EXPECT_TRUE(ledger.account().queue_unchecked);
}

TEST(Ledger, TheDaemonsOwnSerialsDoNotCount) {
    Ledger ledger;
    add_all(ledger, 100, 150);
    ledger.add(event(7'432, noon + 60, Type::daemon), 0);
    ledger.add(event(7'433, noon + 61, Type::daemon_failure), 0);
    add_all(ledger, 151, 199, noon + 70);
    EXPECT_EQ(gap(ledger), 0U);
}

TEST(Ledger, WhatIsMissingBetweenTwoRecordingsWasNotLost) {
    Ledger ledger;
    add_all(ledger, 100, 199, noon, 1);
    ledger.end_input(1);
    add_all(ledger, 5'000, 5'099, noon + 60'000, 2);
    ledger.end_input(2);
    EXPECT_EQ(gap(ledger), 0U);
    // One that was open all the time shows that something is missing.
    add_all(ledger, 90, 99, noon - 10, 3);
    add_all(ledger, 5'100, 5'110, noon + 60'100, 3);
    EXPECT_EQ(gap(ledger), 4'800U);
}

TEST(Ledger, AnotherInputFillsAHole) {
    Ledger ledger;
    add_all(ledger, 100, 149, noon, 1);
    add_all(ledger, 160, 199, noon + 60, 1);
    ledger.end_input(1);
    EXPECT_EQ(gap(ledger), 10U);
    for (std::uint32_t serial = 150; serial < 160; ++serial) {
        AuditEvent printed = event(serial, noon + serial - 100);
        printed.printed = true;
        printed.origin = Origin::text;
        ledger.add(printed, 2);
    }
    EXPECT_EQ(gap(ledger), 10U) << "text that anyone may have written proves nothing";
    for (std::uint32_t serial = 150; serial < 160; ++serial) {
        AuditEvent printed = event(serial, noon + serial - 100);
        printed.printed = true;
        printed.origin = Origin::ring;
        ledger.add(printed, 2);
    }
    EXPECT_EQ(gap(ledger), 0U);
}

TEST(Ledger, WhatWasNotPrintedADaemonMayHaveTaken) {
    Ledger ledger;
    for (const std::uint32_t serial : {1U, 2U, 9'000U, 9'001U}) {
        AuditEvent printed = event(serial, noon + serial, serial == 2 ? Type::other : Type::seccomp);
        printed.printed = true;
        printed.origin = Origin::ring;
        ledger.add(printed, 0);
    }
    EXPECT_EQ(gap(ledger), 0U);
}

TEST(Ledger, ABootBeginsWhereSerialsFall) {
    Ledger ledger;
    add_all(ledger, 3'000, 3'999);
    add_all(ledger, 1, 400, noon + 60'000);
    EXPECT_EQ(gap(ledger), 0U);
    add_all(ledger, 406, 500, noon + 61'000);
    EXPECT_EQ(gap(ledger), 5U);
    add_all(ledger, 2, 600, noon + 120'000);
    EXPECT_EQ(gap(ledger), 5U) << "a third boot hides nothing of the second";
}

TEST(Ledger, ABootOfTheJournalHasAName) {
    Ledger ledger;
    for (std::uint32_t serial = 1; serial <= 60; ++serial) {
        AuditEvent each = event(serial <= 30 ? serial : serial + 70, noon + serial,
                                serial % 10 == 0 ? Type::other : Type::seccomp);
        each.boot = serial <= 30 ? "a" : "b";
        ledger.add(each, 0);
    }
    EXPECT_EQ(gap(ledger), 0U) << "serials of the second boot rise above those of the first";
}

TEST(Ledger, AClockThatIsSetBackIsNoLoss) {
    for (const std::int64_t step : {-3'600'000, -1'000, 3'600'000}) {
        Ledger ledger;
        std::uint32_t serial = 0;
        for (int minute = 0; minute < 30; ++minute)
            for (int i = 0; i < 20; ++i)
                ledger.add(
                    event(++serial, noon + minute * 60'000 + i * 3'000, i == 0 ? Type::other : Type::seccomp),
                    0);
        for (int minute = 30; minute < 100; ++minute)
            for (int i = 0; i < 20; ++i)
                ledger.add(event(++serial, noon + step + minute * 60'000 + i * 3'000), 0);
        EXPECT_EQ(gap(ledger), 0U) << step;
    }
}

TEST(Ledger, WhileTheDaemonWasAwayRecordsMayHaveBeenMade) {
    Ledger ledger;
    add_all(ledger, 100, 199);
    ledger.add(event(8'123, noon + 5'000, Type::daemon_start), 0);
    add_all(ledger, 250, 299, noon + 5'001);
    EXPECT_EQ(gap(ledger), 0U);
    EXPECT_EQ(ledger.account().away, 50U);
    EXPECT_FALSE(ledger.account().any_loss());
}

TEST(Ledger, OneMessageInTwoCopiesIsOne) {
    Ledger ledger;
    ledger.add(notice(Kind::printk_limit, 1546, 5'937'526'441));
    ledger.add(notice(Kind::printk_limit, 1546, 5'937'526'441, "vm"));
    ledger.add(notice(Kind::printk_limit, 1546, 5'942'571'373));
    EXPECT_EQ(ledger.account()[Kind::printk_limit], (LossAccount::Sum{3'092, 0}));
    EXPECT_EQ(ledger.account().lost(), 3'092U);
    EXPECT_FALSE(ledger.account().at_least());
    ledger.add(notice(Kind::printk_limit, 4, std::nullopt));
    ledger.add(notice(Kind::printk_limit, 4, std::nullopt));
    EXPECT_EQ(ledger.account().lost(), 3'100U) << "without a time nothing tells one from the other";
}

TEST(Ledger, TheKernelsCounterIsTakenFromItsFirstSightToItsLast) {
    Ledger ledger;
    ledger.add(total(839, 50));
    EXPECT_EQ(ledger.account()[Kind::audit_lost].count, 1U)
        << "one was lost when this was said; of the others nobody knows when";
    ledger.add(total(900, 70));
    ledger.add(total(845, 60));
    ledger.add(total(845, 60));
    EXPECT_EQ(ledger.account()[Kind::audit_lost].count, 62U);
    EXPECT_TRUE(ledger.account().at_least());
    ledger.add(total(10, 80));
    ledger.add(total(14, 90));
    EXPECT_EQ(ledger.account()[Kind::audit_lost].count, 67U) << "it began anew";
}

TEST(Ledger, TheCounterOfEachMachineIsItsOwn) {
    Ledger ledger;
    Notice a = total(5, 10), b = total(100, 20);
    a.host = "a";
    b.host = "b";
    ledger.add(a);
    ledger.add(b);
    EXPECT_EQ(ledger.account()[Kind::audit_lost].count, 2U);
}

TEST(Ledger, LossesThatUseSerialsAreNotAddedToTheirHoles) {
    Ledger ledger;
    add_all(ledger, 1, 100);
    add_all(ledger, 151, 200, noon + 200);
    ledger.add(notice(Kind::audit_rate, 0, 7));
    ledger.add(total(3, 7));
    EXPECT_EQ(ledger.account().lost(), 50U);
    ledger.add(total(102, 9));
    EXPECT_EQ(ledger.account().lost(), 100U);
}

TEST(Ledger, WhatPrintkDroppedAndTheSocketDeliveredIsNotLost) {
    Ledger ledger;
    add_all(ledger, 1, 100);
    Record copy;
    copy.time_ms = noon + 3;
    copy.serial = 4;
    copy.origin = Origin::ring;
    copy.printed = true;
    ledger.add(copy, 0);
    ledger.add(notice(Kind::printk_limit, 90, 7));
    EXPECT_FALSE(ledger.account().any_loss());
    EXPECT_EQ(ledger.account().printed, 0U);
    add_all(ledger, 102, 110, noon + 200);
    EXPECT_TRUE(ledger.account().any_loss()) << "a record is missing on both ways";
    EXPECT_EQ(ledger.account().printed, 1U);
    EXPECT_EQ(ledger.account().lost(), 90U);
}

TEST(Ledger, AForgedMessageCannotTakeAwayFromAnother) {
    const Notice real = notice(Kind::printk_limit, 50, 7);
    for (const std::uint64_t count : {0U, 1U, 50U, 1'000U})
        for (const std::uint64_t mark : {6U, 7U, 8U}) {
            Ledger ledger;
            ledger.add(notice(Kind::printk_limit, count, mark));
            ledger.add(real);
            EXPECT_GE(ledger.account().lost(), 50U);
        }
    Ledger counters;
    counters.add(total(1, 10));
    counters.add(total(100, 20));
    const std::uint64_t before = counters.account().lost();
    for (const std::uint64_t count : {0U, 1U, 7U, 50U, 99U, 101U, 1'000U})
        for (const std::uint64_t mark : {5U, 10U, 15U, 20U, 25U}) {
            Ledger forged = counters;
            forged.add(total(count, mark));
            EXPECT_GE(forged.account().lost(), before) << count << " at " << mark;
        }
}

TEST(Ledger, TellsHowRecordsCame) {
    Ledger ledger;
    Record record;
    record.time_ms = noon;
    record.serial = 1;
    record.printed = true;
    record.origin = Origin::text;
    ledger.add(record, 0);
    record.printed = false;
    ledger.add(record, 0);
    record.serial.reset();
    ledger.add(record, 0);
    const LossAccount account = ledger.account();
    EXPECT_EQ(account.printed, 1U);
    EXPECT_EQ(account.as_text, 1U);
    EXPECT_EQ(account.unnumbered, 1U);
    EXPECT_EQ(account.filtered, 0U);
}

TEST(Ledger, SourcesAddUp) {
    Ledger ledger;
    ledger.add(Loss{Kind::receive_buffer, 5});
    ledger.add(Loss{Kind::receive_buffer, 5});
    ledger.add(Loss{Kind::rotation, 0});
    EXPECT_EQ(ledger.account()[Kind::receive_buffer], (LossAccount::Sum{10, 0}));
    EXPECT_EQ(ledger.account()[Kind::rotation], (LossAccount::Sum{0, 1}));
    EXPECT_TRUE(ledger.account().at_least());
}

TEST(Ledger, MemoryIsBounded) {
    Ledger ledger;
    for (std::uint32_t i = 0; i < 20'000; ++i)
        ledger.add(event(i * 3, noon + std::int64_t{i} * 100, i == 0 ? Type::other : Type::seccomp), 0);
    EXPECT_TRUE(ledger.account().overflowed);
    EXPECT_EQ(gap(ledger), 0U);
    Ledger hosts;
    for (int i = 0; i < 1'000; ++i) {
        const std::string host = "host-" + std::to_string(i);
        AuditEvent each = event(1);
        each.host = host;
        hosts.add(each, 0);
    }
    EXPECT_TRUE(hosts.account().overflowed);
    Ledger messages;
    for (std::uint64_t i = 0; i < 70'000; ++i)
        messages.add(notice(Kind::printk_limit, 1, i));
    EXPECT_EQ(messages.account()[Kind::printk_limit].count, 65'536U);
    EXPECT_TRUE(messages.account().at_least());
}

TEST(Ledger, ALongLogIsFollowedAllTheSame) {
    Ledger ledger;
    std::uint32_t serial = 0;
    for (int day = 0; day < 60; ++day)
        for (int minute = 0; minute < 1'440; ++minute)
            ledger.add(
                event(serial += minute == 700 && day == 30 ? 5 : 1, noon + (day * 1'440LL + minute) * 60'000,
                      minute == 0 ? Type::other : Type::seccomp),
                0);
    EXPECT_FALSE(ledger.account().overflowed);
    EXPECT_EQ(gap(ledger), 4U);
}

TEST(Ledger, Signs) {
    const auto account_of = [](Notice::Kind kind) {
        Ledger ledger;
        Notice sign;
        sign.kind = kind;
        ledger.add(sign);
        return ledger.account();
    };
    EXPECT_TRUE(account_of(Notice::Kind::audit_off).audit_off);
    EXPECT_TRUE(account_of(Notice::Kind::actions_changed).actions_changed);
    EXPECT_TRUE(account_of(Notice::Kind::exclude_rule).exclude_rule);
    EXPECT_TRUE(account_of(Notice::Kind::daemon).daemon);
    EXPECT_FALSE(account_of(Notice::Kind::daemon).any_loss());
}

}  // namespace
}  // namespace scgen
