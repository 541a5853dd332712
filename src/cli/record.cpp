#include <poll.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>

#include "commands.hpp"
#include "destination.hpp"
#include "documents.hpp"
#include "logged_command.hpp"
#include "reading.hpp"
#include "scgen/audit/machine.hpp"
#include "scgen/report/escape.hpp"
#include "scgen/report/hints.hpp"

// The socket is opened, and all places are checked, before COMMAND is started: what can be refused is refused before
// anything has run.
//
// The recording ends with the last descendant, as what a daemon does after its starter has ended is the workload, and
// this process is the reaper of what has lost its parent. Then a child of our own makes a call of a number that no
// kernel has: the kernel's queue is one, so that when this record is here, all that came before it is.

namespace scgen {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

/// SIGCHLD and the signals that stop programs, as a descriptor; they are blocked while it lives.
class Signals {
  public:
    Signals() {
        sigset_t set;
        ::sigemptyset(&set);
        for (const int number : {SIGCHLD, SIGINT, SIGTERM, SIGHUP, SIGQUIT})
            ::sigaddset(&set, number);
        ::sigprocmask(SIG_BLOCK, &set, &before_);
        fd_ = ::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
        if (fd_ < 0) throw Error(std::string("record: signalfd: ") + std::strerror(errno));
    }
    Signals(const Signals&) = delete;
    Signals& operator=(const Signals&) = delete;
    ~Signals() {
        ::close(fd_);
        ::sigprocmask(SIG_SETMASK, &before_, nullptr);
    }

    int fd() const noexcept { return fd_; }
    const sigset_t& before() const noexcept { return before_; }
    bool next(signalfd_siginfo& out) const noexcept { return ::read(fd_, &out, sizeof out) == sizeof out; }

  private:
    int fd_ = -1;
    sigset_t before_{};
};

/// The exit status that a shell gives.
int status_of(int status) noexcept {
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

class Recording {
  public:
    Recording(Source source, const Signals& signals, const LoggedCommand& command, Ingest& ingest,
              Terminal& terminal)
        : source_(std::move(source)),
          signals_(signals),
          command_(command),
          ingest_(ingest),
          terminal_(terminal) {}

    /// COMMAND's exit status, when all is read.
    int run() {
        do
            wait(status_ && !told_ ? patience : milliseconds(-1));
        while (!ended());
        await_mark();
        source_.stop();
        while (!source_.ended())
            feed(source_.next(patience));
        ingest_.end_input();
        return *status_;
    }

  private:
    static constexpr milliseconds patience{1000};

    void wait(milliseconds longest) {
        std::array<pollfd, 2> fds{{{source_.fd(), POLLIN, 0}, {signals_.fd(), POLLIN, 0}}};
        const int count = ::poll(fds.data(), fds.size(), static_cast<int>(longest.count()));
        if (count < 0 && errno != EINTR)
            throw Error(std::string("record: wait for records: ") + std::strerror(errno));
        if (fds[0].revents != 0) feed(source_.next(milliseconds(0)));
        if (count == 0 && status_ && !told_) {
            terminal_.note(
                "COMMAND has ended, and what it started runs on; end it, or the recording with Ctrl-C.");
            told_ = true;
        }
        for (signalfd_siginfo signal{}; signals_.next(signal);)
            take(signal);
    }

    void take(const signalfd_siginfo& signal) {
        const auto number = static_cast<int>(signal.ssi_signo);
        if (number == SIGCHLD) return;
        if (status_)
            stopped_ = true;
        else if (signal.ssi_code != SI_KERNEL)  // the terminal's reach COMMAND by themselves
            ::kill(command_.pid(), number);
    }

    /// Reaps what has ended; whether nothing is left, or no more is wanted.
    bool ended() {
        for (;;) {
            int status = 0;
            const pid_t pid = ::waitpid(-1, &status, WNOHANG);
            if (pid == command_.pid()) status_ = status_of(status);
            if (pid > 0 || (pid < 0 && errno == EINTR)) continue;
            if (pid < 0) return true;
            if (stopped_)
                terminal_.warning(
                    "what COMMAND started runs on, and is logged until it ends; nothing more is learned.");
            return stopped_;
        }
    }

    void feed(const Block& block) {
        for (const std::string& note : block.notes)
            terminal_.warning(note);
        if (!mark_.empty() && block.text.find(mark_) != std::string_view::npos) mark_.clear();
        ingest_.feed(block);
    }

    void await_mark() {
        constexpr long unused = 0x2000'0000, mask = 0xfff'ffff;
        const long number = unused | ((::getpid() ^ Clock::now().time_since_epoch().count()) & mask);
        mark_ = " syscall=" + std::to_string(number) + " ";
        const bool made = log_one_call(number);
        auto until = Clock::now() + patience;
        while (made && !mark_.empty() && Clock::now() < until) {
            const Block block = source_.next(patience);
            if (!block.text.empty()) until = Clock::now() + patience;
            feed(block);
        }
        if (!mark_.empty())
            terminal_.warning("a record made to mark the end did not come, so the last ones may be missing.");
        mark_.clear();
    }

    Source source_;
    const Signals& signals_;
    const LoggedCommand& command_;
    Ingest& ingest_;
    Terminal& terminal_;
    std::optional<int> status_;
    bool stopped_ = false;
    bool told_ = false;
    std::string mark_;  ///< in the line of the record that is to come last; empty once it came
};

void refuse_silent_kernel() {
    const MachineFacts machine = ask_machine();
    if (!machine.actions_logged || (" " + *machine.actions_logged).find(" log") != std::string::npos) return;
    throw Error(
        "record: this kernel is told to log no calls: kernel.seccomp.actions_logged has no log. Add it: "
        "sysctl -w kernel.seccomp.actions_logged='" +
        escape(machine.actions_logged->substr(0, machine.actions_logged->find('\n'))) + " log'");
}

}  // namespace

int run_record(const Options& given, Terminal& terminal) {
    constexpr int not_found = 127, not_run = 126;
    Options options = given;
    if (options.base) options.generate.base = load_profile(*options.base, terminal);
    Destination destination(options, terminal);
    Source source = Source::live(options.input.max_line);
    refuse_silent_kernel();
    const Signals signals;
    const LoggedCommand command(options.command_line, signals.before());
    if (command.exec_error() != 0) {
        terminal.error(escape(options.command_line.front()) +
                       ": run: " + std::strerror(command.exec_error()));
        return command.exec_error() == ENOENT ? not_found : not_run;
    }
    if (command.no_new_privileges())
        terminal.note(
            "without CAP_SYS_ADMIN COMMAND runs with no_new_privs: set-user-ID files give it nothing.");
    options.input.ingest.session = command.session();
    Ingest ingest(options.input.ingest);
    std::optional<Witnesses> witnesses;
    if (options.evidence) witnesses.emplace();
    if (witnesses) ingest.on_record([&](const Ingest::Sighting& sighting) { witnesses->saw(sighting); });
    const int status = Recording(std::move(source), signals, command, ingest, terminal).run();
    if (ingest.tally()[Outcome::observed] == 0) {
        std::string reason = "record: no seccomp record of COMMAND came: nothing to learn from.";
        for (const std::string& hint : no_record_hints(facts_at_end(ingest, options.input)))
            reason += " " + hint;
        terminal.error(reason);
        return 1;
    }
    const int answer = conclude(ingest, witnesses ? &*witnesses : nullptr, options, destination, terminal);
    return answer != 0 ? answer : status;
}

}  // namespace scgen
