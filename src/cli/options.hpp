#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "option_table.hpp"
#include "scgen/error.hpp"
#include "scgen/observe/attribution.hpp"
#include "scgen/observe/ingest.hpp"
#include "scgen/profile/generate.hpp"

namespace scgen {

/// The command line as words: values by option key ("--comm", "-o"), and what is no option.
struct Arguments {
    Command command = Command::generate;
    /// No command was named.
    bool implicit = false;
    std::map<std::string, std::vector<std::string>> values;
    std::vector<std::string> words;
};

enum class Color : std::uint8_t { automatic, always, never };
enum class ReportFormat : std::uint8_t { text, json };

/// Which logs to read, and how.
struct InputOptions {
    std::vector<std::string> logs;
    IngestOptions ingest;
    std::size_t max_line = std::size_t{1} << 20U;
    std::optional<std::chrono::milliseconds> run_for;
    std::optional<std::chrono::milliseconds> idle;
};

/// All that the command line said.
struct Options {
    Command command = Command::generate;
    bool implicit = false;
    bool help = false;
    bool version = false;
    bool quiet = false;
    Color color = Color::automatic;
    InputOptions input;
    Selection selection;
    std::optional<GroupBy> group_by;
    GenerateOptions generate;
    /// The path of --base; whoever runs the command reads it into generate.base.
    std::optional<std::string> base;
    bool keep_startup = true;
    std::optional<std::string> file;
    std::optional<std::string> directory;
    ReportFormat format = ReportFormat::text;
    /// --arch of syscalls; empty where it was not given.
    std::vector<Arch> archs;
    /// Names and numbers of syscalls.
    std::vector<std::string> words;
    /// What the user should know about the options given.
    std::vector<std::string> notes;
};

/// Sorts the words after the program's name into options and others.
///
/// Errors: Error naming the option, with what to do.
Arguments parse_arguments(const std::vector<std::string>& words);

/// Gives the words their meaning.
///
/// Errors: Error naming option and value, with what would be accepted.
Options read_options(const Arguments& arguments);

}  // namespace scgen
