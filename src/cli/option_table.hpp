#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace scgen {

enum class Command : std::uint8_t { generate, list, decode, syscalls };

/// The word that names a command.
std::string_view command_name(Command command) noexcept;

/// The command that `word` names.
std::optional<Command> command_from_name(std::string_view word) noexcept;

/// Every command's word.
std::vector<std::string_view> command_names();

/// One option: what the parser accepts and what the help says, in one place so that they cannot differ.
///
/// Shape:  `name` is without dashes, empty where there is only a letter; `letter` is 0 where there is none;
///         `argument` is empty for a flag.
struct OptionSpec {
    std::string_view group;
    std::string_view name;
    char letter;
    std::string_view argument;
    bool repeatable;
    std::string_view text;

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
