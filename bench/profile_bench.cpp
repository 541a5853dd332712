// From a workload to a proven profile.

#include <benchmark/benchmark.h>

#include "scgen/abi/syscall_table.hpp"
#include "scgen/profile/baseline.hpp"
#include "scgen/profile/diff.hpp"
#include "scgen/profile/filter.hpp"
#include "scgen/profile/generate.hpp"
#include "scgen/profile/json.hpp"
#include "scgen/profile/validate.hpp"

namespace scgen {
namespace {

/// Every fourth call of x86_64, about as many as nginx makes.
Workload workload() {
    Workload workload;
    std::size_t row = 0;
    for (const SyscallRow& call : syscalls_of(Arch::x86_64))
        if (row++ % 4 == 0) workload.calls[{{Arch::x86_64, call.nr}, Action::log}] = Evidence{1, {}, {}};
    return workload;
}

Profile profile() {
    return generate(workload(), {}).profile;
}

void generation(benchmark::State& state) {
    const Workload seen = workload();
    for (auto _ : state)
        benchmark::DoNotOptimize(generate(seen, {}));
}

void full_closure(benchmark::State& state) {
    const Workload seen = workload();
    GenerateOptions options;
    options.closure = Closure::full;
    for (auto _ : state)
        benchmark::DoNotOptimize(generate(seen, options));
}

void compilation(benchmark::State& state) {
    const Profile compiled = profile();
    for (auto _ : state)
        benchmark::DoNotOptimize(Filter::compile(compiled));
}

void validation(benchmark::State& state) {
    const Profile judged = profile();
    for (auto _ : state)
        benchmark::DoNotOptimize(validate(judged));
}

void difference(benchmark::State& state) {
    const Profile ours = profile();
    const Profile baseline = resolve_baseline("containerd", std::nullopt, {});
    for (auto _ : state)
        benchmark::DoNotOptimize(diff(ours, baseline));
}

void reading(benchmark::State& state) {
    const std::string text = write_profile(resolve_baseline("docker", std::nullopt, {}));
    for (auto _ : state)
        benchmark::DoNotOptimize(read_profile(text, "p.json"));
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(text.size()));
}

BENCHMARK(generation);
BENCHMARK(full_closure);
BENCHMARK(compilation);
BENCHMARK(validation);
BENCHMARK(difference);
BENCHMARK(reading);

}  // namespace
}  // namespace scgen
