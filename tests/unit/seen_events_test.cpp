#include "observe/seen_events.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "support/seccomp_record.hpp"

namespace scgen {
namespace {

/// The record as journalctl's short form shows it: no stamp at all.
Record without_stamp(const SeccompRecord& record) {
    Record bare = record.record();
    bare.time_ms.reset();
    bare.serial.reset();
    return bare;
}

TEST(SeenEvents, ASerialIsSeenOnce) {
    SeenEvents seen;
    for (std::uint32_t serial = 1; serial <= 1'000; ++serial)
        EXPECT_TRUE(seen.first(SeccompRecord{.at = 5, .serial = serial}.record())) << serial;
    for (std::uint32_t serial = 1'000; serial >= 1; --serial)
        EXPECT_FALSE(seen.first(SeccompRecord{.at = 5, .serial = serial}.record())) << serial;
}

TEST(SeenEvents, TheSameSerialOfAnotherBootIsAnotherEvent) {
    SeenEvents seen;
    EXPECT_TRUE(seen.first(SeccompRecord{.at = 5, .serial = 14536}.record()));
    EXPECT_TRUE(seen.first(SeccompRecord{.at = 86'405, .serial = 14536}.record()));
}

TEST(SeenEvents, ACopyWithAnotherHostIsTheSameEvent) {
    SeenEvents seen;
    EXPECT_TRUE(seen.first(SeccompRecord{.at = 5, .serial = 9, .host = "node-1"}.record()));
    EXPECT_FALSE(seen.first(SeccompRecord{.at = 5, .serial = 9}.record())) << "dmesg names no host";
}

TEST(SeenEvents, CopiesWithoutASerialAreMatchedByBody) {
    // Three calls from one place, each printed by both transports of journald, in several orders.
    const char* orders[] = {"sbsbsb", "bsbsbs", "sssbbb", "bbbsss", "sbbssb"};
    for (const std::string order : orders) {
        SeenEvents seen;
        std::uint32_t serial = 0;
        int counted = 0;
        for (const char kind : order) {
            const SeccompRecord record{.at = 5, .serial = kind == 's' ? ++serial : 0};
            counted += seen.first(kind == 's' ? record.record() : without_stamp(record)) ? 1 : 0;
        }
        EXPECT_EQ(counted, 3) << order;
    }
}

TEST(SeenEvents, TheGreaterSideCounts) {
    SeenEvents seen;
    int counted = 0;
    for (std::uint32_t serial = 1; serial <= 2; ++serial)
        counted += seen.first(SeccompRecord{.at = 5, .serial = serial}.record()) ? 1 : 0;
    for (int i = 0; i < 5; ++i)
        counted += seen.first(without_stamp({})) ? 1 : 0;
    EXPECT_EQ(counted, 5);
}

TEST(SeenEvents, ASecondCopyWithASerialIsNoSecondBody) {
    SeenEvents seen;
    EXPECT_TRUE(seen.first(SeccompRecord{.at = 5, .serial = 1}.record()));
    EXPECT_FALSE(seen.first(SeccompRecord{.at = 5, .serial = 1}.record()));
    EXPECT_FALSE(seen.first(without_stamp({})));
    EXPECT_TRUE(seen.first(without_stamp({})));
}

TEST(SeenEvents, BodiesThatDifferAreOtherEvents) {
    const std::vector<SeccompRecord> each = {
        {}, {.pid = 1}, {.exe = "/x"}, {.comm = "x"}, {.nr = 1}, {.action = Action::errno_}};
    SeenEvents seen;
    for (std::size_t i = 0; i < each.size(); ++i) {
        SeccompRecord stamped = each[i];
        stamped.at = 5;
        stamped.serial = static_cast<std::uint32_t>(i + 1);
        EXPECT_TRUE(seen.first(stamped.record())) << i;
    }
    for (std::size_t i = 0; i < each.size(); ++i)
        EXPECT_FALSE(seen.first(without_stamp(each[i]))) << i;
    const SeccompRecord plain;
    Record other_place = without_stamp(plain);
    other_place.ip = 0x40;
    EXPECT_TRUE(seen.first(other_place));
}

TEST(SeenEvents, ANameInHexMatchesItsQuotedSelf) {
    SeenEvents seen;
    EXPECT_TRUE(seen.first(SeccompRecord{.at = 5, .serial = 1}.record()));
    const SeccompRecord plain;
    Record hex = without_stamp(plain);
    hex.comm = {Text::Form::hex, "6E67696E78"};
    EXPECT_FALSE(seen.first(hex));
}

TEST(SeenEvents, AnotherCallUnderTheSameStampIsAConflictAndCounts) {
    SeenEvents seen;
    const SeccompRecord first{.at = 5, .serial = 9};
    EXPECT_TRUE(seen.first(first.record()));
    SeccompRecord other = first;
    other.nr = 1;
    EXPECT_TRUE(seen.first(other.record()));
    EXPECT_EQ(seen.conflicts(), 1U);
    other.host = "node-1";
    other.pid = 101;
    EXPECT_TRUE(seen.first(other.record())) << "dmesg names no host, so it may be the same";
    EXPECT_EQ(seen.conflicts(), 2U);
    EXPECT_FALSE(seen.first(first.record()));
    EXPECT_EQ(seen.conflicts(), 2U);
}

TEST(SeenEvents, MachinesDoNotContradictEachOther) {
    SeenEvents seen;
    EXPECT_TRUE(seen.first(SeccompRecord{.at = 5, .serial = 9, .host = "node-1"}.record()));
    seen.first(SeccompRecord{.nr = 1, .at = 5, .serial = 9, .host = "node-2"}.record());
    seen.first(SeccompRecord{.nr = 1, .at = 5.001, .serial = 9, .host = "node-1"}.record());
    EXPECT_EQ(seen.conflicts(), 0U);
}

TEST(SeenEvents, MemoryIsBoundedAndTheRecentIsRemembered) {
    SeenEvents seen;
    EXPECT_LT(seen.memory(), 16U * 1024U);
    // Serials so far apart that each needs a word of its own.
    for (std::uint32_t i = 1; i <= 2'000'000; ++i) {
        const SeccompRecord owner{.pid = static_cast<std::int32_t>(i), .at = 5, .serial = i * 64};
        const Record record = owner.record();
        ASSERT_TRUE(seen.first(record)) << i;
        const bool again = i % 100'000 == 0 && seen.first(record);
        ASSERT_FALSE(again) << i;
    }
    EXPECT_LT(seen.memory(), 25U * 1024U * 1024U);
    EXPECT_FALSE(seen.first(SeccompRecord{.pid = 1'700'000, .at = 5, .serial = 1'700'000 * 64}.record()))
        << "300,000 words ago";
    EXPECT_EQ(seen.conflicts(), 0U);
}

}  // namespace
}  // namespace scgen
