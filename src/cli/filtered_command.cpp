// Starts a program under a filter. Between fork() and exec the child does only what signal-safety(7) allows, because
// other threads may hold locks. It leaves what it did in memory that it shares with its parent, as the filter may deny
// write(); that it executes the program shows by a pipe that exec closes.
//   - a new audit session, before the filter, so that nothing of this is filtered. Writing one's own loginuid begins one;
//     a login uid that is there is kept, one that is not becomes the user's.
//   - the filter. With CAP_SYS_ADMIN it needs no no_new_privs, which would change what set-user-ID programs do.
//   - exec, the first call that is filtered.
//
// Source: proc_loginuid_write() in the kernel's fs/proc/base.c; audit_set_loginuid() in kernel/audit.c; seccomp(2).
#include "filtered_command.hpp"

#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstddef>
#include <cstring>
#include <new>

#include "scgen/audit/record.hpp"
#include "scgen/error.hpp"
#include "stop.hpp"

namespace scgen {
namespace {

/// What the child tells: how far it came, and the error that it met there.
struct Report {
    enum class Step : std::uint8_t { session, filter, exec };
    Step step = Step::session;
    int error = 0;
    std::uint32_t session = 0;
    bool no_new_privileges = false;
};

/// A report in memory that a child of this process shares.
class SharedReport {
  public:
    SharedReport() {
        void* const memory =
            ::mmap(nullptr, sizeof(Report), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        if (memory == MAP_FAILED) throw Error(std::string("memory: ") + std::strerror(errno));
        report_ = new (memory) Report;
    }
    SharedReport(const SharedReport&) = delete;
    SharedReport& operator=(const SharedReport&) = delete;
    ~SharedReport() { ::munmap(report_, sizeof(Report)); }

    Report& operator*() const noexcept { return *report_; }
    Report* operator->() const noexcept { return report_; }

  private:
    Report* report_ = nullptr;
};

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

bool load(const KernelFilter& filter) noexcept {
    static_assert(sizeof(Instruction) == sizeof(sock_filter));
    // The kernel only reads it.
    const auto* const code = reinterpret_cast<const sock_filter*>(filter.program.data());
    const sock_fprog program{static_cast<unsigned short>(filter.program.size()),
                             const_cast<sock_filter*>(code)};
    return ::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, filter.flags, &program) == 0;
}

[[noreturn]] void become(char* const* words, const KernelFilter& filter, const sigset_t& blocked,
                         Report& report) noexcept {
    errno = 0;
    if (!begin_session(report.session)) {
        report.error = errno == 0 ? EINVAL : errno;
        ::_exit(1);
    }
    restore_write_signals();
    ::sigprocmask(SIG_SETMASK, &blocked, nullptr);
    report.step = Report::Step::filter;
    bool loaded = load(filter);
    if (!loaded && errno == EACCES) {
        report.no_new_privileges = ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0;
        loaded = report.no_new_privileges && load(filter);
    }
    if (!loaded) {
        report.error = errno;
        ::_exit(1);
    }
    report.step = Report::Step::exec;
    ::execvp(words[0], words);
    report.error = errno;
    ::_exit(1);
}

[[noreturn]] void refuse_session(int error) {
    const std::string start = "begin an audit session, which tells COMMAND's calls from others': ";
    if (error == EPERM)
        throw Error(start +
                    "the kernel lets no login uid be changed here. Where one is set, that needs "
                    "CAP_AUDIT_CONTROL, and no `auditctl --loginuid-immutable`.");
    throw Error(start + std::strerror(error) + ".");
}

[[noreturn]] void refuse_filter(int error) {
    throw Error(std::string("load the filter: ") + std::strerror(error) +
                "; kernels before 4.14 cannot log what a filter does.");
}

/// Waits until the child has executed its program, or ended.
void await_exec(int pipe) noexcept {
    char byte = 0;
    while (::read(pipe, &byte, 1) < 0 && errno == EINTR) {
    }
}

}  // namespace

KernelFilter log_every_call() {
    return {{{BPF_RET | BPF_K, 0, 0, SECCOMP_RET_LOG}}, 0};
}

FilteredCommand::FilteredCommand(const std::vector<std::string>& words, const KernelFilter& filter,
                                 const sigset_t& blocked) {
    std::vector<char*> pointers;
    for (const std::string& word : words)
        pointers.push_back(const_cast<char*>(word.c_str()));
    pointers.push_back(nullptr);
    const SharedReport report;
    std::array<int, 2> ends{};
    if (::prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0 || ::pipe2(ends.data(), O_CLOEXEC) != 0)
        throw Error(std::string("pipe: ") + std::strerror(errno));
    pid_ = ::fork();
    if (pid_ == 0) become(pointers.data(), filter, blocked, *report);
    const int fork_error = errno;
    ::close(ends[1]);
    if (pid_ > 0) await_exec(ends[0]);
    ::close(ends[0]);
    if (pid_ < 0) throw Error(std::string("start a process: ") + std::strerror(fork_error));
    session_ = report->session;
    no_new_privileges_ = report->no_new_privileges;
    if (report->error == 0) return;
    ::waitpid(pid_, nullptr, 0);
    if (report->step == Report::Step::session) refuse_session(report->error);
    if (report->step == Report::Step::filter) refuse_filter(report->error);
    exec_error_ = report->error;
}

bool log_one_call(long number) {
    const auto wanted = static_cast<std::uint32_t>(number);
    const KernelFilter filter{{{BPF_LD | BPF_W | BPF_ABS, 0, 0, offsetof(struct ::seccomp_data, nr)},
                               {BPF_JMP | BPF_JEQ | BPF_K, 0, 1, wanted},
                               {BPF_RET | BPF_K, 0, 0, SECCOMP_RET_LOG},
                               {BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW}},
                              0};
    const pid_t child = ::fork();
    if (child == 0) {
        if (!load(filter) && (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || !load(filter))) ::_exit(1);
        ::syscall(number);
        ::_exit(0);
    }
    int status = 0;
    return child > 0 && ::waitpid(child, &status, 0) == child && status == 0;
}

}  // namespace scgen
