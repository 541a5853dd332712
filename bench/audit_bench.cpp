// From bytes to records: what a line costs, by the kind of log it stands in. Bytes a second are those of the log.

#include <benchmark/benchmark.h>

#include <string>

#include "input_maker.hpp"
#include "scgen/audit/record_reader.hpp"
#include "scgen/audit/source.hpp"

namespace scgen {
namespace {

constexpr std::uint64_t mib = std::uint64_t{1} << 20U;

std::string log_of(InputKind kind) {
    std::string log;
    make_input({kind, 16 * mib, 10, 1}, [&](std::string_view text) { log += text; });
    return log;
}

void count_bytes(benchmark::State& state, const std::string& log) {
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(log.size()));
}

void lines(benchmark::State& state, InputKind kind) {
    const std::string log = log_of(kind);
    for (auto _ : state) {
        std::size_t bytes = 0;
        for_each_line(log, [&](std::string_view line) { bytes += line.size(); });
        benchmark::DoNotOptimize(bytes);
    }
    count_bytes(state, log);
}

void records(benchmark::State& state, InputKind kind) {
    const std::string log = log_of(kind);
    for (auto _ : state) {
        std::size_t observed = 0;
        for_each_line(log, [&](std::string_view line) {
            Record record;
            observed += parse_record(line, Trust::kernel, record) == Outcome::observed ? 1U : 0U;
        });
        benchmark::DoNotOptimize(observed);
    }
    count_bytes(state, log);
}

BENCHMARK_CAPTURE(lines, syslog, InputKind::syslog);
BENCHMARK_CAPTURE(records, syslog, InputKind::syslog);
BENCHMARK_CAPTURE(records, mixed, InputKind::mixed);
BENCHMARK_CAPTURE(records, audit, InputKind::audit);

}  // namespace
}  // namespace scgen
