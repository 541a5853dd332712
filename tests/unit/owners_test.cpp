#include "scgen/observe/owners.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "support/seccomp_record.hpp"

namespace scgen {
namespace {

using Time = std::optional<std::int64_t>;

constexpr std::int64_t second = 1000;
constexpr std::int64_t noon = 1'795'000'000'000;

std::string owner(const std::vector<Container>& containers, std::int32_t pid, Time first, Time last) {
    const PidOwners owners(containers);
    const auto* const claim = owners.find(pid, first, last);
    return claim == nullptr ? "" : claim->container->id;
}

TEST(PidOwners, GoByNumberWhereNoTimeIsKnown) {
    const std::vector<Container> containers{{"a", "", "", "", {10, 30}}, {"b", "", "", "", {20, 30}}};
    EXPECT_EQ(owner(containers, 10, noon, noon), "a");
    EXPECT_EQ(owner(containers, 20, {}, {}), "b");
    EXPECT_EQ(owner(containers, 30, noon, noon), "") << "of two containers";
    EXPECT_EQ(owner(containers, 40, noon, noon), "");
}

TEST(PidOwners, TellLivesApartByTime) {
    const std::vector<Container> containers{
        {"a",
         "",
         "",
         "",
         {10},
         {{10, noon, noon + 60 * second}, {10, noon + 100 * second, noon + 110 * second}}},
        {"b", "", "", "", {10}, {{10, noon + 300 * second, {}}}}};
    const auto at = [&](std::int64_t first, std::int64_t last) {
        return owner(containers, 10, noon + first * second, noon + last * second);
    };
    EXPECT_EQ(at(0, 60), "a");
    EXPECT_EQ(at(30, 30), "a");
    EXPECT_EQ(at(-1, 61), "a") << "clocks differ a little";
    EXPECT_EQ(at(-5, 30), "") << "another process bore the number before";
    EXPECT_EQ(at(30, 70), "");
    EXPECT_EQ(at(30, 105), "a") << "twice the same container";
    EXPECT_EQ(at(70, 80), "") << "between two lives";
    EXPECT_EQ(at(200, 200), "");
    EXPECT_EQ(at(105, 305), "") << "of both";
    EXPECT_EQ(at(300, 100'000), "b");
    EXPECT_EQ(owner(containers, 10, {}, {}), "") << "of either, for all that is known";
}

TEST(PidOwners, TimesCountMoreThanNone) {
    EXPECT_EQ(owner({{"a", "", "", "", {10, 11}, {{10, noon, {}}}}}, 10, noon - 9 * second, noon), "");
    EXPECT_EQ(owner({{"a", "", "", "", {10, 11}, {{10, noon, {}}}}}, 11, noon - 9 * second, noon), "a");
}

std::string placed(RecordPlacer& placer, const SeccompRecord& record) {
    const Container* const container = placer.place(record.record());
    return container == nullptr ? "" : container->id;
}

TEST(RecordPlacer, StopsWhereAPidBeginsAgain) {
    const std::vector<Container> containers{{"a", "", "", "", {10, 20}, {{20, 0, {}}}}};
    RecordPlacer placer(containers);
    const SeccompRecord startup{.pid = 10, .exe = "/", .comm = "runc:[2:INIT]", .at = 1};
    EXPECT_EQ(placed(placer, startup), "a");
    EXPECT_EQ(placed(placer, startup), "a") << "start-up makes several calls";
    EXPECT_EQ(placed(placer, {.pid = 10, .at = 2}), "a");
    EXPECT_EQ(placed(placer, startup), "");
    EXPECT_EQ(placed(placer, {.pid = 10, .at = 2}), "");
    EXPECT_EQ(placed(placer, {.pid = 20, .at = 2}), "a");
    EXPECT_EQ(placed(placer, {.pid = 20, .exe = "/", .comm = "runc:[2:INIT]", .at = 3}), "a")
        << "its times are known";
}

TEST(RecordPlacer, KnowsOneHostOnly) {
    const std::vector<Container> containers{{"a", "", "", "", {10}}};
    RecordPlacer placer(containers);
    EXPECT_EQ(placed(placer, {.pid = 10, .host = "one"}), "a");
    EXPECT_EQ(placed(placer, {.pid = 10}), "a");
    EXPECT_FALSE(placer.several_hosts());
    EXPECT_EQ(placed(placer, {.pid = 10, .host = "two"}), "");
    EXPECT_EQ(placed(placer, {.pid = 10, .host = "one"}), "");
    EXPECT_TRUE(placer.several_hosts());
}

}  // namespace
}  // namespace scgen
