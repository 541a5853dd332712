#include "announcer.hpp"

#include <algorithm>

#include "scgen/observe/attribution.hpp"
#include "scgen/report/escape.hpp"
#include "scgen/report/records.hpp"
#include "verdict.hpp"

namespace scgen {
namespace {

std::string caller_of(const Callers& callers) {
    return escape(callers.first_comm) + "[" + std::to_string(callers.first_pid) + "]";
}

}  // namespace

Announcer::Announcer(const Options& options, Terminal& terminal) : options_(options), terminal_(terminal) {}

void Announcer::announce(const Observations& observations, bool grown) {
    pending_ = pending_ || grown;
    if (pending_ && std::chrono::steady_clock::now() >= next_) finish(observations);
}

void Announcer::finish(const Observations& observations) {
    // What comes right after this begins is told when the next one ends: a pause and two runs later.
    constexpr std::chrono::milliseconds most_wait{30}, most_cost{10};
    constexpr int cost_factor = 5;
    const auto begin = std::chrono::steady_clock::now();
    attribute(observations, group_of(options_), options_.selection, options_.containers->now(),
              Detail::callers, [this](const Workload& workload) { announce_workload(workload); });
    const auto end = std::chrono::steady_clock::now();
    const auto cost = end - begin;
    next_ = end + (cost <= most_cost ? most_wait - 2 * cost : cost_factor * cost);
    pending_ = false;
}

void Announcer::announce_workload(const Workload& workload) {
    for (const auto& [observed, evidence] : workload.calls) {
        if (!announced_.emplace(workload.name, observed).second) continue;
        const std::string call = show_syscall(observed.syscall) + " (" + show_arch(observed.syscall.arch) +
                                 ") " + caller_of(workload.callers.at(observed));
        if (teaches(options_.generate.learn, observed.action))
            terminal_.line("new: " + call);
        else
            terminal_.line("not learned: " + call + ": " + std::string(action_name(observed.action)));
    }
}

}  // namespace scgen
