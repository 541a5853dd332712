#include "option_table.hpp"

#include <array>

namespace scgen {
namespace {

constexpr unsigned bit(Command command) noexcept {
    return 1U << static_cast<unsigned>(command);
}

constexpr unsigned generate_only = bit(Command::generate);
constexpr unsigned learners = generate_only | bit(Command::record);
constexpr unsigned makes_workloads =
    generate_only | bit(Command::list) | bit(Command::check) | bit(Command::explain);
constexpr unsigned log_readers = makes_workloads | bit(Command::decode);
constexpr unsigned profile_readers =
    bit(Command::check) | bit(Command::diff) | bit(Command::merge) | bit(Command::validate);
constexpr unsigned writes_profiles = learners | bit(Command::merge);
constexpr unsigned command_takers = bit(Command::record) | bit(Command::run);
constexpr unsigned profile_users = profile_readers | bit(Command::run);
constexpr unsigned speaks =
    log_readers | profile_readers | bit(Command::syscalls) | command_takers | bit(Command::containers);
constexpr unsigned every = speaks | bit(Command::recording_profile);

struct Row {
    unsigned commands;
    OptionSpec spec;
};

constexpr std::string_view selecting =
    "Selecting processes (one option twice is \"or\", different ones are \"and\")";
constexpr std::string_view input = "Input";
constexpr std::string_view profile = "Profile";
constexpr std::string_view reading = "Reading profiles";
constexpr std::string_view host = "Where the container runs";
constexpr std::string_view output = "Output";
constexpr std::string_view streams = "Streams";
constexpr std::string_view other = "Other";

constexpr std::array rows{
    Row{log_readers | bit(Command::record),
        {selecting, "comm", 0, "GLOB", true,
         "processes one of whose threads bore this name; the kernel keeps 15 bytes of it"}},
    Row{log_readers | bit(Command::record),
        {selecting, "exe", 0, "GLOB", true, "processes that ran this file, as a path inside their root"}},
    Row{log_readers, {selecting, "subj", 0, "GLOB", true, "processes with this SELinux or AppArmor label"}},
    Row{log_readers, {selecting, "pid", 0, "N", true, "the process with this number on the node"}},
    Row{log_readers,
        {selecting, "container", 0, "GLOB", true,
         "processes in this container: its name, NAMESPACE/POD/NAME or id; needs --containers, or --live"}},
    Row{log_readers,
        {selecting, "pod", 0, "NAMESPACE/NAME", true,
         "processes in this pod, by globs; needs --containers, or --live"}},
    Row{log_readers,
        {selecting, "since", 0, "TIME", false,
         "records from TIME on: 2020-07-06T20:17:40Z, '2020-07-06 20:17' (UTC), or @SECONDS"}},
    Row{log_readers, {selecting, "until", 0, "TIME", false, "records up to TIME"}},
    Row{bit(Command::record),
        {selecting, "group-by", 0, "WHAT", false,
         "what makes processes one workload: all, comm, exe, pid or subj (all for one profile, else comm)"}},
    Row{makes_workloads,
        {selecting, "group-by", 0, "WHAT", false,
         "what makes processes one workload: all, comm, exe, pid, subj, container or pod (all for one "
         "profile, else "
         "comm, or container with --containers)"}},
    Row{log_readers,
        {selecting, "containers", 0, "FILE", true,
         "which pids are in which container: JSON of scgen containers, runc list, crictl, docker or podman "
         "inspect; "
         "names for them: JSON of kubectl get pods, crictl ps; several are joined"}},

    Row{log_readers,
        {input, "live", 0, "", false,
         "the kernel's audit records as they are made: no daemon needed, no rate limit"}},
    Row{log_readers,
        {input, "follow", 'f', "", false,
         "read on as files grow, whatever becomes of them: rotation, truncation, re-creation"}},
    Row{log_readers,
        {input, "journal", 0, "[=DIR]", false,
         "the systemd journal, or a saved one: a directory or a file; with --follow read on as it grows"}},
    Row{log_readers,
        {input, "trust", 0, "WHOM", false,
         "kernel: lines that a kernel log, auditd or the journal writes; any: complete records behind any "
         "prefix (kernel)"}},
    Row{bit(Command::check),
        {input, "learn", 0, "WHICH", false,
         "actions that are replayed: log; denied (errno, kill, trap); or all (all)"}},
    Row{generate_only,
        {input, "learn", 0, "WHICH", false,
         "actions that teach: log; denied (errno, kill, trap), which may be attacks that were stopped; or "
         "all (log)"}},
    Row{makes_workloads | bit(Command::record),
        {input, "max-workloads", 0, "N", false,
         "processes and thread names kept; what is past them is a loss (250000)"}},
    Row{log_readers,
        {input, "max-line", 0, "BYTES", false, "longest line read; what is longer is a loss (1M)"}},
    Row{log_readers,
        {input, "threads", 0, "N", false,
         "with 2 or more, two read, decompress and scan files (all processors)"}},
    Row{learners | bit(Command::check),
        {input, "strict", 0, "", false, "exit 1, and write no profile, when records were lost"}},
    Row{bit(Command::list), {input, "strict", 0, "", false, "exit 1 when records were lost"}},

    Row{learners,
        {profile, "default-action", 0, "ACTION", false,
         "for calls that were not seen: errno, kill-process, kill-thread, trap or log (errno)"}},
    Row{learners,
        {profile, "errno", 0, "NAME", false,
         "the error of --default-action errno: a name or number (EPERM)"}},
    Row{learners,
        {profile, "arch", 0, "LIST", false, "observed, native, or names as in x86_64,x86 (observed)"}},
    Row{learners, {profile, "base", 0, "PROFILE", false, "allow what this OCI profile allows, too"}},
    Row{learners, {profile, "min-count", 0, "N", false, "leave out calls seen less often (1)"}},
    Row{generate_only,
        {profile, "runtime", 0, "WHICH", false,
         "the container runtime's own start-up calls: auto takes them from the log, and adds what the "
         "runtime "
         "seen there calls only now and then; none leaves them out; runc or crun, with @VERSION for another "
         "than "
         "the newest measured, adds what that one calls (auto)"}},
    Row{learners,
        {profile, "closure", 0, "WHICH", false,
         "none: exactly what was seen; implicit: also calls that logs cannot show, such as rt_sigreturn; "
         "full: also what the same program calls on other kernels, libcs and ABIs, ENOSYS for unknown calls "
         "and EPERM for dangerous ones (implicit)"}},
    Row{learners,
        {profile, "deny", 0, "NAME", true,
         "never allow this call; exit 1 and write nothing when it was seen"}},
    Row{learners,
        {profile, "compile", 0, "", false,
         "compile each profile with libseccomp and ask the filter every call before it is written; exit 1 "
         "and write nothing when it does not do what the profile says"}},

    Row{bit(Command::diff),
        {"Against", "runtime", 0, "WHICH", false,
         "whose default: docker, containerd, cri-o or podman, with @VERSION for another than the newest "
         "(containerd)"}},
    Row{bit(Command::validate),
        {"Against", "runtime", 0, "WHICH", false,
         "runc or crun, with @VERSION for another than the newest measured: which of its own start-up calls "
         "the profile lacks"}},
    Row{bit(Command::merge),
        {"Joining", "intersect", 0, "", false,
         "only what all profiles allow, as when all their filters hold"}},

    Row{bit(Command::run),
        {"Running", "profile", 0, "PROFILE", false, "the profile under which COMMAND runs"}},
    Row{bit(Command::run),
        {"Running", "log", 0, "FILE", false,
         "where the kernel's records of denied calls are kept, up to 100 of each call; the command that adds "
         "the "
         "calls reads them (a new file in $TMPDIR or /tmp, which stays)"}},
    Row{bit(Command::run),
        {"Running", "strict", 0, "", false,
         "exit 1 when COMMAND ends with 0 though a call was denied, or records were lost"}},

    Row{profile_users,
        {reading, "engine", 0, "WHOSE", false,
         "oci: as containerd reads a Localhost profile; docker or podman: obey archMap, includes, excludes "
         "(oci; diff: as --runtime does)"}},
    Row{profile_readers,
        {host, "arch", 0, "ABI", false, "its native ABI (this machine's, or the profile's only one)"}},
    Row{profile_readers,
        {host, "kernel", 0, "VERSION", false, "its kernel, as in 5.10 (newer than any asked for)"}},
    Row{bit(Command::run), {host, "kernel", 0, "VERSION", false, "its kernel, as in 5.10 (this machine's)"}},
    Row{profile_users,
        {host, "cap", 0, "CAP", true,
         "a capability beyond the runtime's default ones; ALL for all, NONE to start without"}},
    Row{profile_users, {host, "privileged", 0, "", false, "a privileged container"}},

    Row{writes_profiles, {output, "", 'o', "FILE", false, "write the profile to FILE, whole or not at all"}},
    Row{learners,
        {output, "", 'O', "DIR", false, "write a profile for each workload to DIR, names made safe"}},
    Row{writes_profiles,
        {output, "format", 0, "FORMAT", false,
         "oci; k8s (the same, and in .pod.yaml beside it the pod's securityContext); spo (Security Profiles "
         "Operator); systemd, minijail, firejail; names; c (a program); bpf or pfc, the compiled filter "
         "(oci)"}},
    Row{learners,
        {output, "evidence", 0, "FILE", false,
         "also write why each call is in the profile: counts, times, processes, a sample line (JSON)"}},
    Row{bit(Command::list) | bit(Command::check) | bit(Command::validate) | bit(Command::explain) |
            bit(Command::decode),
        {output, "format", 0, "FORMAT", false, "text or json (text)"}},
    Row{bit(Command::diff), {output, "format", 0, "FORMAT", false, "text, json or markdown (text)"}},
    Row{bit(Command::explain), {output, "syscall", 0, "GLOB", true, "only these calls, by name or number"}},
    Row{bit(Command::diff), {output, "verbose", 'v', "", false, "name every call that was tightened"}},

    Row{log_readers, {streams, "for", 0, "DURATION", false, "stop after a while: 30s, 5m, 1h"}},
    Row{log_readers, {streams, "idle", 0, "DURATION", false, "stop when nothing new came for a while"}},

    Row{bit(Command::syscalls), {"ABI", "arch", 0, "LIST", false, "native, all, or names as in x86_64,x86"}},

    Row{bit(Command::recording_profile),
        {profile, "arch", 0, "ABI", false,
         "the native ABI of the machine to record on; its 32-bit ABIs come with it (this machine's)"}},
    Row{bit(Command::recording_profile),
        {profile, "quiet", 0, "", false,
         "do not log the ten commonest calls, which make seven records of ten; they must then be allowed "
         "unseen: give the profile to generate as --base, and name the ABIs that are wanted with --arch, "
         "as the profile lists all"}},
    Row{bit(Command::recording_profile),
        {output, "", 'o', "FILE", false, "write the profile to FILE, whole or not at all"}},

    Row{bit(Command::containers),
        {"Node", "root", 0, "DIR", false, "where the node's / is, with its /proc, /run and /var (/)"}},

    Row{bit(Command::containers),
        {"Node", "follow", 'f', "", false,
         "keep looking until Ctrl-C, so that processes that end meanwhile are in it, too"}},
    Row{bit(Command::containers),
        {"Node", "for", 0, "DURATION", false, "end --follow after a while: 30s, 5m, 1h"}},
    Row{bit(Command::containers),
        {output, "", 'o', "FILE", false,
         "write to FILE, whole or not at all; with --follow anew whenever something changed"}},

    Row{speaks, {other, "quiet", 'q', "", false, "errors only on standard error"}},
    Row{every, {other, "color", 0, "WHEN", false, "auto, always or never (auto; NO_COLOR is obeyed)"}},
    Row{every, {other, "help", 'h', "", false, "print this"}},
    Row{every, {other, "version", 0, "", false, "print the version"}},
};

}  // namespace

bool reads_logs(Command command) noexcept {
    return (log_readers & bit(command)) != 0;
}

bool takes_command(Command command) noexcept {
    return (command_takers & bit(command)) != 0;
}

bool makes_profiles(Command command) noexcept {
    return (learners & bit(command)) != 0;
}

bool reads_profiles(Command command) noexcept {
    return (profile_readers & bit(command)) != 0;
}

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
