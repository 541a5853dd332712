// Least and sufficient, on every sample: the profile of a workload validates and denies nothing that was seen, and
// without any one of its names it denies something.

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "scgen/observe/ingest.hpp"
#include "scgen/profile/generate.hpp"
#include "scgen/profile/replay.hpp"
#include "scgen/profile/validate.hpp"

namespace scgen {
namespace {

std::vector<std::string> samples() {
    std::vector<std::string> paths;
    for (const auto& entry : std::filesystem::directory_iterator(SCGEN_SAMPLES))
        if (entry.path().extension() == ".log") paths.push_back(entry.path());
    return paths;
}

std::vector<Workload> workloads_of(const std::string& path) {
    std::ifstream file(path);
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    Ingest ingest({});
    ingest.feed({.text = text, .oversized = 0, .losses = {}, .end = true});
    ingest.end_input();
    return attribute(ingest.observations(), GroupBy::comm, {}).workloads;
}

/// Whether the profile denies a call with a name that the workload was seen making under a filter that logs.
bool denies_something(const Profile& profile, const Workload& workload) {
    const Replay replay(profile);
    for (const auto& [call, evidence] : workload.calls)
        if (call.action == Action::log && syscall_name(call.syscall) &&
            replay.ask(call.syscall).reply != Reply::allowed)
            return true;
    return false;
}

class SampleLaws : public testing::TestWithParam<std::string> {};

TEST_P(SampleLaws, LeastAndSufficient) {
    GenerateOptions options;
    options.closure = Closure::none;
    std::size_t names = 0;
    for (const Workload& workload : workloads_of(GetParam())) {
        const Generated generated = generate(workload, options);
        if (generated.learned == 0) continue;
        const Profile& profile = generated.profile;
        EXPECT_TRUE(validate(profile).ok()) << workload.name;
        EXPECT_FALSE(denies_something(profile, workload)) << workload.name;
        ASSERT_EQ(profile.rules.size(), 1U);
        for (const std::string& name : profile.rules.front().names) {
            Profile less = profile;
            less.rules.front().names.erase(name);
            EXPECT_TRUE(denies_something(less, workload)) << workload.name << " without " << name;
            ++names;
        }
    }
    EXPECT_GT(names, 0U);
}

INSTANTIATE_TEST_SUITE_P(Samples, SampleLaws, testing::ValuesIn(samples()), [](const auto& sample) {
    std::string name = std::filesystem::path(sample.param).stem();
    for (char& c : name)
        if (c == '-') c = '_';
    return name;
});

}  // namespace
}  // namespace scgen
