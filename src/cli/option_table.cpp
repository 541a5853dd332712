#include "option_table.hpp"

#include <array>

namespace scgen {
namespace {

constexpr unsigned bit(Command command) noexcept {
    return 1U << static_cast<unsigned>(command);
}

constexpr unsigned generate_only = bit(Command::generate);
constexpr unsigned makes_workloads = generate_only | bit(Command::list);
constexpr unsigned reads_logs = makes_workloads | bit(Command::decode);
constexpr unsigned every = reads_logs | bit(Command::syscalls);

struct Row {
    unsigned commands;
    OptionSpec spec;
};

constexpr std::string_view selecting =
    "Selecting processes (one option twice is \"or\", different ones are \"and\")";
constexpr std::string_view input = "Input";
constexpr std::string_view profile = "Profile";
constexpr std::string_view output = "Output";
constexpr std::string_view streams = "Streams";
constexpr std::string_view other = "Other";

constexpr std::array rows{
    Row{reads_logs,
        {selecting, "comm", 0, "GLOB", true,
         "processes one of whose threads bore this name; the kernel keeps 15 bytes of it"}},
    Row{reads_logs,
        {selecting, "exe", 0, "GLOB", true, "processes that ran this file, as a path inside their root"}},
    Row{reads_logs, {selecting, "subj", 0, "GLOB", true, "processes with this SELinux or AppArmor label"}},
    Row{reads_logs, {selecting, "pid", 0, "N", true, "the process with this number on the node"}},
    Row{reads_logs,
        {selecting, "since", 0, "TIME", false,
         "records from TIME on: 2020-07-06T20:17:40Z, '2020-07-06 20:17' (UTC), or @SECONDS"}},
    Row{reads_logs, {selecting, "until", 0, "TIME", false, "records up to TIME"}},
    Row{makes_workloads,
        {selecting, "group-by", 0, "WHAT", false,
         "what makes processes one workload: all, comm, exe, pid or subj (all for one profile, else comm)"}},

    Row{reads_logs,
        {input, "trust", 0, "WHOM", false,
         "kernel: lines that a kernel log, auditd or the journal writes; any: complete records behind any "
         "prefix (kernel)"}},
    Row{generate_only,
        {input, "learn", 0, "WHICH", false,
         "actions that teach: log; denied (errno, kill, trap), which may be attacks that were stopped; or "
         "all (log)"}},
    Row{makes_workloads,
        {input, "max-workloads", 0, "N", false,
         "processes and thread names kept; what is past them is a loss (250000)"}},
    Row{reads_logs,
        {input, "max-line", 0, "BYTES", false, "longest line read; what is longer is a loss (1M)"}},

    Row{generate_only,
        {profile, "default-action", 0, "ACTION", false,
         "for calls that were not seen: errno, kill-process, kill-thread, trap or log (errno)"}},
    Row{generate_only,
        {profile, "errno", 0, "NAME", false,
         "the error of --default-action errno: a name or number (EPERM)"}},
    Row{generate_only,
        {profile, "arch", 0, "LIST", false, "observed, native, or names as in x86_64,x86 (observed)"}},
    Row{generate_only, {profile, "base", 0, "PROFILE", false, "allow what this OCI profile allows, too"}},
    Row{generate_only, {profile, "min-count", 0, "N", false, "leave out calls seen less often (1)"}},
    Row{generate_only,
        {profile, "runtime", 0, "WHICH", false,
         "the container runtime's own start-up calls: auto takes them from the log, none leaves them out "
         "(auto)"}},
    Row{generate_only,
        {profile, "closure", 0, "WHICH", false,
         "none: exactly what was seen; implicit: also calls that logs cannot show, such as rt_sigreturn "
         "(implicit)"}},
    Row{generate_only,
        {profile, "deny", 0, "NAME", true,
         "never allow this call; exit 1 and write nothing when it was seen"}},

    Row{generate_only, {output, "", 'o', "FILE", false, "write the profile to FILE, whole or not at all"}},
    Row{generate_only,
        {output, "", 'O', "DIR", false, "write a profile for each workload to DIR, names made safe"}},
    Row{bit(Command::list) | bit(Command::decode),
        {output, "format", 0, "FORMAT", false, "text or json (text)"}},

    Row{reads_logs, {streams, "for", 0, "DURATION", false, "stop after a while: 30s, 5m, 1h"}},
    Row{reads_logs, {streams, "idle", 0, "DURATION", false, "stop when nothing new came for a while"}},

    Row{bit(Command::syscalls), {"ABI", "arch", 0, "LIST", false, "native, all, or names as in x86_64,x86"}},

    Row{every, {other, "quiet", 'q', "", false, "errors only on standard error"}},
    Row{every, {other, "color", 0, "WHEN", false, "auto, always or never (auto; NO_COLOR is obeyed)"}},
    Row{every, {other, "help", 'h', "", false, "print this"}},
    Row{every, {other, "version", 0, "", false, "print the version"}},
};

}  // namespace

std::string OptionSpec::key() const {
    return name.empty() ? std::string("-") + letter : "--" + std::string(name);
}

std::vector<OptionSpec> options_of(Command command) {
    std::vector<OptionSpec> specs;
    for (const Row& row : rows)
        if ((row.commands & bit(command)) != 0) specs.push_back(row.spec);
    return specs;
}

}  // namespace scgen
