// A log from here is like those of a node: several processes at a time, bursts, threads with names of their own, a few
// names in hex, records out of order, and lines of other programs that quote a record and must teach nothing.

#include "input_maker.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <vector>

#include "scgen/abi/syscall_table.hpp"

namespace scgen {
namespace {

/// SplitMix64 (Steele, Lea, Flood 2014): the same numbers everywhere.
class Chance {
  public:
    explicit Chance(std::uint64_t seed) : state_(seed) {}
    std::uint64_t operator()() noexcept {
        std::uint64_t z = state_ += 0x9e3779b97f4a7c15U;
        z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9U;
        z = (z ^ (z >> 27U)) * 0x94d049bb133111ebU;
        return z ^ (z >> 31U);
    }
    std::uint64_t below(std::uint64_t limit) noexcept { return (*this)() % limit; }

  private:
    std::uint64_t state_;
};

struct Process {
    std::string comm;
    std::string exe;
    std::uint32_t pid = 0;
    std::uint32_t uid = 0;
    /// Names of its threads as the kernel logs them, quoted or in hex.
    std::vector<std::string> threads;
    /// Often made ones first.
    std::vector<std::int32_t> calls;
    std::uint64_t ip = 0;
};

constexpr std::array<std::string_view, 12> programs{"http-echo", "nginx",     "redis-server", "java",
                                                    "postgres",  "node",      "python3",      "envoy",
                                                    "coredns",   "memcached", "sh",           "etcd"};

std::string logged(std::string_view name) {
    if (name.find(' ') == std::string_view::npos) return "\"" + std::string(name) + "\"";
    std::string hex;
    for (const char c : name) {
        hex += "0123456789ABCDEF"[static_cast<unsigned char>(c) >> 4U];
        hex += "0123456789ABCDEF"[static_cast<unsigned char>(c) & 15U];
    }
    return hex;
}

Process make_process(std::size_t number, std::size_t of, Chance& chance) {
    Process process;
    process.comm = programs[number % programs.size()];
    if (of > 1000) process.comm += "-" + std::to_string(number / programs.size() % 997);
    process.exe = "\"/usr/bin/" + process.comm + "\"";
    process.pid = static_cast<std::uint32_t>(1000 + number * 3);
    process.uid = number % 3 == 0 ? 0 : 101;
    process.threads = {logged(process.comm)};
    if (number % 4 == 3)
        for (const char* thread : {"worker #1", "pool-1-thread-2", "GC Thread#0"})
            process.threads.push_back(logged(thread));
    const auto table = syscalls_of(Arch::x86_64);
    std::set<std::int32_t> calls;
    while (calls.size() < 12 + number % 40)
        calls.insert(table[chance.below(320)].nr);
    process.calls.assign(calls.begin(), calls.end());
    process.ip = 0x7f0000000000U + chance.below(1U << 30U);
    return process;
}

class Output {
  public:
    explicit Output(const std::function<void(std::string_view)>& write) : write_(write) {
        buffer_.reserve(size_);
    }
    Output(const Output&) = delete;
    Output& operator=(const Output&) = delete;
    ~Output() { flush(); }

    Output& operator<<(std::string_view text) {
        buffer_ += text;
        return *this;
    }
    Output& operator<<(char c) {
        buffer_ += c;
        return *this;
    }
    Output& number(std::uint64_t value, int base = 10, std::size_t width = 0) {
        std::array<char, 24> digits{};
        const char* const end = std::to_chars(digits.data(), digits.data() + digits.size(), value, base).ptr;
        const auto count = static_cast<std::size_t>(end - digits.data());
        if (count < width) buffer_.append(width - count, '0');
        buffer_.append(digits.data(), count);
        return *this;
    }
    void end_line() {
        buffer_ += '\n';
        ++lines;
        if (buffer_.size() > size_ - 8192) flush();
    }
    std::uint64_t bytes() const noexcept { return written_ + buffer_.size(); }

    std::uint64_t lines = 0;

  private:
    void flush() {
        written_ += buffer_.size();
        write_(buffer_);
        buffer_.clear();
    }

    static constexpr std::size_t size_ = std::size_t{1} << 20U;
    const std::function<void(std::string_view)>& write_;
    std::string buffer_;
    std::uint64_t written_ = 0;
};

struct Seen {
    std::uint64_t records = 0;
    std::set<std::int32_t> calls;
};

class Maker {
  public:
    Maker(const InputOptions& options, const std::function<void(std::string_view)>& write)
        : out_(write), chance_(options.seed) {
        for (std::size_t i = 0; i < options.processes; ++i)
            all_.push_back(make_process(i, options.processes, chance_));
        counts_.resize(options.processes);
    }

    InputTruth make(const InputOptions& options) {
        while (out_.bytes() < options.bytes) {
            switch (options.kind) {
                case InputKind::syslog: syslog_burst(64); break;
                case InputKind::mixed: mixed(); break;
                case InputKind::audit: audit_pair(); break;
            }
        }
        return truth();
    }

  private:
    InputTruth truth() const {
        InputTruth truth{out_.lines, records_, refused_, {}};
        for (std::size_t i = 0; i < counts_.size(); ++i) {
            if (counts_[i].records == 0) continue;
            InputTruth::Workload& workload = truth.workloads[all_[i].comm];
            workload.records += counts_[i].records;
            for (const std::int32_t nr : counts_[i].calls)
                workload.syscalls.insert(syscall_name({Arch::x86_64, nr}).value());
        }
        return truth;
    }

    void tick() {
        microseconds_ += chance_.below(1000);
        ++serial_;
    }

    void syslog_head(std::string_view tag) {
        const std::uint64_t second = microseconds_ / 1'000'000;
        constexpr std::array<std::string_view, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                          "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
        const std::uint64_t day = second / 86'400;
        out_ << months[6 + day / 31 % 6] << ' ' << (day % 31 + 1 < 10 ? " " : "");
        out_.number(day % 31 + 1) << ' ';
        out_.number(second / 3600 % 24, 10, 2) << ':';
        out_.number(second / 60 % 60, 10, 2) << ':';
        out_.number(second % 60, 10, 2) << " my-machine " << tag;
    }

    void stamp() {
        const std::uint64_t ms = 1'594'067'860'000U + microseconds_ / 1000;
        out_ << "audit(";
        out_.number(ms / 1000) << '.';
        out_.number(ms % 1000, 10, 3) << ':';
        out_.number(serial_) << "): ";
    }

    /// What the kernel prints behind the stamp, by a process that is busy for a while.
    void body() {
        if (chance_.below(16) == 0) busy_ = chance_.below(all_.size());
        const Process& process = all_[busy_];
        const std::size_t calls = process.calls.size();
        const std::size_t rank = std::min(chance_.below(calls), chance_.below(calls));
        const std::int32_t nr = process.calls[rank];
        const std::string& thread = process.threads[chance_.below(process.threads.size())];
        out_ << "auid=4294967295 uid=";
        out_.number(process.uid) << " gid=";
        out_.number(process.uid) << " ses=4294967295 pid=";
        out_.number(process.pid) << " comm=" << thread << " exe=" << process.exe
                                 << " sig=0 arch=c000003e syscall=";
        out_.number(static_cast<std::uint64_t>(nr)) << " compat=0 ip=0x";
        out_.number(process.ip + rank * 16, 16) << " code=0x7ffc0000";
        ++counts_[busy_].records;
        counts_[busy_].calls.insert(nr);
        ++records_;
    }

    void kernel_head() {
        syslog_head("kernel: [");
        out_.number(369'128 + microseconds_ / 1'000'000) << '.';
        out_.number(microseconds_ % 1'000'000, 10, 6) << "] audit: type=1326 ";
    }

    void syslog_record() {
        kernel_head();
        stamp();
        body();
        out_.end_line();
    }

    /// One record, or now and then two in the wrong order: stamps are given out before records are queued.
    void syslog_records() {
        tick();
        if (chance_.below(64) == 0) {
            ++serial_;
            syslog_record();
            --serial_;
            syslog_record();
            ++serial_;
        } else {
            syslog_record();
        }
    }

    void syslog_burst(std::uint64_t records) {
        for (std::uint64_t i = 0; i < records; ++i)
            syslog_records();
        if (chance_.below(1000) == 0) quotation();
    }

    /// Another program's line with a whole record in it.
    void quotation() {
        tick();
        syslog_head("myapp[4711]: audit: type=1326 ");
        stamp();
        out_ << "auid=4294967295 uid=0 gid=0 ses=4294967295 pid=77 comm=\"forger\" exe=\"/f\" sig=0 "
                "arch=c000003e "
                "syscall=101 compat=0 ip=0x46fe1f code=0x7ffc0000";
        out_.end_line();
        ++refused_;
    }

    void ordinary() {
        constexpr std::array<std::string_view, 10> lines{
            "systemd[1]: Started Session 4711 of user root.",
            "sshd[2211]: pam_unix(sshd:session): session opened for user root(uid=0) by (uid=0)",
            "CRON[8123]: (root) CMD (command -v debian-sa1 > /dev/null && debian-sa1 1 1)",
            "kernel: [369128.101] usb 1-1: new high-speed USB device number 4 using xhci_hcd",
            "kubelet[1001]: I0706 15:37:40.123456    1001 pod_workers.go:190] \"Error syncing pod, "
            "skipping\" "
            "pod=\"default/web-5c6b7-fghij\" podUID=4a1c1f5e-9a7f",
            "containerd[900]: time=\"2020-07-06T15:37:40.123456789Z\" level=info msg=\"CreateContainer "
            "within sandbox\"",
            "dockerd[901]: time=\"2020-07-06T15:37:40Z\" level=warning msg=\"health check for container "
            "timed out\" "
            "container=8d2f module=application/http",
            "myapp[4711]: "
            "{\"level\":\"info\",\"path\":\"/api/v1/"
            "items?id=31337\",\"status\":200,\"took_ms\":12,\"ua\":\"Mozilla/5.0\"}",
            "dhclient[611]: DHCPACK of 10.0.2.15 from 10.0.2.2",
            "nginx[1234]: 10.0.0.17 - - [06/Jul/2020:15:37:40 +0000] \"GET /static/app.js HTTP/1.1\" 200 "
            "48123 \"-\" \"curl/7.68.0\"",
        };
        microseconds_ += chance_.below(4000);
        syslog_head(lines[chance_.below(lines.size())]);
        out_.end_line();
    }

    void mixed() {
        for (int i = 0; i < 1216; ++i)
            ordinary();
        syslog_burst(64);
        if (chance_.below(20) == 0) quotation();
    }

    void audit_record() {
        tick();
        out_ << "type=SECCOMP msg=";
        stamp();
        body();
        out_.end_line();
    }

    /// An event of another type for each SECCOMP record, some of several records.
    void audit_pair() {
        audit_record();
        tick();
        switch (chance_.below(8)) {
            case 0:
                out_ << "type=USER_LOGIN msg=";
                stamp();
                out_ << "pid=2211 uid=0 auid=0 ses=3 msg='op=login acct=\"root\" exe=\"/usr/sbin/sshd\" "
                        "hostname=? "
                        "addr=10.0.0.1 terminal=/dev/pts/1 res=success'";
                break;
            case 1:
                out_ << "type=SERVICE_START msg=";
                stamp();
                out_ << "pid=1 uid=0 auid=4294967295 ses=4294967295 msg='unit=cron comm=\"systemd\" "
                        "exe=\"/usr/lib/systemd/systemd\" hostname=? addr=? terminal=? res=success'";
                break;
            default:
                out_ << "type=SYSCALL msg=";
                stamp();
                out_ << "arch=c000003e syscall=257 success=yes exit=3 a0=ffffff9c a1=7ffd3c a2=0 a3=0 "
                        "items=1 ppid=1 "
                        "pid=812 auid=4294967295 uid=0 gid=0 euid=0 suid=0 fsuid=0 egid=0 sgid=0 fsgid=0 "
                        "tty=(none) "
                        "ses=4294967295 comm=\"cat\" exe=\"/usr/bin/cat\" key=\"files\"";
                break;
        }
        out_.end_line();
        if (chance_.below(50'000) != 0) return;
        tick();
        out_ << "type=USER_ACCT msg=";
        stamp();
        out_
            << "pid=1 uid=0 msg='type=SECCOMP msg=audit(1594067860.484:1): auid=0 uid=0 gid=0 ses=1 pid=77 "
               "comm=\"forger\" exe=\"/f\" sig=0 arch=c000003e syscall=101 compat=0 ip=0x1 code=0x7ffc0000 '";
        out_.end_line();
        ++refused_;
    }

    Output out_;
    Chance chance_;
    std::vector<Process> all_;
    std::vector<Seen> counts_;
    std::size_t busy_ = 0;
    std::uint64_t microseconds_ = 0;
    std::uint64_t serial_ = 14'536;
    std::uint64_t records_ = 0;
    std::uint64_t refused_ = 0;
};

}  // namespace

std::optional<InputKind> input_kind(std::string_view name) {
    if (name == "syslog") return InputKind::syslog;
    if (name == "mixed") return InputKind::mixed;
    if (name == "audit") return InputKind::audit;
    return std::nullopt;
}

InputTruth make_input(const InputOptions& options, const std::function<void(std::string_view)>& write) {
    return Maker(options, write).make(options);
}

}  // namespace scgen
