#include "observe/lineage.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace scgen {
namespace {

struct Step {
    std::int32_t pid;
    std::optional<std::uint32_t> session;
    bool held;
};

Record record_of(const Step& step) {
    Record record;
    record.pid = step.pid;
    record.ses = step.session;
    return record;
}

constexpr std::uint32_t ours = 100;

/// Holds each record of a lineage of session 100 to what is expected; the records that were undecided.
std::uint64_t follow(const std::vector<Step>& steps) {
    Lineage lineage(ours);
    for (std::size_t i = 0; i < steps.size(); ++i)
        EXPECT_EQ(lineage.holds(record_of(steps[i])), steps[i].held) << "step " << i;
    return lineage.undecided();
}

TEST(Lineage, ASessionIsTheWholeTreeAndNothingElse) {
    EXPECT_EQ(follow({{7, ours, true},
                      {8, ours, true},
                      {9, 99, false},
                      {7, ours, true},
                      {1, unset_session, false},
                      {10, std::nullopt, false}}),
              0U);
}

TEST(Lineage, WhatLogsInAnewIsFollowedWithItsChildren) {
    EXPECT_EQ(follow({{7, ours, true}, {7, 101, true}, {8, 101, true}, {7, ours, true}}), 0U);
    EXPECT_EQ(follow({{7, ours, true}, {7, 101, true}, {8, 101, true}, {8, 102, true}, {9, 102, true}}), 0U);
}

TEST(Lineage, ALoginOfAnotherProcessIsNotOurs) {
    EXPECT_EQ(follow({{7, ours, true}, {50, 101, false}, {51, 101, false}}), 2U);
}

TEST(Lineage, ASessionIsJoinedFromTheRecordOnThatShowsIt) {
    EXPECT_EQ(follow({{7, ours, true}, {50, 101, false}, {7, 101, true}, {50, 101, true}}), 1U);
}

TEST(Lineage, AnOldSessionWhoseProcessGotOneOfOurPidsIsNotOurs) {
    EXPECT_EQ(follow({{7, ours, true}, {7, 99, false}, {7, unset_session, false}}), 0U);
}

TEST(Lineage, AJoinedSessionDoesNotLowerTheBound) {
    EXPECT_EQ(follow({{7, ours, true}, {7, 105, true}, {7, 103, true}, {7, 98, false}}), 0U);
}

}  // namespace
}  // namespace scgen
