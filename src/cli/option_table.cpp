#include "option_table.hpp"

#include <algorithm>
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

struct CommandText {
    Command command;
    std::string_view name;
    std::string_view usage;
    std::string_view summary;
    std::string_view about;
    std::string_view examples;
};

constexpr std::array commands{
    CommandText{Command::generate, "generate", "scgen [generate] [options] [LOG...]",
                "logs -> the least seccomp profile (default)",
                "Writes the least OCI seccomp profile that lets the observed workload run.\n"
                "Without LOG, or with -, it reads standard input.\n",
                "    scgen --comm http-echo /var/log/syslog > http-echo.json\n"
                "    tail -f /var/log/syslog | scgen --comm http-echo -o http-echo.json\n"
                "    scgen -O profiles/ /var/log/audit/audit.log\n"},
    CommandText{Command::list, "list", "scgen list [options] [LOG...]",
                "which workloads are in the logs: one row each",
                "Lists the workloads in the logs, one row each.\n"
                "Without LOG, or with -, it reads standard input.\n",
                "    scgen list /var/log/syslog\n"
                "    scgen list --format json --since '2020-07-06 20:00' audit.log\n"},
    CommandText{
        Command::decode, "decode", "scgen decode [options] [LOG...]",
        "every record in plain words or JSON lines",
        "Prints every record in plain words: time, name, process, call, ABI, and what became of it.\n"
        "Without LOG, or with -, it reads standard input; each line is printed as soon as it comes.\n",
        "    scgen decode --comm nginx /var/log/audit/audit.log\n"
        "    tail -f /var/log/syslog | scgen decode --format json\n"},
    CommandText{Command::syscalls, "syscalls", "scgen syscalls [options] [NAME|NUMBER...]",
                "number <-> name for every ABI",
                "Prints the number and name of system calls, for every ABI that has them.\n"
                "Without NAME or NUMBER it prints the whole table of the native ABI, or of --arch.\n",
                "    scgen syscalls openat 59 0x40000208\n"
                "    scgen syscalls --arch aarch64\n"},
};

const CommandText& text_of(Command command) noexcept {
    for (const auto& text : commands)
        if (text.command == command) return text;
    return commands[0];
}

constexpr std::size_t text_column = 31;
constexpr std::size_t line_width = 96;

/// The words of `text` in lines of at most line_width, all but the first indented to text_column.
void append_wrapped(std::string& out, std::string_view text) {
    std::size_t column = text_column;
    while (!text.empty()) {
        const std::string_view word = text.substr(0, text.find(' '));
        text.remove_prefix(word.size() + (word.size() < text.size() ? 1 : 0));
        if (column > text_column && column + 1 + word.size() > line_width) {
            out += '\n';
            out.append(text_column, ' ');
            column = text_column;
        } else if (column > text_column) {
            out += ' ';
            ++column;
        }
        out += word;
        column += word.size();
    }
    out += '\n';
}

void append_option(std::string& out, const OptionSpec& spec) {
    std::string left = spec.letter != 0 ? std::string("  -") + spec.letter : "    ";
    if (!spec.name.empty()) {
        left += spec.letter != 0 ? ", --" : "  --";
        left += spec.name;
    }
    if (!spec.argument.empty()) left += " " + std::string(spec.argument);
    left.resize(std::max(left.size() + 2, text_column), ' ');
    out += left;
    append_wrapped(out, spec.text);
}

}  // namespace

std::string_view command_name(Command command) noexcept {
    return text_of(command).name;
}

std::optional<Command> command_from_name(std::string_view word) noexcept {
    for (const auto& text : commands)
        if (text.name == word) return text.command;
    return std::nullopt;
}

std::vector<std::string_view> command_names() {
    std::vector<std::string_view> names;
    for (const auto& text : commands)
        names.push_back(text.name);
    return names;
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

std::string command_help(Command command) {
    const CommandText& text = text_of(command);
    std::string out = "usage: " + std::string(text.usage) + "\n\n" + std::string(text.about);
    std::string_view group;
    for (const OptionSpec& spec : options_of(command)) {
        if (spec.group != group) out += "\n" + std::string(spec.group) + "\n";
        group = spec.group;
        append_option(out, spec);
    }
    out += "\nExamples\n" + std::string(text.examples);
    if (command != Command::syscalls)
        out += "\nExit codes: 0 done, 1 the answer is no (nothing matched), 2 trouble.\n";
    return out;
}

std::string program_help() {
    std::string out =
        "scgen reads the kernel's seccomp audit records from any log and writes the least OCI seccomp\n"
        "profile for the workload.\n\n";
    for (const auto& text : commands) {
        std::string left = "    " + std::string(text.usage);
        left.resize(std::max(left.size() + 2, std::size_t{48}), ' ');
        out += left + std::string(text.summary) + "\n";
    }
    out +=
        "    scgen --help | --version | COMMAND --help\n\n"
        "Examples\n"
        "    scgen list /var/log/syslog\n"
        "    scgen --comm http-echo /var/log/syslog > http-echo.json\n"
        "    tail -f /var/log/syslog | scgen --comm http-echo -o http-echo.json\n\n"
        "A first word that is no command is a LOG; ./list names a file called list.\n"
        "`scgen generate --help` lists the options of the default command.\n";
    return out;
}

}  // namespace scgen
