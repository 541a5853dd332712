#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace scgen {

/// The calls that one release of a runtime was measured to make in starting a container, on x86_64.
///
/// Source: runtime-tables/start-up.tsv.
struct RuntimeCalls {
    std::string runtime;
    /// The release the set is of: the one asked for, or the newest measured one before it.
    std::string version;
    std::set<std::string> names;
};

/// The measured set of `runtime` ("runc", "crun"); of its newest release when `version` ("1.1.12", "v1.1.12")
/// is empty.
///
/// Shape:  nothing for a runtime that was not measured, a release older than all measured ones, or what is no
/// version.
std::optional<RuntimeCalls> runtime_calls(std::string_view runtime, std::string_view version = {});

/// The releases of `runtime` that have a set, newest first.
std::vector<std::string_view> runtime_versions(std::string_view runtime);

/// A call that a runtime's init makes between loading the filter and the workload's execve: the profile must
/// have it.
///
/// Source: runtime-tables/after-filter.tsv, which says how it was measured.
struct CallAfterFilter {
    /// required: no start without it. sometimes: some starts crash without it. spare: no start was seen to
    /// fail without it. unknown: never left out.
    enum class Need : std::uint8_t { required, sometimes, spare, unknown };
    std::string_view runtime;
    std::string_view version;
    bool no_new_privs;
    std::string_view name;
    /// Plain starts, of 40, that made the call.
    std::uint32_t starts;
    Need need;
    /// When it is made, for what no plain start called; else empty.
    std::string_view occasion;
};

/// The calls of `runtime` under its filter, in order of name; empty for a runtime that was not measured.
std::vector<CallAfterFilter> calls_after_filter(std::string_view runtime, bool no_new_privs);

/// What `runtime` calls under the filter to execute a program in a container that runs (`crun exec`, exec probes), beyond
/// what it calls in a start; empty where nothing was measured, or there is no more.
std::set<std::string> calls_of_exec(std::string_view runtime);

/// A call that a runtime's init makes in some starts and not in others, so that one recording need not show it.
///
/// Source: runtime-tables/now-and-then.tsv, which has the evidence for each.
struct CallNowAndThen {
    std::string_view runtime;
    std::string_view name;
    std::string_view why;
};

/// Those of `runtime`, in order of name; empty for a runtime of which none are known.
std::vector<CallNowAndThen> calls_now_and_then(std::string_view runtime);

}  // namespace scgen
