#pragma once

#include <chrono>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "options.hpp"
#include "scgen/observe/attribution.hpp"
#include "scgen/observe/observations.hpp"
#include "terminal.hpp"

namespace scgen {

/// Says each call of the selected workloads when it is first seen on a stream.
///
/// Shape:  a call belongs to a workload only once attribution says so, which may be later than its record
///         (a runtime's start-up waits for the exec). It is told within 50 ms of its record; where attribution
///         takes long, with thousands of processes, that is run more rarely.
class Announcer {
  public:
    Announcer(const Options& options, Terminal& terminal);

    /// Announces what is new, if it is time; `grown` says whether anything came that had not been seen.
    void announce(const Observations& observations, bool grown);
    /// When announce() is wanted though nothing comes.
    std::optional<std::chrono::steady_clock::time_point> due() const {
        return pending_ ? std::optional(next_) : std::nullopt;
    }
    /// The same whether or not it is time.
    void finish(const Observations& observations);

  private:
    void announce_workload(const Workload& workload);

    const Options& options_;
    Terminal& terminal_;
    std::set<std::pair<std::string, Observed>> announced_;
    std::chrono::steady_clock::time_point next_{};
    bool pending_ = false;
};

}  // namespace scgen
