#pragma once

#include <signal.h>
#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

#include "scgen/profile/evaluator.hpp"

namespace scgen {

/// A filter as the kernel takes it.
///
/// Units:  flags are SECCOMP_FILTER_FLAG_*.
struct KernelFilter {
    std::vector<Instruction> program;
    unsigned flags = 0;
};

/// RET_LOG for every call of every ABI: i386 and x32 callers are logged as well, which a filter made by libseccomp kills
/// unless it lists them.
KernelFilter log_every_call();

/// A program that was started under a filter, in an audit session of its own.
///
/// Shape:  the call that starts it (execve) is the first that is filtered. Its descendants inherit filter and session,
///         and become children of this process when their parents end.
class FilteredCommand {
  public:
    /// Starts it, with the signals blocked that `blocked` holds.
    ///
    /// Errors: Error where the kernel refuses session or filter: nothing was run.
    FilteredCommand(const std::vector<std::string>& words, const KernelFilter& filter,
                    const sigset_t& blocked);

    pid_t pid() const noexcept { return pid_; }
    std::uint32_t session() const noexcept { return session_; }
    /// Why there is no such program, or it cannot be run: errno; 0 where it runs.
    int exec_error() const noexcept { return exec_error_; }
    /// The kernel wanted that it gains no privileges by set-user-ID files.
    bool no_new_privileges() const noexcept { return no_new_privileges_; }

  private:
    pid_t pid_ = 0;
    std::uint32_t session_ = 0;
    int exec_error_ = 0;
    bool no_new_privileges_ = false;
};

/// Makes a child that makes one call of this number, which no kernel has, and has it logged. Whether it could.
bool log_one_call(long number);

}  // namespace scgen
