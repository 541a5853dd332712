#include "scgen/report/time_text.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace scgen {
namespace {

using std::chrono::milliseconds;

TEST(TimeText, WritesRfc3339WithMilliseconds) {
    EXPECT_EQ(format_time(1594067860484), "2020-07-06T20:37:40.484Z");
    EXPECT_EQ(format_time(0), "1970-01-01T00:00:00.000Z");
    EXPECT_EQ(format_time(-1), "1969-12-31T23:59:59.999Z");
    EXPECT_EQ(format_time(951782400000), "2000-02-29T00:00:00.000Z");
    EXPECT_EQ(format_time(253402300799999), "9999-12-31T23:59:59.999Z");
}

TEST(TimeText, YearsThatRfc3339LacksAreSeconds) {
    EXPECT_EQ(format_time(253402300800000), std::nullopt);
    EXPECT_EQ(show_time(253402300800007), "@253402300800.007");
    EXPECT_EQ(show_time(std::numeric_limits<std::int64_t>::max()), "@9223372036854775.807");
    EXPECT_EQ(show_time(std::nullopt), "-");
}

TEST(TimeText, ReadsEveryForm) {
    struct Case {
        const char* text;
        std::int64_t ms;
    };
    for (const auto& [text, ms] : {
             Case{"2020-07-06T20:37:40.484Z", 1594067860484},
             Case{"2020-07-06t20:37:40z", 1594067860000},
             Case{"2020-07-06T22:37:40.4849+02:00", 1594067860484},
             Case{"2020-07-06T15:07:40-05:30", 1594067860000},
             Case{"2020-07-06 20:37:40", 1594067860000},
             Case{"2020-07-06 20:37", 1594067820000},
             Case{"2020-07-06", 1593993600000},
             Case{"@1594067860", 1594067860000},
             Case{"@1594067860.5", 1594067860500},
             Case{"@0", 0},
             Case{"2016-12-31T23:59:60Z", 1483228800000},
         })
        EXPECT_EQ(parse_time(text), ms) << text;
}

TEST(TimeText, RefusesWhatIsNoTime) {
    for (const char* const text : {"",
                                   "@",
                                   "@-1",
                                   "@1x",
                                   "@1.",
                                   "@99999999999999999999",
                                   "now",
                                   "2020-07",
                                   "2020-7-6",
                                   "2020-02-30",
                                   "2020-13-01",
                                   "2020-07-06T",
                                   "2020-07-06 25:00",
                                   "2020-07-06 20:60",
                                   "2020-07-06 20:37:40.",
                                   "2020-07-06 20",
                                   "2020-07-06T20:37:40+2",
                                   "2020-07-06T20:37:40Zx",
                                   " 2020-07-06",
                                   "2020-07-06 ",
                                   "1594067860"})
        EXPECT_EQ(parse_time(text), std::nullopt) << '"' << text << '"';
}

TEST(TimeText, WhatIsWrittenIsRead) {
    for (const std::int64_t ms : {std::int64_t{0}, std::int64_t{1}, std::int64_t{1594067860484},
                                  std::int64_t{4102444799999}, std::int64_t{253402300799999}})
        EXPECT_EQ(parse_time(format_time(ms).value_or("")), ms) << ms;
}

TEST(TimeText, Durations) {
    EXPECT_EQ(parse_duration("500ms"), milliseconds(500));
    EXPECT_EQ(parse_duration("10s"), milliseconds(10'000));
    EXPECT_EQ(parse_duration("5m"), milliseconds(300'000));
    EXPECT_EQ(parse_duration("1h"), milliseconds(3'600'000));
    EXPECT_EQ(parse_duration("2d"), milliseconds(172'800'000));
    for (const char* const text :
         {"", "10", "s", "-1s", "1.5s", "1 s", "1s ", "1S", "9223372036854775807d", "+1s"})
        EXPECT_EQ(parse_duration(text), std::nullopt) << '"' << text << '"';
}

}  // namespace
}  // namespace scgen
