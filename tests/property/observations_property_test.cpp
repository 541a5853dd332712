#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "scgen/observe/attribution.hpp"
#include "scgen/observe/observations.hpp"
#include "support/seccomp_record.hpp"
#include "support/seeded.hpp"

// The laws of merging, on random records of few enough names that they meet often. SCGEN_SEED repeats a run.

namespace scgen {
namespace {

class ObservationLaws : public ::testing::TestWithParam<std::uint32_t>, protected Seeded {
  protected:
    ObservationLaws() : Seeded(20'240'607U, GetParam()) {}

    std::vector<SeccompRecord> records(std::size_t count) {
        static const std::vector<std::string> comms = {"nginx", "runc:[2:INIT]", "sh", "worker 1",
                                                       "crun",  "java",          "\n"};
        static const std::vector<std::string> exes = {"/", "/bin/sh", "/usr/bin/java", "/usr/sbin/nginx", ""};
        std::vector<SeccompRecord> all;
        for (std::size_t i = 0; i < count; ++i) {
            SeccompRecord record;
            record.pid = static_cast<std::int32_t>(below(6));
            record.exe = exes[below(exes.size())];
            record.comm = comms[below(comms.size())];
            record.nr = static_cast<std::int32_t>(below(8));
            record.at = below(10) == 0 ? -1 : static_cast<double>(below(90) * 60);
            record.serial = static_cast<std::uint32_t>(i + 1);
            record.host = below(4) == 0 ? "node-2" : "";
            record.action = below(5) == 0 ? Action::errno_ : Action::log;
            all.push_back(record);
        }
        return all;
    }

    static Observations observe(const std::vector<SeccompRecord>& records) {
        Observations seen;
        add_all(seen, records);
        return seen;
    }

    static Observations merged(const Observations& left, const Observations& right) {
        Observations both = left;
        both.merge(right);
        return both;
    }
};

bool equal(const Workload& left, const Workload& right) {
    return left.name == right.name && left.comms == right.comms && left.exes == right.exes &&
           left.subjs == right.subjs && left.pids == right.pids && left.calls == right.calls &&
           left.startup == right.startup && left.runtimes == right.runtimes;
}

TEST_P(ObservationLaws, MergeIsCommutativeAndAssociative) {
    const auto a = observe(records(1 + below(150)));
    const auto b = observe(records(1 + below(150)));
    const auto c = observe(records(1 + below(150)));
    EXPECT_EQ(merged(a, b).subjects(), merged(b, a).subjects()) << "SCGEN_SEED=" << seed_;
    EXPECT_EQ(merged(merged(a, b), c).subjects(), merged(a, merged(b, c)).subjects())
        << "SCGEN_SEED=" << seed_;
    EXPECT_EQ(merged(a, Observations{}).subjects(), a.subjects()) << "SCGEN_SEED=" << seed_;
    EXPECT_EQ(merged(Observations{}, a).subjects(), a.subjects()) << "SCGEN_SEED=" << seed_;
}

TEST_P(ObservationLaws, MergingWithItselfAddsOnlyCounts) {
    const auto once = observe(records(200));
    auto twice = merged(once, once).subjects();
    for (auto& [subject, activity] : twice)
        for (auto& [what, evidence] : activity.calls) {
            ASSERT_EQ(evidence.count % 2, 0U) << "SCGEN_SEED=" << seed_;
            evidence.count /= 2;
        }
    EXPECT_EQ(twice, once.subjects()) << "SCGEN_SEED=" << seed_;
}

TEST_P(ObservationLaws, TheOrderOfRecordsDoesNotMatter) {
    auto all = records(300);
    const auto in_order = observe(all).subjects();
    std::shuffle(all.begin(), all.end(), random_);
    EXPECT_EQ(observe(all).subjects(), in_order) << "SCGEN_SEED=" << seed_;
}

TEST_P(ObservationLaws, ActivityAddsAsObservationsMerge) {
    const auto a = observe(records(100));
    const auto b = observe(records(100));
    auto sum = a.subjects();
    for (const auto& [subject, activity] : b.subjects())
        sum[subject].add(activity);
    EXPECT_EQ(sum, merged(a, b).subjects()) << "SCGEN_SEED=" << seed_;
}

TEST_P(ObservationLaws, ShardingDoesNotChangeAttribution) {
    const auto all = records(300);
    std::vector<std::vector<SeccompRecord>> shards(1 + below(5));
    for (const SeccompRecord& record : all)
        shards[below(shards.size())].push_back(record);
    Observations joined;
    for (const auto& shard : shards)
        joined.merge(observe(shard));
    for (const GroupBy by : {GroupBy::all, GroupBy::comm, GroupBy::exe, GroupBy::pid, GroupBy::subj}) {
        const Attribution whole = attribute(observe(all), by, {});
        const Attribution parts = attribute(joined, by, {});
        EXPECT_TRUE(std::equal(whole.workloads.begin(), whole.workloads.end(), parts.workloads.begin(),
                               parts.workloads.end(), equal))
            << "SCGEN_SEED=" << seed_;
        EXPECT_TRUE(equal(whole.unattributed, parts.unattributed)) << "SCGEN_SEED=" << seed_;
    }
}

TEST_P(ObservationLaws, NothingIsLostOrCountedTwice) {
    const auto all = records(300);
    const Attribution one = attribute(observe(all), GroupBy::all, {});
    ASSERT_LE(one.workloads.size(), 1U);
    std::set<Observed> expected;
    std::set<Observed> given;
    for (const SeccompRecord& record : all)
        expected.insert({record.record().syscall, record.action});
    for (const auto& [what, evidence] :
         one.workloads.empty() ? one.unattributed.calls : one.workloads[0].calls)
        given.insert(what);
    for (const auto& [what, evidence] : one.unattributed.calls)
        given.insert(what);
    EXPECT_EQ(given, expected) << "SCGEN_SEED=" << seed_;
    const std::uint64_t counted = one.workloads.empty() ? 0 : one.workloads[0].records();
    EXPECT_LE(counted, all.size()) << "SCGEN_SEED=" << seed_;
}

INSTANTIATE_TEST_SUITE_P(Seeds, ObservationLaws, ::testing::Range(0U, 25U));

}  // namespace
}  // namespace scgen
