#include "program.hpp"

#include <unistd.h>

#include <new>

#include "commands.hpp"
#include "documents.hpp"
#include "scgen/error.hpp"
#include "scgen/report/escape.hpp"
#include "scgen/report/nearest.hpp"
#include "stop.hpp"

namespace scgen {
namespace {

constexpr int trouble = 2;

bool exists(const std::string& path) noexcept {
    return ::access(path.c_str(), F_OK) == 0;
}

/// A command in the wrong place or misspelt would be taken for a log; the file's absence tells it from one.
void refuse_slips(const Options& options) {
    const auto& logs = options.input.logs;
    if (!options.implicit) return;
    for (const std::string& log : logs)
        if (command_from_name(log) && !exists(log))
            throw Error(log + ": no such file, and a command comes first: `scgen " + log + " ...`.");
    if (logs.empty() || exists(logs.front())) return;
    const auto names = nearest(logs.front(), command_names());
    if (!names.empty())
        throw Error(escape(logs.front()) + ": no such file." + did_you_mean(names, "the command "));
}

constexpr std::string_view commonest_calls =
    "    scgen list /var/log/syslog\n"
    "    scgen --comm http-echo /var/log/syslog > http-echo.json\n"
    "    tail -f /var/log/syslog | scgen --comm http-echo -o http-echo.json\n"
    "`scgen --help` says more.\n";

int run_command(const Options& options, Terminal& terminal) {
    switch (options.command) {
        case Command::generate: return run_generate(options, terminal);
        case Command::list: return run_list(options, terminal);
        case Command::check: return run_check(options, terminal);
        case Command::diff: return run_diff(options, terminal);
        case Command::merge: return run_merge(options, terminal);
        case Command::validate: return run_validate(options, terminal);
        case Command::explain: return run_explain(options, terminal);
        case Command::decode: return run_decode(options, terminal);
        case Command::recording_profile: return run_recording_profile(options, terminal);
        case Command::syscalls: return run_syscalls(options, terminal);
        case Command::record: return run_record(options, terminal);
        case Command::run: return run_run(options, terminal);
        case Command::containers: return run_containers(options, terminal);
    }
    return trouble;
}

/// Before any log is opened, so that no process is missed whose records are in it.
void know_containers(Options& options, Terminal& terminal) {
    options.containers = std::make_shared<KnownContainers>(
        load_containers(options.container_files, !options.watch_node, terminal));
    if (!options.watch_node) return;
    options.containers->watch_node();
    const bool asked = by_container(options.group_by.value_or(GroupBy::all), options.selection);
    if (const std::string reason = options.containers->without_events(); asked && !reason.empty())
        terminal.warning(reason + ". Looking every " + std::to_string(NodeWatch::pause.count()) +
                         " ms instead: of processes that live for less, the container may not be known.");
}

int run_options(Options options) {
    if (options.help) {
        put(options.implicit ? program_help() : command_help(options.command));
        return 0;
    }
    if (options.version) {
        put("scgen " SCGEN_VERSION "\n");
        return 0;
    }
    Terminal terminal(options.quiet, options.color);
    const InputOptions& input = options.input;
    if (reads_logs(options.command) && input.logs.empty() && !input.live && !input.journal) {
        if (::isatty(STDIN_FILENO) == 1) {
            terminal.error("no LOG was given, and standard input is a terminal. The commonest calls:");
            terminal.block(commonest_calls);
            return trouble;
        }
        options.input.logs.emplace_back("-");
    }
    refuse_slips(options);
    for (const std::string& note : options.notes)
        terminal.note(note);
    try {
        know_containers(options, terminal);
        if (options.base) options.generate.base = load_profile(*options.base, terminal);
        return run_command(options, terminal);
    } catch (const Error& error) {
        terminal.error(error.what());
        return trouble;
    }
}

}  // namespace

int run_program(const std::vector<std::string>& words) {
    ignore_write_signals();
    try {
        return run_options(read_options(parse_arguments(words)));
    } catch (const ClosedPipe&) {
        return 0;
    } catch (const Error& error) {
        Terminal(true, Color::automatic).error(error.what());
    } catch (const std::bad_alloc&) {
        Terminal(true, Color::automatic)
            .error("out of memory; give it less at once, with --since and --until.");
    } catch (const std::exception& error) {
        Terminal(true, Color::automatic)
            .error(std::string("this is a bug, please report it: ") + error.what());
    }
    return trouble;
}

}  // namespace scgen
