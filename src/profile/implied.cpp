// Measured with Debian 12 on Linux 6.18, in lives of servers that were all told to do the same, under one recorded profile:
// node called sched_yield in 7 of 20; a server in Go 1.19 getpid and tgkill in 3 of 40, and in 2 of 6 recordings. Nothing
// in one recording shows that, but the calls which it does show tell what kind of program it is.

#include "implied.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace scgen {
namespace {

struct Implied {
    std::string_view name;
    std::string_view reason;
};

// sigreturn is not for 32-bit ABIs alone: s390x returns so from a handler without SA_SIGINFO
// (arch/s390/kernel/signal.c handle_signal()).
constexpr std::array of_all{
    Implied{"exit", "ends a thread; the last record of a task is often lost"},
    Implied{"exit_group", "ends the process; the last record of a task is often lost"},
    Implied{"restart_syscall", "made by the kernel for a sleep or wait that a stop and continue interrupted"},
    Implied{"rt_sigreturn", "returns from a signal handler; a rare signal may not have come while recording"},
    Implied{"sigreturn",
            "returns from a signal handler on this ABI; a rare signal may not have come while recording"},
};

constexpr std::array of_threads{
    Implied{"sched_yield", "threads that wait for each other (clone and futex, seen) make it now and then"},
};

// Source: Go's src/runtime: os_linux.go signalM(), proc.go sysmon(), mem_linux.go sysUnusedOS().
constexpr std::array of_go{
    Implied{"getpid", "Go asks for it to signal a thread of its own process, and this looks like Go"},
    Implied{"madvise", "Go gives memory back with it, and this looks like Go"},
    Implied{"nanosleep", "Go's monitor thread sleeps with it, and this looks like Go"},
    Implied{"tgkill", "Go interrupts a thread with it now and then, and this looks like Go"},
};

bool has_threads(const std::set<std::string>& seen) {
    // Many a program calls futex alone, as its libc gets ready.
    return (seen.contains("futex") || seen.contains("futex_time64")) &&
           (seen.contains("clone") || seen.contains("clone3"));
}

/// Whether threads have stacks for signals and ask for their number, as all of Go's do; few others' do.
bool looks_like_go(const std::set<std::string>& seen) {
    constexpr std::array names{"gettid", "rt_sigaction", "rt_sigprocmask", "sched_getaffinity",
                               "sigaltstack"};
    return has_threads(seen) &&
           std::all_of(names.begin(), names.end(), [&](const char* name) { return seen.contains(name); });
}

}  // namespace

std::map<std::string, std::string> implied_calls(const std::set<std::string>& seen) {
    std::map<std::string, std::string> reasons;
    const auto add = [&](const auto& calls) {
        for (const Implied& call : calls)
            reasons.emplace(call.name, call.reason);
    };
    add(of_all);
    if (has_threads(seen)) add(of_threads);
    if (looks_like_go(seen)) add(of_go);
    return reasons;
}

}  // namespace scgen
