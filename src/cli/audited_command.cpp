// The socket is opened, and the way from a filter to it tried, before COMMAND is started: what can be refused is refused
// before anything has run.
//
// Listening ends with the last descendant, as what a daemon does after its starter has ended is the workload, and this
// process is the reaper of what has lost its parent. Then a child of our own makes a call of a number that no kernel has:
// the kernel's queue is one, so that when this record is here, all that came before it is.
//
// Serials are handed out before records are queued, so that on another processor one may overtake another. What counts as
// heard is therefore what has a serial between the two marks, the one that tried the way and the one of the end: a serial
// that came on the wrong side of a mark would be called lost. COMMAND's own records are in order with the marks.
#include "audited_command.hpp"

#include <poll.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <sstream>

#include "reading.hpp"
#include "scgen/audit/audit_event.hpp"
#include "scgen/audit/machine.hpp"
#include "scgen/error.hpp"
#include "scgen/report/escape.hpp"
#include "scgen/report/hints.hpp"

namespace scgen {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr milliseconds second{1000};

[[noreturn]] void fail(const char* what) {
    throw Error(std::string(what) + ": " + std::strerror(errno));
}

/// The exit status that a shell gives.
int status_of(int status) noexcept {
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

/// An action as kernel.seccomp.actions_logged has it.
std::string kernel_word(Action action) {
    return action == Action::notify ? "user_notif" : std::string(action_name(action));
}

/// The lines of a text whose serials are behind `serial`, or else before it.
std::string lines_of(std::string_view text, std::uint32_t serial, bool behind) {
    std::string out;
    for_each_line(text, [&](std::string_view line) {
        const auto event = parse_event(line, Trust::kernel);
        // They may begin anew.
        const auto how_far = event ? static_cast<std::int32_t>(event->serial - serial) : 0;
        if (behind ? how_far > 0 : how_far < 0) out.append(line).append("\n");
    });
    return out;
}

void refuse_silent_kernel(const std::set<Action>& wanted) {
    const auto logged = ask_machine().actions_logged;
    if (!logged) return;
    std::set<std::string> words;
    std::istringstream all(*logged);
    for (std::string word; all >> word;)
        words.insert(word);
    std::string missing;
    for (const Action action : wanted)
        if (words.count(kernel_word(action)) == 0)
            missing += (missing.empty() ? "" : " ") + kernel_word(action);
    if (missing.empty()) return;
    throw Error("this kernel is told not to log all of it: kernel.seccomp.actions_logged lacks " + missing +
                ". Add it: sysctl -w kernel.seccomp.actions_logged='" +
                escape(logged->substr(0, logged->find('\n'))) + " " + missing + "'");
}

}  // namespace

CommandSignals::CommandSignals() {
    sigset_t set;
    ::sigemptyset(&set);
    for (const int number : {SIGCHLD, SIGINT, SIGTERM, SIGHUP, SIGQUIT})
        ::sigaddset(&set, number);
    fd_ = ::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    if (fd_ < 0) fail("signalfd");
    ::sigprocmask(SIG_BLOCK, &set, &before_);
}

CommandSignals::~CommandSignals() {
    ::close(fd_);
    ::sigprocmask(SIG_SETMASK, &before_, nullptr);
}

AuditedCommand::AuditedCommand(const Options& options, const KernelFilter& filter,
                               const std::set<Action>& logged, Terminal& terminal, Ingest::OnRecord each)
    : options_(options),
      terminal_(terminal),
      name_(command_spec(options.command).name),
      each_(std::move(each)),
      source_(Source::live(options.input.max_line)) {
    try {
        refuse_silent_kernel(logged);
        try_the_kernel();
        start(filter);
    } catch (const Error& error) {
        throw Error(name_ + ": " + error.what());
    }
}

AuditedCommand::Mark AuditedCommand::make_mark() const {
    constexpr long unused = 0x2000'0000, mask = 0xfff'ffff;
    Mark mark;
    mark.number = unused | ((::getpid() ^ Clock::now().time_since_epoch().count()) & mask);
    mark.text = " syscall=" + std::to_string(mark.number) + " ";
    mark.made = log_one_call(mark.number);
    return mark;
}

/// Rules of audit, a kernel without it and much else keep records back; so one is made, and has to come.
void AuditedCommand::try_the_kernel() {
    const Mark mark = make_mark();
    const auto until = Clock::now() + second;
    std::string last;
    while (mark.made && Clock::now() < until) {
        const Block block = source_.next(second);
        for (const std::string& note : block.notes)
            terminal_.warning(note);
        if (const auto serial = serial_of(mark, block.text)) {
            overtook_ = lines_of(last, *serial, true) + lines_of(block.text, *serial, true);
            first_serial_ = *serial;
            tried_at_ = Clock::now();
            return;
        }
        last = block.text;
    }
    std::string reason =
        "the kernel does not tell here what a filter logs: a record made to try it did not come. COMMAND was "
        "not run.";
    for (const std::string& hint :
         no_record_hints(facts_at_end(Ingest(options_.input.ingest), options_.input)))
        reason += " " + hint;
    throw Error(reason);
}

void AuditedCommand::start(const KernelFilter& filter) {
    constexpr int not_found = 127, cannot_run = 126;
    command_.emplace(options_.command_line, filter, signals_.before());
    if (command_->exec_error() != 0) {
        terminal_.error(escape(options_.command_line.front()) +
                        ": run: " + std::strerror(command_->exec_error()));
        not_run_ = command_->exec_error() == ENOENT ? not_found : cannot_run;
        return;
    }
    if (command_->no_new_privileges())
        terminal_.note(
            "without CAP_SYS_ADMIN COMMAND runs with no_new_privs: set-user-ID files give it nothing.");
    IngestOptions ingest = options_.input.ingest;
    ingest.session = command_->session();
    ingest_.emplace(ingest);
    ingest_->on_record([this](const Ingest::Sighting& sighting) {
        calls_.insert(sighting.record.syscall);
        if (each_) each_(sighting);
    });
    progress_.emplace(terminal_, *ingest_);
    Block overtook;
    overtook.text = overtook_;
    overtook.every_type = true;
    feed(overtook);
}

int AuditedCommand::listen() {
    while (!none_left_ && !stopped_) {
        wait();
        reap();
    }
    if (!none_left_)
        terminal_.warning(
            "what COMMAND started runs on, and is logged until it ends; nothing more is learned.");
    await_end();
    ingest_->end_input();
    terminal_.wipe();
    return *status_;
}

/// How long to wait for something to happen, as poll() has it.
int AuditedCommand::patience() const {
    std::optional<Clock::time_point> until = progress_->due();
    if (status_ && !told_) until = std::min(until.value_or(tell_at_), tell_at_);
    if (!until) return -1;
    const auto left = std::chrono::ceil<milliseconds>(*until - Clock::now());
    return static_cast<int>(std::max(left, milliseconds(0)).count());
}

void AuditedCommand::wait() {
    std::array<pollfd, 2> fds{{{source_.fd(), POLLIN, 0}, {signals_.fd(), POLLIN, 0}}};
    if (::poll(fds.data(), fds.size(), patience()) < 0 && errno != EINTR) fail("wait for records");
    if (fds[0].revents != 0) feed(source_.next(milliseconds(0)));
    if (status_ && !told_ && Clock::now() >= tell_at_) {
        terminal_.note(
            "COMMAND has ended, and what it started runs on; end it, or the recording with Ctrl-C.");
        told_ = true;
    }
    take_signals();
    show_progress();
}

void AuditedCommand::take_signals() {
    signalfd_siginfo signal{};
    while (::read(signals_.fd(), &signal, sizeof signal) == sizeof signal) {
        const auto number = static_cast<int>(signal.ssi_signo);
        if (number == SIGCHLD) continue;
        if (status_)
            stopped_ = true;
        else if (signal.ssi_code != SI_KERNEL)  // the terminal's reach COMMAND by themselves
            ::kill(command_->pid(), number);
    }
}

/// Takes leave of what has ended, COMMAND or what it left behind.
void AuditedCommand::reap() {
    for (;;) {
        int status = 0;
        const pid_t pid = ::waitpid(-1, &status, WNOHANG);
        if (pid == command_->pid()) {
            status_ = status_of(status);
            tell_at_ = Clock::now() + second;
        }
        if (pid > 0 || (pid < 0 && errno == EINTR)) continue;
        none_left_ = pid < 0;
        return;
    }
}

/// The serial of a mark's record in a text; nothing where it is not there.
std::optional<std::uint32_t> AuditedCommand::serial_of(const Mark& mark, std::string_view text) {
    const std::size_t place = text.find(mark.text);
    if (place == std::string_view::npos) return std::nullopt;
    const std::size_t begin = text.substr(0, place).rfind('\n') + 1;
    const auto event = parse_event(text.substr(begin, text.find('\n', place) - begin), Trust::kernel);
    return event ? std::optional(event->serial) : std::nullopt;
}

/// Feeds what has a serial before the mark's. Behind it is nothing of COMMAND's, but word of what was lost.
void AuditedCommand::await_end() {
    const Mark mark = make_mark();
    auto until = Clock::now() + second;
    std::uint32_t last_serial = 0;
    const auto feed_before_mark = [&](Block block) {
        const std::string before = lines_of(block.text, last_serial, false);
        block.text = before;
        feed(block);
    };
    while (mark.made && !heard_the_end_ && Clock::now() < until) {
        const Block block = source_.next(second);
        if (!block.text.empty()) until = Clock::now() + second;
        if (const auto serial = serial_of(mark, block.text)) {
            heard_the_end_ = true;
            last_serial = *serial;
            feed_before_mark(block);
        } else {
            feed(block);
        }
    }
    if (!heard_the_end_)
        terminal_.warning("a record made to mark the end did not come, so the last ones may be missing.");
    source_.stop();
    while (!source_.ended()) {
        const Block block = source_.next(second);
        if (heard_the_end_)
            feed_before_mark(block);
        else
            feed(block);
    }
}

void AuditedCommand::feed(Block block) {
    for (const std::string& note : block.notes)
        terminal_.warning(note);
    std::string begun;
    if (Clock::now() - tried_at_ < second) {
        // What was overtaken by the first mark may come now.
        begun = lines_of(block.text, first_serial_, true);
        block.text = begun;
    }
    ingest_->feed(block);
}

void AuditedCommand::show_progress() {
    if (progress_->is_due()) progress_->show_calls(name_, calls_.size());
}

}  // namespace scgen
