// From lines to workloads.

#include <benchmark/benchmark.h>

#include <algorithm>
#include <string>

#include "input_maker.hpp"
#include "scgen/observe/attribution.hpp"
#include "scgen/observe/ingest.hpp"

namespace scgen {
namespace {

constexpr std::uint64_t mib = std::uint64_t{1} << 20U;
constexpr std::size_t block_size = std::size_t{256} << 10U;

std::string log_of(InputKind kind, std::size_t processes) {
    std::string log;
    make_input({kind, 16 * mib, processes, 1}, [&](std::string_view text) { log += text; });
    return log;
}

/// Feeds a log in Blocks of whole lines, as a Source hands them out.
void feed(Ingest& ingest, std::string_view log) {
    while (!log.empty()) {
        const std::size_t newline = log.find('\n', std::min(block_size, log.size() - 1));
        const std::string_view text =
            log.substr(0, newline == std::string_view::npos ? newline : newline + 1);
        ingest.feed({.text = text, .oversized = 0, .end = false});
        log.remove_prefix(text.size());
    }
    ingest.end_input();
}

void ingest(benchmark::State& state, InputKind kind, std::size_t processes) {
    const std::string log = log_of(kind, processes);
    for (auto _ : state) {
        Ingest ingest({});
        feed(ingest, log);
        benchmark::DoNotOptimize(ingest.tally().lines());
    }
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(log.size()));
}

void attribution(benchmark::State& state, std::size_t processes) {
    Ingest ingest({});
    feed(ingest, log_of(InputKind::syslog, processes));
    for (auto _ : state)
        benchmark::DoNotOptimize(attribute(ingest.observations(), GroupBy::comm, {}));
}

BENCHMARK_CAPTURE(ingest, syslog, InputKind::syslog, 10);
BENCHMARK_CAPTURE(ingest, syslog_10000_processes, InputKind::syslog, 10'000);
BENCHMARK_CAPTURE(ingest, mixed, InputKind::mixed, 10);
BENCHMARK_CAPTURE(ingest, audit, InputKind::audit, 10);
BENCHMARK_CAPTURE(attribution, 10_processes, 10);
BENCHMARK_CAPTURE(attribution, 10000_processes, 10'000);

}  // namespace
}  // namespace scgen
