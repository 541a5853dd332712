#include "option_table.hpp"

#include <algorithm>
#include <array>

namespace scgen {
namespace {

constexpr std::array commands{
    CommandSpec{Command::generate, "generate", "scgen [generate] [options] [LOG...]",
                "logs -> the least seccomp profile (default)",
                "Writes the least OCI seccomp profile that lets the observed workload run.\n"
                "Without LOG, --live or --journal, or with -, it reads standard input.\n",
                "    scgen --comm http-echo /var/log/syslog > http-echo.json\n"
                "    tail -f /var/log/syslog | scgen --comm http-echo -o http-echo.json\n"
                "    scgen --live --comm http-echo --idle 10m -o http-echo.json\n"
                "    scgen -O profiles/ /var/log/audit/audit.log\n",
                "the answer is no (nothing matched, or a denied call was seen)"},
    CommandSpec{Command::list, "list", "scgen list [options] [LOG...]",
                "which workloads are in the logs: one row each",
                "Lists the workloads in the logs, one row each.\n"
                "Without LOG, or with -, it reads standard input.\n",
                "    scgen list /var/log/syslog\n"
                "    scgen list --format json --since '2020-07-06 20:00' audit.log\n",
                "nothing matched"},
    CommandSpec{Command::check, "check", "scgen check [options] PROFILE [LOG...]",
                "would PROFILE have allowed what the logs show?",
                "Asks PROFILE's compiled filter about every call in the logs and lists those it would deny.\n"
                "Without LOG, or with -, it reads standard input.\n",
                "    scgen check http-echo.json /var/log/syslog\n"
                "    scgen check --comm nginx --format json nginx.json /var/log/audit/audit.log\n",
                "PROFILE would deny a call, or nothing matched"},
    CommandSpec{Command::diff, "diff", "scgen diff [options] PROFILE [BASELINE]",
                "what PROFILE allows and denies that a default does not",
                "Compares PROFILE with a container runtime's default profile, or with BASELINE.\n"
                "loosened: allowed by PROFILE and denied by the other; tightened: the other way round.\n",
                "    scgen diff http-echo.json\n"
                "    scgen diff --runtime docker@27 --cap NET_ADMIN http-echo.json\n"
                "    scgen diff --format markdown new.json old.json\n",
                "they differ"},
    CommandSpec{
        Command::merge, "merge", "scgen merge [options] PROFILE...",
        "one profile that allows what any of several allows",
        "Writes the union of profiles, or with --intersect what all of them allow, and says how many\n"
        "of them had each name.\n",
        "    scgen merge monday.json tuesday.json > week.json\n"
        "    scgen merge --intersect -o both.json a.json b.json\n",
        ""},
    CommandSpec{Command::validate, "validate", "scgen validate [options] PROFILE...",
                "compile profiles and prove that the filter does what they say",
                "Compiles each PROFILE with libseccomp, asks the filter about every call of every ABI, and\n"
                "lists what does not hold, what runtimes would pass over, and what is missing.\n",
                "    scgen validate http-echo.json\n"
                "    scgen validate --runtime runc@1.1.12 profiles/*.json\n",
                "a profile has an error"},
    CommandSpec{
        Command::explain, "explain", "scgen explain [options] [LOG...]",
        "the evidence for each call of a workload",
        "Tells of each call of each workload: how often, when, by which processes, and one line of the\n"
        "log that shows it. Without LOG, or with -, it reads standard input.\n",
        "    scgen explain --comm http-echo /var/log/syslog\n"
        "    scgen explain --syscall ptrace /var/log/audit/audit.log\n",
        "nothing matched"},
    CommandSpec{
        Command::decode, "decode", "scgen decode [options] [LOG...]",
        "every record in plain words or JSON lines",
        "Prints every record in plain words: time, name, process, call, ABI, and what became of it.\n"
        "Without LOG, or with -, it reads standard input; each line is printed as soon as it comes.\n",
        "    scgen decode --comm nginx /var/log/audit/audit.log\n"
        "    tail -f /var/log/syslog | scgen decode --format json\n",
        "nothing matched"},
    CommandSpec{
        Command::recording_profile, "recording-profile", "scgen recording-profile [options]",
        "the profile to record a workload under",
        "Writes a profile that denies nothing and logs every call, of every ABI that the machine runs: a\n"
        "profile that lists no ABIs kills 32-bit programs.\n",
        "    scgen recording-profile -o /var/lib/kubelet/seccomp/profiles/record.json\n"
        "    scgen recording-profile --arch aarch64 > record.json\n",
        ""},
    CommandSpec{Command::syscalls, "syscalls", "scgen syscalls [options] [NAME|NUMBER...]",
                "number <-> name for every ABI",
                "Prints the number and name of system calls, for every ABI that has them.\n"
                "Without NAME or NUMBER it prints the whole table of the native ABI, or of --arch.\n",
                "    scgen syscalls openat 59 0x40000208\n"
                "    scgen syscalls --arch aarch64\n",
                "a name or number is not known"},
    CommandSpec{
        Command::record, "record", "scgen record [options] -- COMMAND...",
        "run COMMAND with every call logged -> its profile",
        "Runs COMMAND, lets the kernel log every call of it and of all its descendants, and writes the\n"
        "least profile when the last of them has ended. COMMAND keeps standard input, output and error,\n"
        "so -o or -O is wanted. Nothing else that runs teaches. It needs root; or CAP_AUDIT_READ, and where "
        "a\n"
        "login uid is set (/proc/self/loginuid) CAP_AUDIT_CONTROL.\n"
        "SIGINT, SIGTERM, SIGHUP and SIGQUIT go to COMMAND; once that has ended, they end the recording.\n",
        "    scgen record -o ls.json -- ls -l /\n"
        "    scgen record -O profiles/ --strict -- ./test-suite.sh\n",
        "no profile (as `scgen generate` says)", "COMMAND's (128 + N for signal N)"},
    CommandSpec{
        Command::run, "run", "scgen run --profile PROFILE -- COMMAND...",
        "run COMMAND under PROFILE -> which calls it was denied",
        "Runs COMMAND and all its descendants under PROFILE, as a container runtime would, and lets the\n"
        "kernel log what it denies. When the last of them has ended, standard error tells each denied\n"
        "call, and the command that adds them to PROFILE. COMMAND keeps standard input, output and\n"
        "error. It needs what `scgen record` needs; without CAP_SYS_ADMIN COMMAND runs with no_new_privs.\n"
        "SIGINT, SIGTERM, SIGHUP and SIGQUIT go to COMMAND; once that has ended, they end the listening.\n",
        "    scgen run --profile ls.json -- ls -l /\n"
        "    scgen run --profile docker.json --engine docker --strict -- ./test-suite.sh\n",
        "see --strict", "COMMAND's (128 + N for signal N)"},
    CommandSpec{
        Command::containers, "containers", "scgen containers [options]",
        "this node's containers, for --containers",
        "Prints the containers of this node with their names and processes, as --containers reads it:\n"
        "from /proc, the state that runtimes keep, and the kubelet's logs. Save one beside a log while\n"
        "they run; or better, follow while you record, as children may live for a moment only. On the\n"
        "node the kernel tells of each process (before Linux 6.6 that takes CAP_NET_ADMIN); elsewhere it\n"
        "looks every 20 ms.\n",
        "    scgen containers > containers.json\n"
        "    scgen containers --follow -o containers.json\n"
        "    scgen containers --root /host > containers.json\n",
        "no container runs"},
};

}  // namespace

std::span<const CommandSpec> command_specs() noexcept {
    return commands;
}

const CommandSpec& command_spec(Command command) noexcept {
    return *std::find_if(commands.begin(), commands.end(),
                         [command](const CommandSpec& spec) { return spec.command == command; });
}

std::optional<Command> command_from_name(std::string_view word) noexcept {
    for (const CommandSpec& spec : commands)
        if (spec.name == word) return spec.command;
    return std::nullopt;
}

std::vector<std::string_view> command_names() {
    std::vector<std::string_view> names;
    for (const CommandSpec& spec : commands)
        names.push_back(spec.name);
    return names;
}

}  // namespace scgen
