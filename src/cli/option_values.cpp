#include <algorithm>
#include <array>

#include "options.hpp"
#include "profile_values.hpp"
#include "scgen/abi/arch.hpp"
#include "scgen/abi/syscall_table.hpp"
#include "scgen/report/escape.hpp"

namespace scgen {
namespace {

std::vector<Arch> read_table_archs(const std::string& list) {
    std::vector<Arch> archs;
    for (const std::string& word : split_commas(list)) {
        if (word == "all") {
            for (const ArchInfo& info : known_archs())
                if (info.has_table) archs.push_back(info.arch);
            continue;
        }
        const Arch arch = to_arch("--arch", word);
        if (syscalls_of(arch).empty()) refuse_value("--arch", word, "an ABI whose table is built in.");
        archs.push_back(arch);
    }
    return archs;
}

/// How many bytes of a glob stand for themselves before its first special character.
std::size_t literal_prefix(std::string_view glob) noexcept {
    return std::min(glob.find_first_of("*?[\\"), glob.size());
}

void read_selection(const Values& values, Options& options) {
    constexpr std::size_t comm_bytes = 15;
    Selection& selection = options.selection;
    selection.comm = values.all("--comm");
    selection.exe = values.all("--exe");
    selection.subj = values.all("--subj");
    selection.container = values.all("--container");
    selection.pod = values.all("--pod");
    for (const std::string& pod : selection.pod)
        if (pod.find('/') == std::string::npos)
            refuse_value("--pod", pod, "NAMESPACE/NAME; '*/" + escape(pod) + "' for a pod of any namespace.");
    for (const auto* const patterns :
         {&selection.comm, &selection.exe, &selection.subj, &selection.container, &selection.pod})
        for (const std::string& pattern : *patterns)
            if (pattern.empty())
                throw Error("an empty name selects nothing; leave the option out to select everything.");
    for (const std::string& pid : values.all("--pid"))
        selection.pid.push_back(Values::to_number<std::int32_t>("--pid", pid, 1));
    for (const std::string& pattern : selection.comm)
        if (literal_prefix(pattern) > comm_bytes)
            options.notes.push_back("--comm " + escape(pattern) +
                                    ": the kernel keeps 15 bytes of a name, so it is compared as " +
                                    escape(pattern.substr(0, comm_bytes)));
}

void read_input(const Values& values, Options& options) {
    constexpr std::array trusts{Choice<Trust>{"kernel", Trust::kernel}, Choice<Trust>{"any", Trust::any}};
    InputOptions& input = options.input;
    input.live = values.flag("--live");
    input.follow = values.flag("--follow");
    if (const std::string* place = values.one("--journal")) input.journal = *place;
    values.choice("--trust", trusts, input.ingest.trust);
    values.time("--since", input.ingest.since_ms);
    values.time("--until", input.ingest.until_ms);
    if (input.ingest.since_ms && input.ingest.until_ms && *input.ingest.since_ms > *input.ingest.until_ms)
        throw Error("--since is later than --until: no record can be both; swap them.");
    values.number<std::size_t>("--max-workloads", 1, input.ingest.max_subjects);
    values.bytes("--max-line", input.max_line);
    values.number<unsigned>("--threads", 1, input.threads);
    values.duration("--for", input.run_for);
    values.duration("--idle", input.idle);
}

/// What --format means depends on what a command writes: profiles, or a report.
void read_format(const Values& values, Options& options) {
    constexpr std::array reports{Choice<ReportFormat>{"text", ReportFormat::text},
                                 Choice<ReportFormat>{"json", ReportFormat::json}};
    constexpr std::array comparisons{Choice<ReportFormat>{"text", ReportFormat::text},
                                     Choice<ReportFormat>{"json", ReportFormat::json},
                                     Choice<ReportFormat>{"markdown", ReportFormat::markdown}};
    constexpr std::array forms{
        Choice<Format>{"oci", Format::oci},           Choice<Format>{"k8s", Format::k8s},
        Choice<Format>{"spo", Format::spo},           Choice<Format>{"systemd", Format::systemd},
        Choice<Format>{"minijail", Format::minijail}, Choice<Format>{"firejail", Format::firejail},
        Choice<Format>{"names", Format::names},       Choice<Format>{"c", Format::c},
        Choice<Format>{"bpf", Format::bpf},           Choice<Format>{"pfc", Format::pfc}};
    if (makes_profiles(options.command) || options.command == Command::merge)
        values.choice("--format", forms, options.form);
    else if (options.command == Command::diff)
        values.choice("--format", comparisons, options.format);
    else
        values.choice("--format", reports, options.format);
}

/// A pod names the file of its profile, so there must be one, and what -o names is that and not the pod's YAML.
void check_pod_place(const Options& options) {
    if (!options.file && !options.directory)
        throw Error(
            "--format k8s: a pod names the file that holds its profile: say which with -o FILE.json or -O "
            "DIR.");
    if (options.file && (options.file->ends_with(".yaml") || options.file->ends_with(".yml")))
        throw Error(
            "--format k8s: -o names the profile, which is JSON; its pod's YAML gets the same name with "
            ".pod.yaml.");
}

void read_output(const Values& values, Options& options) {
    if (const std::string* path = values.one("-o")) options.file = *path;
    if (const std::string* path = values.one("-O")) options.directory = *path;
    if (options.file && options.directory)
        throw Error("-o writes one file and -O one for each workload: leave one of the two out.");
    if ((options.file && options.file->empty()) || (options.directory && options.directory->empty()))
        throw Error(std::string(options.file ? "-o" : "-O") + ": the name is empty; give one.");
    read_format(values, options);
    if (options.form == Format::k8s) check_pod_place(options);
    options.generate.for_containers =
        options.form == Format::oci || options.form == Format::k8s || options.form == Format::spo;
}

void read_grouping(const Values& values, Options& options) {
    constexpr std::array groups{
        Choice<GroupBy>{"all", GroupBy::all},   Choice<GroupBy>{"comm", GroupBy::comm},
        Choice<GroupBy>{"exe", GroupBy::exe},   Choice<GroupBy>{"pid", GroupBy::pid},
        Choice<GroupBy>{"subj", GroupBy::subj}, Choice<GroupBy>{"container", GroupBy::container},
        Choice<GroupBy>{"pod", GroupBy::pod}};
    if (!values.flag("--group-by")) return;
    if (options.command == Command::record)
        for (const std::string& word : values.all("--group-by"))
            if (word == "container" || word == "pod")
                refuse_value(
                    "--group-by", word,
                    "one of all, comm, exe, pid, subj: what `scgen record` runs is in one container.");
    GroupBy group_by = GroupBy::all;
    values.choice("--group-by", groups, group_by);
    options.group_by = group_by;
}

/// What record and run run.
void read_command_line(const Arguments& arguments, Options& options) {
    const bool runs = options.command == Command::run;
    const std::string name(command_spec(options.command).name);
    const std::string usage =
        " Write: scgen " + name + (runs ? " --profile PROFILE" : " -o FILE") + " -- COMMAND";
    if (!arguments.command_line) throw Error(name + ": the -- before COMMAND is missing." + usage);
    if (!arguments.words.empty())
        throw Error(name + ": " + escape(arguments.words.front()) +
                    ": stands before the --, and is no option." + usage);
    if (arguments.command_line->empty() || arguments.command_line->front().empty())
        throw Error(name + ": there is no COMMAND behind the --." + usage);
    if (runs && options.profiles.paths.empty()) throw Error("run: --profile PROFILE is missing." + usage);
    options.command_line = *arguments.command_line;
    options.input.live = true;
}

/// Where the profile of record goes: standard output is COMMAND's.
void read_recording(Options& options) {
    if (!options.file && !options.directory)
        throw Error(
            "record: -o FILE or -O DIR is missing: COMMAND keeps standard output, so the profile needs a "
            "place."
            " Write: scgen record -o FILE -- COMMAND");
    // Its descendants run under the same filter.
    if (!options.directory && !options.group_by) options.group_by = GroupBy::all;
}

/// Whether all input is what this node writes now, so that the processes of its records can be looked up here.
bool is_written_here(const InputOptions& input) {
    const auto here = [&input](const std::string& log) {
        return log == "/dev/kmsg" || log == "/proc/kmsg" || (input.follow && log.starts_with("/var/log/"));
    };
    if (input.journal && (!input.journal->empty() || !input.follow)) return false;
    const bool any = input.live || input.journal || !input.logs.empty();
    return any && std::all_of(input.logs.begin(), input.logs.end(), here);
}

/// Records hold pids and no containers.
void read_containers_wanted(const Values& values, Options& options) {
    options.container_files = values.all("--containers");
    std::string wants;
    if (options.group_by == GroupBy::container) wants = "--group-by container";
    if (options.group_by == GroupBy::pod) wants = "--group-by pod";
    if (!options.selection.pod.empty()) wants = "--pod";
    if (!options.selection.container.empty()) wants = "--container";
    const bool shown = options.command == Command::decode;
    options.watch_node =
        reads_logs(options.command) && (shown || !wants.empty()) && is_written_here(options.input);
    if (options.watch_node || !options.container_files.empty()) return;
    if (wants.empty()) return;
    throw Error(
        wants +
        ": records name processes by pid, not containers. Add --containers FILE, where FILE is what `crictl "
        "inspect -o json $(crictl ps -q)`, `docker inspect $(docker ps -q)`, `podman inspect $(podman ps "
        "-q)` "
        "or `runc list -f json` printed while they ran; or `scgen containers --follow`. On the node itself, "
        "--live looks "
        "them up, and so does --follow with a log under /var/log.");
}

}  // namespace

Options read_options(const Arguments& arguments) {
    constexpr std::array colors{Choice<Color>{"auto", Color::automatic},
                                Choice<Color>{"always", Color::always}, Choice<Color>{"never", Color::never}};
    const Values values(arguments);
    Options options;
    options.command = arguments.command;
    options.implicit = arguments.implicit;
    options.help = values.flag("--help");
    options.version = values.flag("--version");
    const bool recording = arguments.command == Command::recording_profile;
    options.quiet = values.flag("--quiet") && !recording;
    options.all_but_commonest = values.flag("--quiet") && recording;
    options.strict = values.flag("--strict");
    if (options.help || options.version) return options;
    values.choice("--color", colors, options.color);
    if (arguments.command == Command::syscalls) {
        options.words = arguments.words;
        if (const std::string* list = values.one("--arch")) options.archs = read_table_archs(*list);
        return options;
    }
    if (recording) {
        if (!arguments.words.empty())
            throw Error("recording-profile reads nothing: leave " + escape(arguments.words.front()) +
                        " out; -o FILE writes the profile to a file.");
        if (const std::string* arch = values.one("--arch")) options.archs = {to_profile_arch(*arch)};
        read_output(values, options);
        return options;
    }
    if (arguments.command == Command::containers) {
        if (const std::string* root = values.one("--root")) options.root = *root;
        options.follow_node = values.flag("--follow");
        values.duration("--for", options.input.run_for);
        if (options.input.run_for && !options.follow_node)
            throw Error("--for says how long --follow lasts: add it, or leave --for out.");
        if (const std::string* path = values.one("-o")) options.file = *path;
        if (options.file && options.file->empty()) throw Error("-o: the name is empty; give one.");
        if (!arguments.words.empty())
            throw Error(escape(arguments.words.front()) +
                        ": `scgen containers` takes no names; it prints all containers of this node.");
        return options;
    }
    std::vector<std::string> words = arguments.words;
    if (reads_profiles(options.command)) read_profiles(values, words, options);
    if (reads_logs(options.command)) options.input.logs = std::move(words);
    options.words = values.all("--syscall");
    read_selection(values, options);
    read_input(values, options);
    read_grouping(values, options);
    read_containers_wanted(values, options);
    read_output(values, options);
    if (makes_profiles(options.command)) read_generation(values, options);
    if (options.command == Command::run) read_profile_of_run(values, options);
    if (takes_command(options.command)) read_command_line(arguments, options);
    if (options.command == Command::record) read_recording(options);
    return options;
}

}  // namespace scgen
