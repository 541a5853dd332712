#include "observe/call_store.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <map>
#include <string>
#include <vector>

#include "support/seeded.hpp"

// What is packed comes out as it went in, and a store of many subjects holds what a plain map does. SCGEN_SEED repeats a
// run.

namespace scgen {
namespace {

class CallStoreLaws : public ::testing::Test, protected Seeded {
  protected:
    CallStoreLaws() : Seeded(20'240'607U) {}

    /// Of one in eight some extreme, so that distances need all bytes or none.
    template <class Number>
    Number number(Number usual) {
        using Limits = std::numeric_limits<Number>;
        static constexpr Number extremes[] = {Limits::min(), Limits::max(), 0, 1, 127, 128};
        return below(8) == 0 ? extremes[below(std::size(extremes))] : usual;
    }

    PackedMoment moment() {
        PackedMoment moment;
        moment.time_ms =
            number<std::int64_t>(1'594'067'860'000 + static_cast<std::int64_t>(below(10'000'000)));
        moment.order = number<std::uint32_t>(static_cast<std::uint32_t>(below(5'000'000)));
        return moment;
    }

    std::vector<Call> calls() {
        std::vector<Call> all(below(40));
        for (Call& call : all) {
            call.what = number<std::uint32_t>(static_cast<std::uint32_t>(below(400)));
            call.count = number<std::uint32_t>(static_cast<std::uint32_t>(1 + below(3)));
            call.first = moment();
            call.last = below(2) == 0 ? call.first : moment();
        }
        std::sort(all.begin(), all.end(),
                  [](const Call& left, const Call& right) { return left.what < right.what; });
        return all;
    }

    static std::vector<Call> unpacked(const PackedCalls& packed) {
        std::vector<Call> all;
        packed.for_each([&all](const Call& call) { all.push_back(call); });
        return all;
    }

    static std::vector<Call> calls_of(const CallStore& store, std::uint32_t subject) {
        std::vector<Call> all;
        store.for_each(subject, [&all](const Call& call) { all.push_back(call); });
        return all;
    }

    static void add(CallStore& store, std::uint32_t subject, const Call& call) {
        std::vector<Call>& known = store.open(subject);
        const auto at = std::find_if(known.begin(), known.end(),
                                     [&call](const Call& one) { return one.what >= call.what; });
        if (at != known.end() && at->what == call.what)
            at->add(call.first, call.last, call.count);
        else
            store.insert(known, at, call);
    }
};

TEST_F(CallStoreLaws, WhatIsPackedComesOutAsItWentIn) {
    for (int i = 0; i < 2'000; ++i) {
        const std::vector<Call> all = calls();
        const PackedCalls packed(all);
        EXPECT_EQ(packed.empty(), all.empty());
        EXPECT_EQ(packed.count(), all.size());
        ASSERT_EQ(unpacked(packed), all) << "SCGEN_SEED=" << seed_;
        PackedCalls copy;
        copy = packed;
        ASSERT_EQ(unpacked(copy), all);
    }
}

TEST_F(CallStoreLaws, ManySubjectsAreKeptAsInAMap) {
    constexpr std::uint32_t subjects = 20'000;
    CallStore store;
    for (std::uint32_t i = 0; i < subjects; ++i)
        store.add_subject();
    std::map<std::uint32_t, std::map<std::uint32_t, Call>> expected;
    std::size_t size = 0;
    for (int i = 0; i < 250'000; ++i) {
        // Some are not heard of again, and one never is.
        const auto subject = static_cast<std::uint32_t>(1 + below(i < 150'000 ? subjects - 1 : 8'000));
        Call call;
        call.what = static_cast<std::uint32_t>(below(64));
        call.count = 1;
        call.first = call.last = moment();
        add(store, subject, call);
        const auto [at, fresh] = expected[subject].try_emplace(call.what, call);
        if (!fresh) at->second.add(call.first, call.last, call.count);
        size += fresh ? 1 : 0;
    }
    EXPECT_GT(store.packed_so_far(), 100'000U) << "otherwise nothing was tested";
    EXPECT_EQ(store.size(), size);
    EXPECT_TRUE(store.is_empty(0));
    const CallStore copy = store;
    for (const auto& [subject, calls] : expected) {
        std::vector<Call> all;
        for (const auto& [what, call] : calls)
            all.push_back(call);
        EXPECT_FALSE(store.is_empty(subject));
        ASSERT_EQ(calls_of(store, subject), all) << "SCGEN_SEED=" << seed_;
        ASSERT_EQ(calls_of(copy, subject), all);
    }
}

/// A few subjects of very many calls, each wanted in turn.
TEST_F(CallStoreLaws, NoLogMakesPackingExpensive) {
    constexpr std::uint32_t subjects = 100, calls = 4'096;
    CallStore store;
    for (std::uint32_t i = 0; i < subjects; ++i)
        store.add_subject();
    std::uint64_t uses = 0;
    for (std::uint32_t what = 0; what < calls; ++what)
        for (std::uint32_t subject = 0; subject < subjects; ++subject, ++uses)
            add(store, subject, {what, 1, {}, {}});
    for (int i = 0; i < 20'000; ++i, ++uses)
        store.open(static_cast<std::uint32_t>(i) % subjects);
    EXPECT_LE(store.packed_so_far(), 64 * uses);
}

}  // namespace
}  // namespace scgen
