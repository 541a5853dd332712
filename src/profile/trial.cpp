#include "trial.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>

namespace scgen {
namespace {

/// The child's part: a byte in the pipe says that the work ended; whatever else happens closes it without one.
[[noreturn]] void work_as_child(int done, unsigned seconds, const std::function<void()>& work) {
    const rlimit no_core{0, 0};
    ::setrlimit(RLIMIT_CORE, &no_core);
    ::signal(SIGXCPU, SIG_DFL);
    const rlimit limit{seconds, seconds + 1};
    ::setrlimit(RLIMIT_CPU, &limit);
    try {
        work();
    } catch (...) {  // a refusal is an end, too
    }
    const char byte = 1;
    [[maybe_unused]] const ssize_t written = ::write(done, &byte, 1);
    ::_exit(0);
}

}  // namespace

bool comes_to_an_end(unsigned seconds, const std::function<void()>& work) {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) return true;
    const pid_t child = ::fork();
    if (child == 0) work_as_child(ends[1], seconds, work);
    ::close(ends[1]);
    char byte = 0;
    ssize_t got = 1;
    if (child > 0) {
        do {
            got = ::read(ends[0], &byte, 1);
        } while (got < 0 && errno == EINTR);
        while (::waitpid(child, nullptr, 0) < 0 && errno == EINTR) {
        }
    }
    ::close(ends[0]);
    return got == 1;
}

}  // namespace scgen
