// A container runtime loads the filter and only then executes the program, so a profile must hold what the runtime calls
// in between. A recording from the start shows those calls, and still not all of them: runc is a Go program, and whether
// a start calls futex or rt_sigreturn is a matter of the moment. A profile with exactly what one clean recording of runc
// showed failed 8 to 15 of 80 starts.
//
// The sets of releases are partly of the whole start-up: mount, pivot_root, setns and their like come before the filter,
// and no program should have them for that. So of what is dangerous only what was measured under the filter is taken.
//
// Where the log has no start-up of a runtime and nobody named one, nothing is added: the workload may be no container.

#include "start_up.hpp"

#include <algorithm>

#include "scgen/profile/risk.hpp"

namespace scgen {
namespace {

using Reasons = std::map<std::string, std::string>;

void add_measured(Reasons& reasons, const RuntimeCalls& calls) {
    const std::string while_starting = " calls it while it starts a container, as measured (--runtime)";
    // The measured sets were made with no_new_privs, where a start needs less than without.
    const auto under_filter = calls_after_filter(calls.runtime, false);
    for (const std::string& name : calls.names) {
        const auto risk = risk_of(name);
        const bool dangerous = risk && risk->severity == Severity::high;
        const bool made_under_filter =
            std::any_of(under_filter.begin(), under_filter.end(),
                        [&](const CallAfterFilter& call) { return call.name == name; });
        if (!dangerous || made_under_filter)
            reasons.try_emplace(name, calls.runtime + ' ' + calls.version + while_starting);
    }
    for (const std::string& name : calls_of_exec(calls.runtime))
        reasons.try_emplace(
            name,
            calls.runtime + " calls it to execute a program in a running container, as measured (--runtime)");
    for (const auto& call : under_filter)
        if (call.need == CallAfterFilter::Need::required)
            reasons.try_emplace(std::string(call.name), calls.runtime + ' ' + std::string(call.version) +
                                                            while_starting + ", without no_new_privs");
}

void add_now_and_then(Reasons& reasons, const std::string& runtime) {
    for (const auto& call : calls_now_and_then(runtime))
        reasons[std::string(call.name)] =
            runtime + "'s start-up calls it only now and then: " + std::string(call.why);
}

}  // namespace

std::map<std::string, std::string> start_up_unseen(const Workload& workload, const GenerateOptions& options) {
    Reasons reasons;
    if (options.runtime) {
        add_measured(reasons, *options.runtime);
        add_now_and_then(reasons, options.runtime->runtime);
    }
    if (!workload.startup.empty() && options.closure != Closure::none)
        for (const std::string& runtime : workload.runtimes)
            add_now_and_then(reasons, runtime);
    return reasons;
}

}  // namespace scgen
