// The evaluator against the running kernel: each row of calls.tsv in a child of its own, and then every
// number of the ABIs this machine has in one child, where each has an errno of its own and so can be told
// from all others.
//
// A child installs the filter, makes its one call with bare instructions and leaves what came back in shared
// memory. It cannot exit, for its filter may forbid that: it ends by an illegal instruction. Plain main
// instead of a test framework, because a framework makes calls of its own.

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <optional>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "scgen/error.hpp"
#include "scgen/profile/filter.hpp"
#include "scgen/profile/json.hpp"
#include "support/tsv.hpp"

namespace scgen {
namespace {

using Args = std::array<std::uint64_t, 6>;

constexpr int skipped = 77;
constexpr std::size_t sweep_size = 4096;

/// What a child leaves for its parent.
struct Report {
    bool installed;
    bool returned;
    bool trapped;
    std::int64_t result;
    std::array<std::int64_t, sweep_size> sweep;
    std::size_t swept;
};

Report* report = nullptr;

#if defined(__x86_64__)
std::int64_t call_x86_64(std::int64_t nr, const Args& args) {
    std::int64_t result = nr;
    register std::uint64_t r10 __asm__("r10") = args[3];
    register std::uint64_t r8 __asm__("r8") = args[4];
    register std::uint64_t r9 __asm__("r9") = args[5];
    __asm__ volatile("syscall"
                     : "+a"(result)
                     : "D"(args[0]), "S"(args[1]), "d"(args[2]), "r"(r10), "r"(r8), "r"(r9)
                     : "rcx", "r11", "memory");
    return result;
}

/// int 0x80 from 64-bit code: the kernel sees an i386 call, if it has those.
std::int64_t call_x86(std::int64_t nr, const Args& args) {
    std::int64_t result = nr;
    __asm__ volatile("int $0x80"
                     : "+a"(result)
                     : "b"(args[0]), "c"(args[1]), "d"(args[2]), "S"(args[3]), "D"(args[4])
                     : "r8", "r9", "r10", "r11", "memory");
    return static_cast<std::int32_t>(result);
}
#endif

std::int64_t make_call(Syscall syscall, const Args& args) {
#if defined(__x86_64__)
    if (syscall.arch == Arch::x86) return call_x86(syscall.nr, args);
    return call_x86_64(syscall.nr, args);
#else
    const long result = ::syscall(syscall.nr, args[0], args[1], args[2], args[3], args[4], args[5]);
    return result == -1 ? -errno : result;
#endif
}

bool can_call(Arch arch) {
#if defined(__x86_64__)
    return arch == Arch::x86_64 || arch == Arch::x32 || arch == Arch::x86;
#else
    return arch == native_arch();
#endif
}

[[noreturn]] void end_child() {
    __builtin_trap();
}

void on_trap(int) {
    report->trapped = true;
    end_child();
}

void install(const std::string& program) {
    const rlimit no_core{0, 0};
    setrlimit(RLIMIT_CORE, &no_core);
    std::signal(SIGSYS, on_trap);
    sock_fprog filter{};
    filter.len = static_cast<unsigned short>(program.size() / sizeof(sock_filter));
    std::vector<sock_filter> instructions(filter.len);
    std::memcpy(instructions.data(), program.data(), program.size());
    filter.filter = instructions.data();
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return;
    report->installed = true;  // undone if it fails, since nothing may be written after it by way of a call
    if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &filter) != 0) report->installed = false;
}

/// Runs `body` in a child under the filter and gives how the child ended.
template <class Body>
int in_child(const Filter& filter, Body body) {
    *report = Report{};
    const std::string program = filter.bytes();
    std::fflush(nullptr);
    const pid_t child = fork();
    if (child < 0) throw Error(std::string("fork: ") + std::strerror(errno));
    if (child == 0) {
        install(program);
        if (report->installed) body();
        end_child();
    }
    int status = 0;
    waitpid(child, &status, 0);
    return status;
}

std::string seen(int status) {
    if (report->trapped) return "trap";
    if (report->returned) return "returned " + std::to_string(report->result);
    if (WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS) return "killed";
    return "status " + std::to_string(status);
}

/// What must be seen for a ruling; nothing to compare for a call that runs, but that it was not denied.
bool agrees(const Ruling& ruling, const std::string& what) {
    switch (ruling.action) {
        case Action::kill_process:
        case Action::kill_thread: return what == "killed";
        case Action::trap: return what == "trap";
        case Action::errno_: return what == "returned " + std::to_string(-static_cast<int>(ruling.data));
        case Action::trace:
        case Action::notify: return what == "returned " + std::to_string(-ENOSYS);
        case Action::log:
        case Action::allow: return what.starts_with("returned ") && what != "returned -4000";
    }
    return false;
}

struct Row {
    std::string title;
    Profile profile;
    Syscall syscall;
    Args args{};
    std::string expected;
};

Row row_of(const std::vector<std::string>& cells) {
    if (cells.size() != 6) throw Error("calls.tsv: " + cells.front() + ": 6 columns, please");
    Row row{cells[0], read_profile(cells[1], cells[0]).profile, {}, {}, cells[5]};
    const Arch arch = cells[2] == "native" ? native_arch() : arch_from_name(cells[2]).value();
    const auto named = syscall_number(arch, cells[3]);
    row.syscall = {arch, named ? *named : std::stoi(cells[3])};
    std::istringstream words(cells[4]);
    std::size_t index = 0;
    for (std::string word; words >> word;)
        row.args.at(index++) = std::stoull(word, nullptr, 0);
    return row;
}

bool judge_row(const Row& row) {
    const Filter filter = Filter::compile(row.profile);
    const Ruling ruling = filter.evaluate(seccomp_data(row.syscall, row.args));
    const std::string said = std::string(action_name(ruling.action)) + ' ' + std::to_string(ruling.data);
    const int status = in_child(filter, [&] {
        report->result = make_call(row.syscall, row.args);
        report->returned = true;
    });
    const std::string what = seen(status);
    if (said == row.expected && agrees(ruling, what)) return true;
    std::printf("not ok: %s: expected %s, the evaluator says %s, the kernel: %s\n", row.title.c_str(),
                row.expected.c_str(), said.c_str(), what.c_str());
    return false;
}

/// Every call of the profile's ABIs, each under an errno of its own, so that nothing runs.
Profile every_call_denied(const std::set<Arch>& archs) {
    Profile profile;
    profile.default_errno = 4000;
    profile.architectures = archs;
    std::set<std::string> names;
    for (const Arch arch : archs)
        for (const auto& row : syscalls_of(arch))
            names.emplace(row.name);
    std::uint32_t own = 1000;
    for (const auto& name : names)
        profile.rules.push_back({{name}, Action::errno_, own++, {}});
    return profile;
}

/// The kernel does not ask filters about the calls that its own probes make (seccomp_uprobe_exception()), and
/// ends who makes them by hand.
bool is_exempt(Syscall syscall) {
    const auto name = syscall_name(syscall);
    return name == "uretprobe" || name == "uprobe";
}

std::vector<Syscall> every_number(const std::set<Arch>& archs, const Filter& filter) {
    std::vector<Syscall> numbers;
    for (const Arch arch : archs) {
        const auto first = syscalls_of(arch).front().nr;
        const auto last = syscalls_of(arch).back().nr;
        for (std::int32_t nr = first - 1; nr <= last + 100 && nr - first < 1000; ++nr)
            if (filter.evaluate(seccomp_data({arch, nr})).action == Action::errno_ && !is_exempt({arch, nr}))
                numbers.push_back({arch, nr});
    }
    return numbers;
}

bool judge_every_number(const std::set<Arch>& archs) {
    const Filter filter = Filter::compile(every_call_denied(archs));
    const auto numbers = every_number(archs, filter);
    const Args args{};
    in_child(filter, [&] {
        for (const auto& each : numbers)
            report->sweep[report->swept++] = make_call(each, args);
    });
    bool good = report->swept == numbers.size() && numbers.size() > 300 && numbers.size() <= sweep_size;
    if (!good) std::printf("not ok: %zu of %zu numbers came back\n", report->swept, numbers.size());
    for (std::size_t i = 0; i < report->swept; ++i) {
        const int said = filter.evaluate(seccomp_data(numbers[i], args)).data;
        if (report->sweep[i] == -said) continue;
        good = false;
        std::printf("not ok: %s %d: the evaluator says errno %d, the kernel gave %lld\n",
                    std::string(arch_info(numbers[i].arch)->name).c_str(), numbers[i].nr, said,
                    static_cast<long long>(report->sweep[i]));
    }
    if (good) std::printf("ok: %zu numbers of %zu ABIs\n", numbers.size(), archs.size());
    return good;
}

/// Why no row can be run here, if so.
std::optional<std::string> hindrance(Arch arch) {
    if (!can_call(arch)) return "a call of this ABI cannot be made on this machine";
    Profile profile;
    profile.default_errno = 4000;
    profile.architectures = {arch};
    const auto getpid = syscall_number(arch, "getpid").value();
    const int status = in_child(Filter::compile(profile), [&] {
        report->result = make_call({arch, getpid}, {});
        report->returned = true;
    });
    if (!report->installed) return "a filter cannot be installed here";
    if (report->returned && report->result == -4000) return std::nullopt;
    return "the kernel has no such calls, or does not filter them (" + seen(status) + ")";
}

int run(const char* table) {
    void* memory = mmap(nullptr, sizeof(Report), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) throw Error("no shared memory");
    report = static_cast<Report*>(memory);

    std::map<Arch, std::optional<std::string>> hindrances;
    for (const Arch arch : {native_arch(), Arch::x86_64, Arch::x32, Arch::x86})
        hindrances.emplace(arch, hindrance(arch));
    std::set<Arch> archs;
    for (const auto& [arch, why] : hindrances) {
        if (why)
            std::printf("skipped: %s: %s\n", std::string(arch_info(arch)->name).c_str(), why->c_str());
        else
            archs.insert(arch);
    }
    if (archs.empty()) return skipped;

    bool good = judge_every_number(archs);
    std::size_t rows = 0;
    for (const auto& cells : read_tsv(table)) {
        const Row row = row_of(cells);
        if (!archs.contains(row.syscall.arch)) continue;
        good = judge_row(row) && good;
        ++rows;
    }
    std::printf("%zu rows\n", rows);
    return good && rows > 0 ? 0 : 1;
}

}  // namespace
}  // namespace scgen

int main(int count, char** arguments) {
    try {
        return scgen::run(count > 1 ? arguments[1] : "calls.tsv");
    } catch (const std::exception& error) {
        std::printf("not ok: %s\n", error.what());
        return 1;
    }
}
