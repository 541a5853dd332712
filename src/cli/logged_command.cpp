// Starts a program under a filter that logs. Between fork() and exec the child does only what signal-safety(7) allows,
// because other threads may hold locks. It tells what it did by a pipe that exec closes:
//   - a new audit session, before the filter, so that nothing of this is logged. Writing one's own loginuid begins one;
//     a login uid that is there is kept, one that is not becomes the user's.
//   - the filter is one instruction, RET_LOG. It asks for no ABI, so that i386 and x32 callers are logged as well, which
//     a filter made by libseccomp kills unless it lists them. With CAP_SYS_ADMIN it needs no no_new_privs, which
//     would change what set-user-ID programs do.
//   - exec, the first call that is logged.
//
// Source: proc_loginuid_write() in the kernel's fs/proc/base.c; audit_set_loginuid() in kernel/audit.c; seccomp(2).
#include "logged_command.hpp"

#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <string_view>

#include "scgen/audit/record.hpp"
#include "scgen/error.hpp"
#include "stop.hpp"

namespace scgen {
namespace {

/// What the child tells: that a step was done, or why not.
struct Report {
    enum class Step : std::uint8_t { session, no_new_privileges, filter, exec };
    Step step = Step::session;
    int error = 0;
    std::uint32_t session = 0;
};

void send(int pipe, const Report& report) noexcept {
    [[maybe_unused]] const ssize_t sent = ::write(pipe, &report, sizeof report);
}

/// The number in a file of /proc; nothing read leaves errno.
bool read_number(const char* path, std::uint32_t& out) noexcept {
    std::array<char, 16> text{};
    const int fd = ::open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return false;
    const ssize_t size = ::read(fd, text.data(), text.size());
    ::close(fd);
    return size > 0 && std::from_chars(text.data(), text.data() + size, out).ec == std::errc{};
}

bool begin_session(std::uint32_t& session) noexcept {
    std::uint32_t login = 0;
    if (!read_number("/proc/self/loginuid", login)) return false;
    if (login == unset_session) login = ::getuid();
    std::array<char, 16> text{};
    const char* const end = std::to_chars(text.data(), text.data() + text.size(), login).ptr;
    const auto size = static_cast<std::size_t>(end - text.data());
    const int fd = ::open("/proc/self/loginuid", O_WRONLY | O_CLOEXEC);
    if (fd < 0) return false;
    const bool written = ::write(fd, text.data(), size) == static_cast<ssize_t>(size);
    const int error = errno;
    ::close(fd);
    errno = error;
    return written && read_number("/proc/self/sessionid", session);
}

bool log_every_call() noexcept {
    std::array<sock_filter, 1> program{{{BPF_RET | BPF_K, 0, 0, SECCOMP_RET_LOG}}};
    const sock_fprog filter{program.size(), program.data()};
    return ::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &filter) == 0;
}

[[noreturn]] void become(char* const* words, const sigset_t& blocked, int pipe) noexcept {
    Report report;
    if (!begin_session(report.session)) report.error = errno == 0 ? EINVAL : errno;
    send(pipe, report);
    if (report.error != 0) ::_exit(1);
    restore_write_signals();
    ::sigprocmask(SIG_SETMASK, &blocked, nullptr);
    if (!log_every_call()) {
        if (errno == EACCES && ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0) {
            send(pipe, {Report::Step::no_new_privileges, 0, 0});
            errno = 0;
        }
        if (errno != 0 || !log_every_call()) {
            send(pipe, {Report::Step::filter, errno, 0});
            ::_exit(1);
        }
    }
    ::execvp(words[0], words);
    send(pipe, {Report::Step::exec, errno, 0});
    ::_exit(1);
}

[[noreturn]] void refuse_session(int error) {
    const std::string start = "record: begin an audit session, which tells COMMAND's calls from others': ";
    if (error == EPERM)
        throw Error(start +
                    "the kernel lets no login uid be changed here (that needs CAP_AUDIT_CONTROL, and no "
                    "`auditctl --loginuid-immutable`). Use `scgen --live` with a selection instead.");
    throw Error(start + std::strerror(error) + ". Use `scgen --live` with a selection instead.");
}

}  // namespace

LoggedCommand::LoggedCommand(const std::vector<std::string>& words, const sigset_t& blocked) {
    std::vector<char*> pointers;
    for (const std::string& word : words)
        pointers.push_back(const_cast<char*>(word.c_str()));
    pointers.push_back(nullptr);
    std::array<int, 2> ends{};
    if (::prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0 || ::pipe2(ends.data(), O_CLOEXEC) != 0)
        throw Error(std::string("record: pipe: ") + std::strerror(errno));
    pid_ = ::fork();
    if (pid_ == 0) become(pointers.data(), blocked, ends[1]);
    const int fork_error = errno;
    ::close(ends[1]);
    Report report;
    int session_error = 0, filter_error = 0;
    while (pid_ > 0) {
        const ssize_t size = ::read(ends[0], &report, sizeof report);
        if (size < 0 && errno == EINTR) continue;
        if (size != sizeof report) break;
        switch (report.step) {
            case Report::Step::session:
                session_ = report.session;
                session_error = report.error;
                break;
            case Report::Step::no_new_privileges: no_new_privileges_ = true; break;
            case Report::Step::filter: filter_error = report.error; break;
            case Report::Step::exec: exec_error_ = report.error; break;
        }
    }
    ::close(ends[0]);
    if (pid_ < 0) throw Error(std::string("record: start a process: ") + std::strerror(fork_error));
    const bool failed = session_error != 0 || filter_error != 0 || exec_error_ != 0;
    if (failed) ::waitpid(pid_, nullptr, 0);
    if (session_error != 0) refuse_session(session_error);
    if (filter_error != 0)
        throw Error(std::string("record: load the filter that logs: ") + std::strerror(filter_error) +
                    "; kernels before 4.14 have no such action.");
}

bool log_one_call(long number) noexcept {
    const pid_t child = ::fork();
    if (child == 0) {
        if (!log_every_call() && (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || !log_every_call()))
            ::_exit(1);
        ::syscall(number);
        ::_exit(0);
    }
    int status = 0;
    return child > 0 && ::waitpid(child, &status, 0) == child && status == 0;
}

}  // namespace scgen
