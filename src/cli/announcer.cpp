#include "announcer.hpp"

#include <algorithm>

#include "scgen/observe/attribution.hpp"
#include "scgen/report/escape.hpp"
#include "scgen/report/records.hpp"
#include "verdict.hpp"

namespace scgen {

Announcer::Announcer(const Options& options, Terminal& terminal) : options_(options), terminal_(terminal) {}

void Announcer::saw(const Record& record) {
    // Past these the workload's name is shown instead of the thread's: a log must not fill the memory.
    constexpr std::size_t most_callers = 65'536;
    constexpr std::size_t most_of_a_call = 64;
    if (remembered_ >= most_callers) return;
    std::vector<Caller>& callers = callers_[{record.syscall, record.action}];
    if (callers.size() >= most_of_a_call) return;
    const auto known = [&](const Caller& caller) { return caller.first == record.pid; };
    if (std::any_of(callers.begin(), callers.end(), known)) return;
    callers.emplace_back(record.pid, interpret(record.comm));
    ++remembered_;
}

void Announcer::announce(const Observations& observations, bool grown) {
    pending_ = pending_ || grown;
    if (pending_ && std::chrono::steady_clock::now() >= next_) finish(observations);
}

void Announcer::finish(const Observations& observations) {
    constexpr std::chrono::milliseconds least_pause{50};
    constexpr int cost_factor = 5;
    const auto begin = std::chrono::steady_clock::now();
    const Attribution found = attribute(observations, group_of(options_), options_.selection);
    for (const Workload& workload : found.workloads)
        announce_workload(workload);
    const auto end = std::chrono::steady_clock::now();
    next_ = end + std::max<std::chrono::steady_clock::duration>(least_pause, (end - begin) * cost_factor);
    pending_ = false;
}

void Announcer::announce_workload(const Workload& workload) {
    for (const auto& [observed, evidence] : workload.calls) {
        if (!announced_.emplace(workload.name, observed).second) continue;
        const std::string call = show_syscall(observed.syscall) + " (" + show_arch(observed.syscall.arch) +
                                 ") " + caller_of(workload, observed);
        if (teaches(options_.generate.learn, observed.action))
            terminal_.line("new: " + call);
        else
            terminal_.line("not learned: " + call + ": " + std::string(action_name(observed.action)));
    }
}

std::string Announcer::caller_of(const Workload& workload, const Observed& observed) const {
    const auto found = callers_.find(observed);
    if (found != callers_.end())
        for (const auto& [pid, comm] : found->second)
            if (workload.pids.count(pid) > 0) return escape(comm) + "[" + std::to_string(pid) + "]";
    return escape(workload.name);
}

}  // namespace scgen
