#include "profile_values.hpp"

#include <sys/utsname.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "scgen/abi/syscall_table.hpp"
#include "scgen/profile/baseline.hpp"
#include "scgen/profile/errno_name.hpp"
#include "scgen/report/escape.hpp"
#include "scgen/report/nearest.hpp"
#include "scgen/report/table.hpp"

namespace scgen {
namespace {

using Words = std::vector<std::string>;

constexpr std::array learns{Choice<Learn>{"log", Learn::log}, Choice<Learn>{"denied", Learn::denied},
                            Choice<Learn>{"all", Learn::all}};

std::set<Arch> read_profile_archs(const std::string& list) {
    std::set<Arch> archs;
    const Words words = split_commas(list);
    for (const std::string& word : words) {
        if (word != "observed") {
            archs.insert(to_profile_arch(word));
        } else if (words.size() > 1) {
            throw Error("--arch: observed stands alone; name every ABI, or none.");
        }
    }
    return archs;
}

void read_errno(const Values& values, GenerateOptions& generate) {
    const std::string* value = values.one("--errno");
    if (value == nullptr) return;
    if (generate.default_action != Action::errno_)
        throw Error("--errno: only --default-action errno has an error; leave one of the two out.");
    const auto number = errno_from_name(*value);
    if (!number || *number == 0)
        refuse_value(
            "--errno", *value,
            "an error. Write a name as in EPERM or ENOSYS, or a number from 1 to 4095 (0 would make a "
            "forbidden call look successful).");
    generate.errno_ret = *number;
}

void read_denied(const Values& values, GenerateOptions& generate) {
    for (const std::string& name : values.all("--deny")) {
        if (!is_known_syscall(name)) refuse_syscall("--deny", name);
        generate.deny.insert(name);
    }
}

/// "5.10", and "5.10.0-21-amd64" as uname prints it.
KernelVersion read_kernel(const std::string& text) {
    KernelVersion version{};
    const char* const end = text.data() + text.size();
    const auto major = std::from_chars(text.data(), end, version.first);
    if (major.ec == std::errc{} && major.ptr != end && *major.ptr == '.') {
        const auto minor = std::from_chars(major.ptr + 1, end, version.second);
        const bool ends = minor.ptr == end || *minor.ptr == '.' || *minor.ptr == '-';
        if (minor.ec == std::errc{} && ends && version.first >= 0 && version.second >= 0) return version;
    }
    refuse_value("--kernel", text, "a kernel version. Write it as in 5.10.");
}

/// CAP_NET_ADMIN, NET_ADMIN or net_admin.
std::string read_capability(const std::string& word) {
    std::string name;
    for (const char c : word)
        name += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    if (!name.starts_with("CAP_")) name = "CAP_" + name;
    const auto names = capability_names();
    if (std::find(names.begin(), names.end(), name) == names.end())
        refuse_value(
            "--cap", word,
            "a capability, ALL or NONE." + did_you_mean(nearest(name, {names.begin(), names.end()})));
    return name;
}

void read_engine(const Values& values, ProfileInput& input) {
    constexpr std::array engines{Choice<Engine>{"oci", Engine::containerd},
                                 Choice<Engine>{"docker", Engine::docker},
                                 Choice<Engine>{"podman", Engine::podman}};
    Engine engine{};
    values.choice("--engine", engines, engine);
    if (values.flag("--engine")) input.engine = engine;
}

void read_host(const Values& values, ProfileInput& input) {
    if (const std::string* arch = values.one("--arch")) input.arch = to_arch("--arch", *arch);
    if (const std::string* kernel = values.one("--kernel")) input.kernel = read_kernel(*kernel);
    for (const std::string& word : values.all("--cap")) {
        if (word == "ALL")
            input.all_caps = true;
        else if (word == "NONE")
            input.default_caps = false;
        else
            input.caps.insert(read_capability(word));
    }
    input.privileged = values.flag("--privileged");
}

std::optional<RuntimeChoice> read_runtime(const Values& values) {
    const std::string* word = values.one("--runtime");
    if (word == nullptr) return std::nullopt;
    const std::size_t at = word->find('@');
    if (at == std::string::npos) return RuntimeChoice{*word, std::nullopt};
    return RuntimeChoice{word->substr(0, at), word->substr(at + 1)};
}

/// auto and none are what becomes of the start-up in the log; any other word names a runtime.
void read_start_up(const Values& values, Options& options) {
    const std::string* word = values.one("--runtime");
    if (word == nullptr || *word == "auto") return;
    options.keep_startup = *word != "none";
    if (!options.keep_startup) return;
    const RuntimeChoice choice = *read_runtime(values);
    if (runtime_versions(choice.name).empty())
        refuse_value("--runtime", *word, "one of auto, none, runc and crun (runc@1.1.12 for that version).");
    options.generate.runtime = measured_calls(choice);
}

/// How many profiles a command takes; the words past them are logs, or one too many.
struct Wanted {
    std::size_t least;
    std::size_t most;
    bool logs_follow;
};

Wanted wanted_by(Command command) noexcept {
    constexpr std::size_t any = std::numeric_limits<std::size_t>::max();
    switch (command) {
        case Command::check: return {1, 1, true};
        case Command::diff: return {1, 2, false};
        default: return {1, any, false};
    }
}

}  // namespace

Arch to_profile_arch(const std::string& word) {
    const Arch arch = to_arch("--arch", word);
    const auto info = arch_info(arch);
    if (!info || info->scmp.empty()) refuse_value("--arch", word, "an ABI that an OCI profile can name.");
    return arch;
}

RuntimeCalls measured_calls(const RuntimeChoice& runtime) {
    const auto versions = runtime_versions(runtime.name);
    if (versions.empty())
        throw Error("--runtime: '" + escape(runtime.name) + "' was not measured; use runc or crun.");
    if (auto calls = runtime_calls(runtime.name, runtime.version.value_or(""))) return *std::move(calls);
    throw Error("--runtime: '" + escape(runtime.name + "@" + runtime.version.value_or("")) +
                "' is no version that was measured, or one after it; there are " +
                enumerate({versions.begin(), versions.end()}, versions.size()) + ".");
}

void read_generation(const Values& values, Options& options) {
    constexpr std::array closures{Choice<Closure>{"none", Closure::none},
                                  Choice<Closure>{"implicit", Closure::implicit},
                                  Choice<Closure>{"full", Closure::full}};
    constexpr std::array actions{Choice<Action>{"errno", Action::errno_},
                                 Choice<Action>{"kill-process", Action::kill_process},
                                 Choice<Action>{"kill-thread", Action::kill_thread},
                                 Choice<Action>{"trap", Action::trap}, Choice<Action>{"log", Action::log}};
    GenerateOptions& generate = options.generate;
    values.choice("--learn", learns, generate.learn);
    values.choice("--closure", closures, generate.closure);
    values.choice("--default-action", actions, generate.default_action);
    read_start_up(values, options);
    read_errno(values, generate);
    if (const std::string* list = values.one("--arch")) generate.architectures = read_profile_archs(*list);
    read_denied(values, generate);
    values.number<std::uint64_t>("--min-count", 1, generate.min_count);
    if (const std::string* path = values.one("--base")) options.base = *path;
    options.compile = values.flag("--compile");
    if (const std::string* path = values.one("--evidence")) options.evidence = *path;
    if (options.evidence && options.evidence->empty())
        throw Error("--evidence: the name is empty; give one.");
}

void read_profile_of_run(const Values& values, Options& options) {
    read_engine(values, options.profiles);
    read_host(values, options.profiles);
    if (utsname kernel{}; !values.flag("--kernel") && ::uname(&kernel) == 0)
        options.profiles.kernel = read_kernel(kernel.release);
    if (const std::string* path = values.one("--log")) options.log = *path;
    if (options.log && options.log->empty()) throw Error("--log: the name is empty; give one.");
    const std::string* path = values.one("--profile");
    if (path == nullptr) return;
    if (path->empty()) throw Error("--profile: the name is empty; give one.");
    if (*path == "-") throw Error("--profile: standard input is COMMAND's; name a file.");
    options.profiles.paths = {*path};
}

void read_profiles(const Values& values, std::vector<std::string>& words, Options& options) {
    const std::string command(command_spec(options.command).name);
    const Wanted wanted = wanted_by(options.command);
    if (words.size() < wanted.least)
        throw Error(command + ": the PROFILE is missing. `scgen " + command + " --help` says more.");
    if (words.size() > wanted.most && !wanted.logs_follow)
        throw Error(command + ": takes " + std::to_string(wanted.most) + " profiles, and " +
                    std::to_string(words.size()) + " were given.");
    const auto end = words.begin() + static_cast<std::ptrdiff_t>(std::min(words.size(), wanted.most));
    options.profiles.paths.assign(words.begin(), end);
    words.erase(words.begin(), end);
    const auto& paths = options.profiles.paths;
    if (std::count(paths.begin(), paths.end(), "-") > 1)
        throw Error(command + ": - is standard input and can be read once.");
    read_engine(values, options.profiles);
    read_host(values, options.profiles);
    options.runtime = read_runtime(values);
    values.choice("--learn", learns, options.replayed);
    options.intersect = values.flag("--intersect");
    options.verbose = values.flag("--verbose");
}

}  // namespace scgen
