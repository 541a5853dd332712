#include "stop.hpp"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <string>

#include "scgen/error.hpp"

namespace scgen {
namespace {

constexpr std::array stop_signals{SIGINT, SIGTERM, SIGHUP};

// A handler can reach nothing but globals, and may call only what signal-safety(7) lists.
volatile sig_atomic_t write_end = -1;
volatile sig_atomic_t came = 0;

/// What was done with them before ignore_write_signals().
void (*at_pipe)(int) = SIG_DFL;
void (*at_size)(int) = SIG_DFL;

extern "C" void on_stop_signal(int number) {
    const int saved = errno;
    if (came != 0) {
        ::signal(number, SIG_DFL);
        ::raise(number);
        return;
    }
    came = 1;
    const char byte = 1;
    [[maybe_unused]] const ssize_t written = ::write(write_end, &byte, 1);
    errno = saved;
}

void set_handler(int number, void (*handler)(int)) noexcept {
    struct sigaction action {};
    action.sa_handler = handler;
    ::sigemptyset(&action.sa_mask);
    action.sa_flags = SA_RESTART;
    ::sigaction(number, &action, nullptr);
}

bool is_ignored(int number) noexcept {
    struct sigaction action {};
    return ::sigaction(number, nullptr, &action) == 0 && action.sa_handler == SIG_IGN;
}

}  // namespace

StopSignals::StopSignals() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK) != 0)
        throw Error(std::string("pipe for signals: ") + std::strerror(errno));
    read_end_ = ends[0];
    write_end = ends[1];
    came = 0;
    for (const int number : stop_signals)
        if (number != SIGHUP || !is_ignored(number)) set_handler(number, on_stop_signal);
}

StopSignals::~StopSignals() {
    for (const int number : stop_signals)
        if (!is_ignored(number)) set_handler(number, SIG_DFL);
    ::close(write_end);
    ::close(read_end_);
    write_end = -1;
}

bool StopSignals::requested() const noexcept {
    return came != 0;
}

void ignore_write_signals() noexcept {
    at_pipe = ::signal(SIGPIPE, SIG_IGN);
    at_size = ::signal(SIGXFSZ, SIG_IGN);
}

void restore_write_signals() noexcept {
    ::signal(SIGPIPE, at_pipe);
    ::signal(SIGXFSZ, at_size);
}

}  // namespace scgen
