#include "option_table.hpp"

#include <algorithm>
#include <array>

namespace scgen {
namespace {

constexpr std::array commands{
    CommandSpec{Command::generate, "generate", "scgen [generate] [options] [LOG...]",
                "logs -> the least seccomp profile (default)",
                "Writes the least OCI seccomp profile that lets the observed workload run.\n"
                "Without LOG, or with -, it reads standard input.\n",
                "    scgen --comm http-echo /var/log/syslog > http-echo.json\n"
                "    tail -f /var/log/syslog | scgen --comm http-echo -o http-echo.json\n"
                "    scgen -O profiles/ /var/log/audit/audit.log\n"},
    CommandSpec{Command::list, "list", "scgen list [options] [LOG...]",
                "which workloads are in the logs: one row each",
                "Lists the workloads in the logs, one row each.\n"
                "Without LOG, or with -, it reads standard input.\n",
                "    scgen list /var/log/syslog\n"
                "    scgen list --format json --since '2020-07-06 20:00' audit.log\n"},
    CommandSpec{
        Command::decode, "decode", "scgen decode [options] [LOG...]",
        "every record in plain words or JSON lines",
        "Prints every record in plain words: time, name, process, call, ABI, and what became of it.\n"
        "Without LOG, or with -, it reads standard input; each line is printed as soon as it comes.\n",
        "    scgen decode --comm nginx /var/log/audit/audit.log\n"
        "    tail -f /var/log/syslog | scgen decode --format json\n"},
    CommandSpec{Command::syscalls, "syscalls", "scgen syscalls [options] [NAME|NUMBER...]",
                "number <-> name for every ABI",
                "Prints the number and name of system calls, for every ABI that has them.\n"
                "Without NAME or NUMBER it prints the whole table of the native ABI, or of --arch.\n",
                "    scgen syscalls openat 59 0x40000208\n"
                "    scgen syscalls --arch aarch64\n"},
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
