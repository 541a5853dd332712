#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "filtered_command.hpp"
#include "options.hpp"
#include "progress.hpp"
#include "scgen/audit/source.hpp"
#include "scgen/observe/ingest.hpp"
#include "terminal.hpp"

namespace scgen {

/// SIGCHLD and the signals that stop programs, as a descriptor; they are blocked while it lives.
class CommandSignals {
  public:
    /// Errors: Error where no descriptor is to be had.
    CommandSignals();
    CommandSignals(const CommandSignals&) = delete;
    CommandSignals& operator=(const CommandSignals&) = delete;
    ~CommandSignals();

    int fd() const noexcept { return fd_; }
    /// What was blocked before.
    const sigset_t& before() const noexcept { return before_; }

  private:
    int fd_ = -1;
    sigset_t before_{};
};

/// COMMAND under a filter, and what the kernel's audit says of it and of all that it starts.
///
/// Shape:  COMMAND runs from the constructor on. Signals that stop programs go to COMMAND while it runs; after that they
///         end the listening.
class AuditedCommand {
  public:
    /// `logged` are the actions whose records are wanted; `each` sees every record of COMMAND, if there is one.
    ///
    /// Errors: Error where there is nothing to listen to, the kernel is told to log no such action, or a record that is
    ///         made to try it does not come: nothing was run.
    AuditedCommand(const Options& options, const KernelFilter& filter, const std::set<Action>& logged,
                   Terminal& terminal, Ingest::OnRecord each);

    /// The exit status where COMMAND could not be run, which was said: 127 where there is no such program, else 126.
    std::optional<int> not_run() const noexcept { return not_run_; }

    /// Listens until COMMAND and all that it started have ended: COMMAND's exit status, as a shell gives it.
    int listen();

    const Ingest& ingest() const noexcept { return *ingest_; }
    /// The record that marks the end came, so all before it did.
    bool heard_the_end() const noexcept { return heard_the_end_; }

  private:
    /// A call of a number that no kernel has, whose record tells what came before it.
    struct Mark {
        long number = 0;
        std::string text;  ///< in the line of its record
        bool made = false;
    };

    Mark make_mark() const;
    static std::optional<std::uint32_t> serial_of(const Mark& mark, std::string_view text);
    void try_the_kernel();
    void start(const KernelFilter& filter);
    void wait();
    int patience() const;
    void take_signals();
    void reap();
    void await_end();
    void feed(Block block);
    void show_progress();

    const Options& options_;
    Terminal& terminal_;
    std::string name_;
    Ingest::OnRecord each_;
    Source source_;
    /// Lines that came before the record that tried the way, though their serials are behind its.
    std::string overtook_;
    std::uint32_t first_serial_ = 0;
    std::chrono::steady_clock::time_point tried_at_{};
    CommandSignals signals_;
    std::optional<FilteredCommand> command_;
    std::optional<int> not_run_;
    std::optional<Ingest> ingest_;
    std::optional<Progress> progress_;
    std::set<Syscall> calls_;
    std::optional<int> status_;
    bool none_left_ = false;
    bool stopped_ = false;
    /// When to tell that COMMAND has ended and something of it runs on.
    std::chrono::steady_clock::time_point tell_at_{};
    bool told_ = false;
    bool heard_the_end_ = false;
};

}  // namespace scgen
