#pragma once

#include <string>
#include <vector>

#include "scgen/observe/attribution.hpp"

namespace scgen {

/// The workloads of a log, one row each, under a title line.
std::string workloads_table(const std::vector<Workload>& workloads);

/// The same as a JSON array, with a newline at its end: workload, comms, exes, pids, archs, records, denied,
/// syscalls (names by ABI; a number where no table has a name), first, last.
std::string workloads_json(const std::vector<Workload>& workloads);

/// A workload's name for a message, escaped. One that joins everything is called by the names in it.
std::string show_workload(const Workload& workload, GroupBy group_by);

/// The runtimes that started it, for a message: "runc", "crun, runc", "a container runtime" where none is known.
std::string show_runtimes(const Workload& workload);

/// Records of calls that a filter denied: errno, kill, trap.
std::uint64_t denied_records(const Workload& workload) noexcept;

/// Records of logged calls that no table names.
std::uint64_t unnamed_records(const Workload& workload) noexcept;

}  // namespace scgen
