#pragma once

#include <signal.h>
#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

namespace scgen {

/// A program that was started with every system call logged, in an audit session of its own.
///
/// Shape:  the call that starts it (execve) is the first that is logged. Its descendants inherit filter and session,
///         and become children of this process when their parents end.
class LoggedCommand {
  public:
    /// Starts it, with the signals blocked that `blocked` holds.
    ///
    /// Errors: Error where the kernel refuses session or filter: nothing was run.
    LoggedCommand(const std::vector<std::string>& words, const sigset_t& blocked);

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

/// Makes a child that has a call of this number logged, which no kernel has, and ends. Whether it could.
bool log_one_call(long number) noexcept;

}  // namespace scgen
