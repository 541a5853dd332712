#include "terminal.hpp"

#include <poll.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "scgen/error.hpp"
#include "scgen/report/escape.hpp"

namespace scgen {
namespace {

/// Writes everything; 0, or the errno that stopped it.
int write_all(int fd, std::string_view text) noexcept {
    while (!text.empty()) {
        const ssize_t written = ::write(fd, text.data(), text.size());
        if (written >= 0) {
            text.remove_prefix(static_cast<std::size_t>(written));
        } else if (errno == EAGAIN) {
            pollfd wait{fd, POLLOUT, 0};
            if (::poll(&wait, 1, -1) < 0 && errno != EINTR) return errno;
        } else if (errno != EINTR) {
            return errno;
        }
    }
    return 0;
}

bool wants_color(Color color) {
    if (color != Color::automatic) return color == Color::always;
    const char* const no_color = std::getenv("NO_COLOR");
    const char* const term = std::getenv("TERM");
    const bool dumb = term == nullptr || std::strcmp(term, "dumb") == 0;
    return ::isatty(STDERR_FILENO) == 1 && !dumb && (no_color == nullptr || *no_color == '\0');
}

/// Whether a program that draws or edits lines has the terminal for itself.
bool is_taken() noexcept {
    termios mode{};
    return ::tcgetattr(STDERR_FILENO, &mode) == 0 && (mode.c_lflag & ICANON) == 0;
}

std::size_t terminal_width() noexcept {
    constexpr std::size_t usual = 80;
    winsize size{};
    return ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : usual;
}

}  // namespace

void put(std::string_view text) {
    const int error = write_all(STDOUT_FILENO, text);
    if (error == EPIPE) throw ClosedPipe();
    if (error != 0) throw Error(std::string("standard output: write: ") + std::strerror(error));
}

Terminal::Terminal(bool quiet, Color color)
    : quiet_(quiet), color_(wants_color(color)), progress_(!quiet && ::isatty(STDERR_FILENO) == 1) {}

Terminal::~Terminal() {
    wipe();
}

void Terminal::write(std::string_view color, std::string_view label, std::string_view text) {
    wipe();
    std::string out;
    if (color_ && !color.empty()) out += std::string("\x1b[") + std::string(color) + "m";
    out += label;
    if (color_ && !color.empty()) out += "\x1b[0m";
    out += escape_message(text);
    out += '\n';
    write_all(STDERR_FILENO, out);  // where nobody listens there is nobody to tell
}

void Terminal::error(std::string_view text) {
    write("31", "scgen: ", text);
}

void Terminal::warning(std::string_view text) {
    if (!quiet_) write("33", "scgen: warning: ", text);
}

void Terminal::note(std::string_view text) {
    if (!quiet_) write("36", "scgen: note: ", text);
}

void Terminal::line(std::string_view text) {
    if (!quiet_) write({}, {}, text);
}

void Terminal::remarks(const std::vector<Remark>& remarks) {
    for (const Remark& remark : remarks) {
        if (remark.warning)
            warning(remark.text);
        else
            line(remark.text);
    }
}

void Terminal::block(std::string_view lines) {
    wipe();
    write_all(STDERR_FILENO, lines);
}

void Terminal::progress(std::string_view text) {
    if (!progress_ || is_taken()) return;
    std::string shown = escape_message(text);
    const std::size_t width = terminal_width();
    if (shown.size() >= width) shown.resize(width - 1);
    write_all(STDERR_FILENO, "\r" + shown + "\x1b[K");
    drawn_ = true;
}

void Terminal::wipe() {
    if (drawn_) write_all(STDERR_FILENO, "\r\x1b[K");
    drawn_ = false;
}

}  // namespace scgen
