#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "scgen/observe/attribution.hpp"
#include "scgen/profile/profile.hpp"
#include "scgen/profile/runtime_calls.hpp"

namespace scgen {

/// Which actions teach: calls that a recording profile logged, calls that were denied, or whatever was
/// recorded.
enum class Learn : std::uint8_t { log, denied, all };

/// How far beyond what was seen a profile goes: nowhere; by calls that a log need not show; and by what the
/// same program calls on other kernels, libcs and ABIs, with ENOSYS for the unknown and EPERM for the
/// dangerous.
enum class Closure : std::uint8_t { none, implicit, full };

struct GenerateOptions {
    Learn learn = Learn::log;
    Closure closure = Closure::implicit;
    Action default_action = Action::errno_;
    /// Under full closure 1, EPERM, becomes ENOSYS.
    std::uint32_t errno_ret = 1;
    /// Empty: the ABIs observed.
    std::set<Arch> architectures;
    /// Never allowed, neither by closure nor by the base; under a default of log they get a rule of their own
    /// with errno_ret.
    std::set<std::string> deny;
    /// Calls of a name are summed over its ABIs and the actions learned.
    std::uint64_t min_count = 1;
    /// Added as merge() does, under this profile's own default action and errno: of a base whose default
    /// allows or logs, only the rules that allow count. Its architectures come along unless `architectures`
    /// are given.
    std::optional<Profile> base;
    /// Whether a container runtime is to read the profile, with its peculiarities: runc answers ENOSYS to what is above
    /// the largest number it finds in a profile, and finds some only where closure names a call to deny above them.
    bool for_containers = true;
    /// The measured start-up of a container runtime, for logs that lack it: added whatever the closure.
    std::optional<RuntimeCalls> runtime;
};

/// A profile with the reason for everything that is in it and was not seen, and for everything seen that is
/// not in it.
struct Generated {
    Profile profile;
    /// Names added without having been seen, each with its reason; clone3 or open_tree may be added to be denied.
    std::map<std::string, std::string> added;
    /// Names answered with EPERM by a rule of their own, because full closure answers others with ENOSYS,
    /// each with the reason.
    std::map<std::string, std::string> forbidden;
    /// Numbers that no table names, or records without an ABI: losses, for a profile cannot hold them.
    std::map<Syscall, Evidence> unnamed;
    /// Calls seen, by name, that options kept out: under an action not learned, an ABI not wanted, a count
    /// too low. Names that are allowed after all are not here, but for those of another ABI. A number without
    /// a name reads "number 600 of x86_64".
    std::map<std::string, Evidence> not_learned;
    std::map<std::string, Evidence> other_arch;
    std::map<std::string, Evidence> too_rare;
    /// Denied names that were seen all the same.
    std::map<std::string, Evidence> denied;
    /// Names learned from the log; none means that there is nothing to make a profile of.
    std::size_t learned = 0;
};

/// Whether a record of `action` teaches under `learn`.
bool teaches(Learn learn, Action action) noexcept;

/// The least profile that lets `workload` do what it was seen doing, under `options`.
///
/// Shape: where the log shows a runtime's start-up, what that runtime calls only now and then is part of the closure.
/// Law: every learned call with a name is allowed, and without closure, base and runtime nothing else is. ABIs are
/// those of learned calls:
///      a number no table knows brings no ABI in.
Generated generate(const Workload& workload, const GenerateOptions& options);

}  // namespace scgen
