#include "scgen/report/denials.hpp"

#include <gtest/gtest.h>

#include "support/seccomp_record.hpp"

namespace scgen {
namespace {

constexpr std::int32_t read_nr = 0, write_nr = 1, mkdir_nr = 83, ptrace_nr = 101, clone_nr = 56,
                       clone3_nr = 435;
constexpr std::int32_t no_nr = 0x2000'0000;

Profile profile_of_read() {
    Profile profile;
    profile.architectures = {Arch::x86_64};
    profile.rules = {{{"read"}, Action::allow, {}, {}},
                     {{"write"}, Action::log, {}, {}},
                     {{"clone"}, Action::allow, {}, {{0, Comparison::Op::masked_eq, 0x7e020000, 0}}},
                     {{"clone3"}, Action::errno_, 38, {}},
                     {{"nosuch_at_all"}, Action::allow, {}, {}},
                     {{"ptrace"}, Action::kill_process, {}, {}}};
    return profile;
}

Denials denials(const std::vector<SeccompRecord>& records) {
    Observations seen;
    add_all(seen, records);
    return denials_of(seen, profile_of_read());
}

SeccompRecord made(std::string comm, std::int32_t nr, Action action, double at = 1) {
    SeccompRecord record;
    record.pid = 7;
    record.comm = std::move(comm);
    record.nr = nr;
    record.at = at;
    record.action = action;
    return record;
}

TEST(Denials, WhatIsLoggedAndAllowedIsNone) {
    const Denials found = denials({made("a", write_nr, Action::log), made("b", write_nr, Action::log)});
    EXPECT_TRUE(found.calls.empty());
    EXPECT_EQ(found.logged_calls, 1U);
    EXPECT_EQ(found.logged_records, 2U);
    EXPECT_EQ(denials_table(found), "");
    EXPECT_TRUE(cautions_of(found).empty());
}

TEST(Denials, EachCallIsARowInTheOrderInWhichItWasFirstSeen) {
    const Denials found =
        denials({made("b", mkdir_nr, Action::errno_, 3), made("a", mkdir_nr, Action::errno_, 4),
                 made("a", ptrace_nr, Action::kill_process, 2)});
    ASSERT_EQ(found.calls.size(), 2U);
    EXPECT_EQ(found.of_profile(), 2U);
    EXPECT_EQ(denials_table(found),
              "SYSCALL  ARCH    ACTION        COUNT  FIRST                     COMM  WHY\n"
              "ptrace   x86_64  kill_process      1  1970-01-01T00:00:02.000Z  a     denied by a rule\n"
              "mkdir    x86_64  errno 1           2  1970-01-01T00:00:03.000Z  a, b  not allowed\n");
}

TEST(Denials, TheProfileKnowsTheErrnoThatNoRecordHolds) {
    const Denials found = denials({made("a", clone3_nr, Action::errno_)});
    EXPECT_NE(denials_table(found).find("errno 38"), std::string::npos) << denials_table(found);
    const auto cautions = cautions_of(found);
    ASSERT_EQ(cautions.size(), 1U);
    EXPECT_NE(cautions[0].find("denies clone3 by a rule"), std::string::npos);
    EXPECT_EQ(found.that_can_be_added().size(), 1U);
}

TEST(Denials, ACallThatIsAllowedWithOtherArgumentsIsToldAsThat) {
    const Denials found = denials({made("a", clone_nr, Action::errno_)});
    EXPECT_NE(denials_table(found).find("allowed with other arguments"), std::string::npos);
    const auto cautions = cautions_of(found);
    ASSERT_EQ(cautions.size(), 1U);
    EXPECT_NE(cautions[0].find("allows clone with some arguments"), std::string::npos);
}

TEST(Denials, AFilterOfTheProgramsOwnIsNotTheProfiles) {
    const Denials found = denials({made("a", read_nr, Action::kill_thread)});
    EXPECT_EQ(found.of_profile(), 0U);
    EXPECT_TRUE(found.that_can_be_added().empty());
    const std::string table = denials_table(found);
    EXPECT_NE(table.find("kill_thread"), std::string::npos) << table;
    EXPECT_NE(table.find("a filter that the program loaded itself"), std::string::npos) << table;
}

TEST(Denials, ANumberWithoutANameCannotBeAdded) {
    const Denials found = denials({made("a", no_nr, Action::errno_)});
    EXPECT_EQ(found.of_profile(), 1U);
    EXPECT_TRUE(found.that_can_be_added().empty());
    EXPECT_NE(denials_table(found).find("a number without a name"), std::string::npos)
        << denials_table(found);
}

TEST(Denials, NamesThatWouldMoveACursorAreEscaped) {
    const std::string table = denials_table(denials({made("\x1b[2J", mkdir_nr, Action::errno_)}));
    EXPECT_EQ(table.find('\x1b'), std::string::npos);
    EXPECT_NE(table.find("\\x1b[2J"), std::string::npos) << table;
}

}  // namespace
}  // namespace scgen
