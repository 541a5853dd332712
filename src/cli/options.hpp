#pragma once

#include <chrono>
#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "known_containers.hpp"
#include "option_table.hpp"
#include "scgen/error.hpp"
#include "scgen/observe/attribution.hpp"
#include "scgen/observe/ingest.hpp"
#include "scgen/profile/docker.hpp"
#include "scgen/profile/emit.hpp"
#include "scgen/profile/generate.hpp"

namespace scgen {

/// The command line as words: values by option key ("--comm", "-o"), and what is no option.
struct Arguments {
    Command command = Command::generate;
    /// No command was named.
    bool implicit = false;
    std::map<std::string, std::vector<std::string>> values;
    std::vector<std::string> words;
    /// What follows the first --, to record and run; nothing where there is none.
    std::optional<std::vector<std::string>> command_line;
};

enum class Color : std::uint8_t { automatic, always, never };
enum class ReportFormat : std::uint8_t { text, json, markdown };

/// Which logs to read, and how.
struct InputOptions {
    std::vector<std::string> logs;
    /// Files among the logs are read on as they grow.
    bool follow = false;
    /// The kernel's audit socket.
    bool live = false;
    /// A journal file or directory; empty for the system's journal.
    std::optional<std::string> journal;
    IngestOptions ingest;
    std::size_t max_line = std::size_t{1} << 20U;
    /// With two, both read, decompress and scan a file; more do no more.
    unsigned threads = std::thread::hardware_concurrency();
    std::optional<std::chrono::milliseconds> run_for;
    std::optional<std::chrono::milliseconds> idle;
};

/// A runtime as --runtime names it: "runc", "docker@27.5".
struct RuntimeChoice {
    std::string name;
    std::optional<std::string> version;
};

/// Which profiles to read, whose reading of them counts, and what is known of the host that it depends on.
struct ProfileInput {
    std::vector<std::string> paths;
    /// Engine::containerd is the plain OCI reading.
    std::optional<Engine> engine;
    std::optional<Arch> arch;
    /// Newer than any that a profile asks for, unless the user says otherwise.
    KernelVersion kernel{std::numeric_limits<int>::max(), 0};
    /// Beyond the runtime's default ones, where those count.
    std::set<std::string> caps;
    bool default_caps = true;
    bool all_caps = false;
    bool privileged = false;
};

/// All that the command line said.
struct Options {
    Command command = Command::generate;
    bool implicit = false;
    bool help = false;
    bool version = false;
    bool quiet = false;
    /// A loss is a no.
    bool strict = false;
    Color color = Color::automatic;
    InputOptions input;
    Selection selection;
    std::optional<GroupBy> group_by;
    /// The paths of --containers; whoever runs the command makes `containers` of them.
    std::vector<std::string> container_files;
    /// Records are made on this node as they are read, and their containers wanted.
    bool watch_node = false;
    std::shared_ptr<KnownContainers> containers = std::make_shared<KnownContainers>();
    GenerateOptions generate;
    /// The path of --base; whoever runs the command reads it into generate.base.
    std::optional<std::string> base;
    bool keep_startup = true;
    bool compile = false;
    std::optional<std::string> evidence;
    ProfileInput profiles;
    /// --runtime of diff and validate.
    std::optional<RuntimeChoice> runtime;
    /// Which actions check replays.
    Learn replayed = Learn::all;
    bool intersect = false;
    bool verbose = false;
    std::optional<std::string> file;
    std::optional<std::string> directory;
    ReportFormat format = ReportFormat::text;
    /// The form in which profiles are written.
    Format form = Format::oci;
    /// --quiet of recording-profile.
    bool all_but_commonest = false;
    /// --arch of syscalls and recording-profile; empty where it was not given.
    std::vector<Arch> archs;
    /// What record and run run.
    std::vector<std::string> command_line;
    /// Where run keeps records of what was denied; nothing for a new file.
    std::optional<std::string> log;
    /// Names and numbers of syscalls; globs of them to explain.
    std::vector<std::string> words;
    /// Where the node's root is.
    std::string root = "/";
    /// containers: keep looking.
    bool follow_node = false;
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
