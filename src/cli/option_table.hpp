#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace scgen {

enum class Command : std::uint8_t {
    generate,
    list,
    check,
    diff,
    merge,
    validate,
    explain,
    decode,
    recording_profile,
    syscalls,
    record,
    run,
    containers
};

/// A command: the word that names it, and what its help says of it.
struct CommandSpec {
    Command command;
    std::string_view name;
    std::string_view usage;
    std::string_view summary;
    std::string_view about;
    std::string_view examples;
    /// What its exit code 1 says; empty where it has none.
    std::string_view answer_no;
    /// What its exit code is where all went well; empty for 0.
    std::string_view done{};
};

/// Every command, in the order of the help.
std::span<const CommandSpec> command_specs() noexcept;

const CommandSpec& command_spec(Command command) noexcept;

/// The command that `word` names.
std::optional<Command> command_from_name(std::string_view word) noexcept;

/// Every command's word.
std::vector<std::string_view> command_names();

/// Whether a command runs another one, which stands behind --.
bool takes_command(Command command) noexcept;

/// Whether a command writes profiles that it learned.
bool makes_profiles(Command command) noexcept;

/// Whether a command takes logs, and whether it takes profiles (before the logs).
bool reads_logs(Command command) noexcept;
bool reads_profiles(Command command) noexcept;

/// One option: what the parser accepts and what the help says, in one place so that they cannot differ.
///
/// Shape:  `name` is without dashes, empty where there is only a letter; `letter` is 0 where there is none;
///         `argument` is empty for a flag, and begins "[=" where it may be left out.
struct OptionSpec {
    std::string_view group;
    std::string_view name;
    char letter;
    std::string_view argument;
    bool repeatable;
    std::string_view text;

    bool is_optional() const noexcept { return argument.starts_with("[="); }
    std::string_view argument_name() const noexcept {
        return is_optional() ? argument.substr(2, argument.size() - 3) : argument;
    }
    /// How it is written in messages, and the key of its values: "--comm", "-o".
    std::string key() const;
};

/// The options of a command, in the order of its help.
std::vector<OptionSpec> options_of(Command command);

/// What `scgen COMMAND --help` prints.
std::string command_help(Command command);

/// What `scgen --help` prints.
std::string program_help();

}  // namespace scgen
