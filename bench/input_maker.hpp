#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace scgen {

/// The logs to measure with: every line a record, as rsyslog writes them; syslog of which one line in twenty is a record,
/// in bursts; audit.log, every second record a SECCOMP one.
enum class InputKind : std::uint8_t { syslog, mixed, audit };

std::optional<InputKind> input_kind(std::string_view name);

/// What is in a log, counted where it was written, not by reading it back.
struct InputTruth {
    struct Workload {
        std::uint64_t records = 0;
        std::set<std::string_view> syscalls;
    };
    std::uint64_t lines = 0;
    std::uint64_t records = 0;
    std::uint64_t refused = 0;
    std::map<std::string, Workload> workloads;
};

struct InputOptions {
    InputKind kind = InputKind::syslog;
    std::uint64_t bytes = 0;
    std::size_t processes = 10;
    std::uint64_t seed = 1;
};

/// Hands a log of at least so many bytes to `write`, in pieces of whole lines; the same options give the same bytes.
InputTruth make_input(const InputOptions& options, const std::function<void(std::string_view)>& write);

}  // namespace scgen
