#include "scgen/observe/observations.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <new>
#include <string>

#include "support/seccomp_record.hpp"

namespace {
std::atomic<std::size_t> allocations = 0;
}  // namespace

// Counts what the whole test program allocates, for the promise that a known subject costs nothing.
void* operator new(std::size_t size) {
    ++allocations;
    if (void* memory = std::malloc(size != 0 ? size : 1)) return memory;
    throw std::bad_alloc();
}
// std::stable_sort asks this way, and frees by the delete below.
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
    ++allocations;
    return std::malloc(size != 0 ? size : 1);
}
void operator delete(void* memory) noexcept {
    std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
    std::free(memory);
}

namespace scgen {
namespace {

TEST(Observations, CountsACallBetweenItsFirstAndLast) {
    Observations seen;
    EXPECT_TRUE(seen.add(SeccompRecord{.nr = 1, .at = 20, .serial = 7}.record(), {20'000, 7}, true));
    EXPECT_FALSE(seen.add(SeccompRecord{.nr = 1, .at = 10, .serial = 3}.record(), {10'000, 3}, true));
    EXPECT_FALSE(seen.add(SeccompRecord{.nr = 1, .at = 30, .serial = 9}.record(), {30'000, 9}, false));
    EXPECT_TRUE(seen.add(SeccompRecord{.nr = 2, .at = 30, .serial = 9}.record(), {30'000, 9}, true));
    const auto subjects = seen.subjects();
    ASSERT_EQ(subjects.size(), 1U);
    const auto& [subject, activity] = *subjects.begin();
    EXPECT_EQ(subject, (Subject{"", 100, "/usr/sbin/nginx", "nginx", ""}));
    const Evidence& evidence = activity.calls.at({{Arch::x86_64, 1}, Action::log});
    EXPECT_EQ(evidence.count, 2U) << "the second sight of an event is not counted";
    EXPECT_EQ(evidence.first, (Moment{10'000, 3}));
    EXPECT_EQ(evidence.last, (Moment{30'000, 9}));
}

TEST(Observations, OneCallWithTwoActionsIsTwo) {
    Observations seen;
    EXPECT_TRUE(seen.add(SeccompRecord{.nr = 1}.record(), {}, true));
    EXPECT_TRUE(seen.add(SeccompRecord{.nr = 1, .action = Action::errno_}.record(), {}, true));
    EXPECT_EQ(seen.subjects().begin()->second.calls.size(), 2U);
}

TEST(Observations, ANameIsTheSameHoweverItIsWritten) {
    const SeccompRecord plain;
    Observations seen;
    const Text forms[] = {
        {Text::Form::quoted, "nginx"}, {Text::Form::hex, "6E67696E78"}, {Text::Form::plain, "nginx"}};
    for (const Text& comm : forms) {
        for (const Text& exe : forms) {
            Record record = plain.record();
            record.comm = comm;
            record.exe = exe;
            seen.add(record, {}, true);
        }
    }
    EXPECT_EQ(seen.size(), 1U);
    EXPECT_EQ(seen.subjects().begin()->first.comm, "nginx");
}

TEST(Observations, ButQuotedDigitsAreNoHex) {
    const SeccompRecord plain;
    Observations seen;
    for (const Text& comm : {Text{Text::Form::quoted, "CAFE"}, Text{Text::Form::hex, "CAFE"}, Text{}}) {
        Record record = plain.record();
        record.comm = comm;
        seen.add(record, {}, true);
    }
    ASSERT_EQ(seen.size(), 3U);
    auto subject = seen.subjects();
    EXPECT_EQ(subject.begin()->first.comm, "") << "null is no text";
    EXPECT_EQ((++subject.begin())->first.comm, "CAFE");
    EXPECT_EQ(subject.rbegin()->first.comm, "\xCA\xFE");
}

TEST(Observations, EveryPartOfASubjectCounts) {
    Observations seen;
    const SeccompRecord each[] = {{.pid = 1, .exe = "b", .comm = "a"},
                                  {.pid = 2, .exe = "b", .comm = "a"},
                                  {.pid = 1, .exe = "", .comm = "ab"},
                                  {.pid = 1, .exe = "ab", .comm = ""},
                                  {.pid = 1, .exe = "b", .comm = "a", .host = "h"},
                                  {.pid = 1, .exe = "b", .comm = "a", .subj = "h"}};
    for (const SeccompRecord& record : each)
        seen.add(record.record(), {}, true);
    EXPECT_EQ(seen.size(), std::size(each));
    EXPECT_EQ(seen.subjects().size(), std::size(each));
}

TEST(Observations, AKnownSubjectCostsNoMemory) {
    Observations seen;
    std::vector<SeccompRecord> each;
    for (std::int32_t pid = 0; pid < 50; ++pid)
        for (std::int32_t nr = 0; nr < 5; ++nr)
            each.push_back({.pid = pid, .nr = nr, .at = 5});
    add_all(seen, each);
    std::vector<Record> records;
    for (const SeccompRecord& record : each) {
        records.push_back(record.record());
        records.back().comm = {Text::Form::hex, "6E67696E78"};
    }
    seen.add(records.front(), {5'000, 1}, true);
    const std::size_t before = allocations;
    for (std::uint64_t round = 0; round < 10; ++round)
        for (const Record& record : records)
            seen.add(record, {5'000, round}, true);
    EXPECT_EQ(allocations - before, 0U);
}

TEST(Observations, PausesPartSpans) {
    constexpr double minute = 60;
    struct Case {
        const char* name;
        std::vector<double> at;
        std::size_t spans;
    };
    for (const Case& each :
         {Case{"one moment", {5}, 1}, Case{"ten minutes join", {0, 10 * minute}, 1},
          Case{"more do not", {0, 10 * minute + 0.001}, 2},
          Case{"a late moment bridges two", {0, 18 * minute, 9 * minute}, 1},
          Case{"backwards", {60 * minute, 30 * minute, 0}, 3}, Case{"no time", {-1, -1}, 0}}) {
        Observations seen;
        for (const double at : each.at)
            add_all(seen, {{.at = at}});
        const Activity activity = seen.subjects().begin()->second;
        ASSERT_EQ(activity.spans.size(), each.spans) << each.name;
        for (std::size_t i = 1; i < activity.spans.size(); ++i)
            EXPECT_LT(activity.spans[i - 1].second, activity.spans[i].first) << each.name;
    }
}

TEST(Observations, TimesAtTheEndsOfTheirRangeAreKept) {
    Observations seen;
    for (const std::int64_t ms : {INT64_MAX, INT64_MIN + 1, std::int64_t{0}})
        seen.add(SeccompRecord{}.record(), {ms, 1}, true);
    const Activity activity = seen.subjects().begin()->second;
    EXPECT_EQ(activity.spans.size(), 3U);
    EXPECT_EQ(activity.calls.begin()->second.first.time_ms, INT64_MIN + 1);
}

TEST(Observations, SpansOfAForgedLogStayFew) {
    Observations seen;
    for (int i = 0; i < 5'000; ++i)
        add_all(seen, {{.at = i * 1000.0}});
    EXPECT_LE(seen.subjects().begin()->second.spans.size(), 256U);
    EXPECT_EQ(seen.subjects().begin()->second.calls.begin()->second.count, 5'000U);
}

TEST(Observations, SubjectsPastTheLimitAreCounted) {
    Observations seen(2);
    add_all(seen, {{.pid = 1}, {.pid = 2}, {.pid = 3}, {.pid = 3}, {.pid = 1}});
    EXPECT_EQ(seen.size(), 2U);
    EXPECT_EQ(seen.over_limit(), 2U);
    Observations both(2);
    both.merge(seen);
    Observations other;
    add_all(other, {{.pid = 4}, {.pid = 4}});
    both.merge(other);
    EXPECT_EQ(both.over_limit(), 4U) << "a merge counts what it cannot keep";
}

TEST(Observations, NumbersOfOneSubjectAreBounded) {
    Observations seen;
    for (std::int32_t nr = 0; nr < 5'000; ++nr)
        add_all(seen, {{.nr = nr}});
    EXPECT_EQ(seen.subjects().begin()->second.calls.size(), 4096U);
    EXPECT_EQ(seen.over_limit(), 5'000U - 4096U);
    EXPECT_FALSE(seen.add(SeccompRecord{.nr = 1}.record(), {}, true));
    EXPECT_EQ(seen.over_limit(), 5'000U - 4096U) << "what is known is still counted";
}

TEST(Observations, BytesOfNamesAreBounded) {
    Observations seen;
    const std::string padding(64'000, 'x');
    for (std::int32_t i = 0; i < 2'000; ++i)
        add_all(seen, {{.pid = i, .exe = std::to_string(i) + padding}});
    EXPECT_GT(seen.over_limit(), 0U);
    EXPECT_GT(seen.size(), 1'000U);
    EXPECT_EQ(seen.size() + seen.over_limit(), 2'000U);
}

TEST(Observations, ACopyIsItsOwn) {
    Observations seen;
    add_all(seen, {{.nr = 1}});
    Observations copy = seen;
    add_all(copy, {{.nr = 2}, {.pid = 7}});
    EXPECT_EQ(seen.size(), 1U);
    EXPECT_EQ(copy.size(), 2U);
    copy.merge(copy);
    EXPECT_EQ(copy.subjects().begin()->first.pid, 7);
    EXPECT_EQ(copy.subjects().begin()->second.calls.begin()->second.count, 2U) << "counts add up";
}

TEST(Evidence, NothingAddsNothing) {
    Evidence evidence{3, {5, 1}, {9, 2}};
    evidence.add(Evidence{});
    EXPECT_EQ(evidence, (Evidence{3, {5, 1}, {9, 2}}));
    Evidence nothing;
    nothing.add(evidence);
    EXPECT_EQ(nothing, evidence) << "an empty Evidence has no first moment of its own";
}

TEST(Activity, AddsCallsAndJoinsSpans) {
    const Observed call{{Arch::x86_64, 1}, Action::log};
    Activity left{{{call, {1, {0, 1}, {0, 1}}}}, {{{0, 1}, {0, 1}}}};
    left.add({{{call, {2, {60'000, 2}, {60'000, 2}}}}, {{{60'000, 2}, {60'000, 2}}}});
    EXPECT_EQ(left.calls.at(call).count, 3U);
    ASSERT_EQ(left.spans.size(), 1U);
    EXPECT_EQ(left.spans.front().second, (Moment{60'000, 2}));
}

}  // namespace
}  // namespace scgen
