#pragma once

#include <cstddef>
#include <string>

#include "scgen/observe/attribution.hpp"
#include "scgen/report/json_text.hpp"
#include "scgen/report/table.hpp"

namespace scgen {

/// The workloads of a log, one row each, under a title line.
class WorkloadTable {
  public:
    WorkloadTable();
    void add(const Workload& workload);
    std::string text() const { return table_.text(); }

  private:
    Table table_;
};

/// The same as a JSON array, with a newline at its end: workload, comms, exes, pids, archs, records, denied,
/// syscalls (names by ABI; a number where no table has a name), first, last.
class WorkloadArray {
  public:
    WorkloadArray() { json_.begin('['); }
    void add(const Workload& workload);
    std::string text() &&;

  private:
    static constexpr std::size_t indent = 2;
    JsonText json_{indent};
};

/// A workload's name for a message, escaped. One that joins everything is called by the names in it.
std::string show_workload(const Workload& workload, GroupBy group_by);

/// The runtimes that started it, for a message: "runc", "crun, runc", "a container runtime" where none is known.
std::string show_runtimes(const Workload& workload);

/// Records of calls that a filter denied: errno, kill, trap.
std::uint64_t denied_records(const Workload& workload) noexcept;

/// Records of logged calls that no table names.
std::uint64_t unnamed_records(const Workload& workload) noexcept;

}  // namespace scgen
