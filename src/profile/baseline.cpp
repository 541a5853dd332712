#include "scgen/profile/baseline.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "profile_facts.hpp"
#include "scgen/error.hpp"

namespace scgen {
namespace {

struct Runtime {
    std::string_view name;
    std::string_view project;
    Engine engine;
};

constexpr std::array runtimes{
    Runtime{"containerd", "containerd", Engine::containerd},
    Runtime{"cri-o", "crio", Engine::podman},
    Runtime{"docker", "moby", Engine::docker},
    Runtime{"podman", "containers-common", Engine::podman},
};

const Runtime& runtime_called(std::string_view name) {
    const auto* const found = std::find_if(runtimes.begin(), runtimes.end(),
                                           [&](const Runtime& runtime) { return runtime.name == name; });
    if (found == runtimes.end())
        throw Error("runtime " + std::string(name) +
                    ": no default profile is known; use docker, containerd, cri-o or podman");
    return *found;
}

constexpr std::array<std::string_view, 41> capabilities{"CAP_CHOWN",
                                                        "CAP_DAC_OVERRIDE",
                                                        "CAP_DAC_READ_SEARCH",
                                                        "CAP_FOWNER",
                                                        "CAP_FSETID",
                                                        "CAP_KILL",
                                                        "CAP_SETGID",
                                                        "CAP_SETUID",
                                                        "CAP_SETPCAP",
                                                        "CAP_LINUX_IMMUTABLE",
                                                        "CAP_NET_BIND_SERVICE",
                                                        "CAP_NET_BROADCAST",
                                                        "CAP_NET_ADMIN",
                                                        "CAP_NET_RAW",
                                                        "CAP_IPC_LOCK",
                                                        "CAP_IPC_OWNER",
                                                        "CAP_SYS_MODULE",
                                                        "CAP_SYS_RAWIO",
                                                        "CAP_SYS_CHROOT",
                                                        "CAP_SYS_PTRACE",
                                                        "CAP_SYS_PACCT",
                                                        "CAP_SYS_ADMIN",
                                                        "CAP_SYS_BOOT",
                                                        "CAP_SYS_NICE",
                                                        "CAP_SYS_RESOURCE",
                                                        "CAP_SYS_TIME",
                                                        "CAP_SYS_TTY_CONFIG",
                                                        "CAP_MKNOD",
                                                        "CAP_LEASE",
                                                        "CAP_AUDIT_WRITE",
                                                        "CAP_AUDIT_CONTROL",
                                                        "CAP_SETFCAP",
                                                        "CAP_MAC_OVERRIDE",
                                                        "CAP_MAC_ADMIN",
                                                        "CAP_SYSLOG",
                                                        "CAP_WAKE_ALARM",
                                                        "CAP_BLOCK_SUSPEND",
                                                        "CAP_AUDIT_READ",
                                                        "CAP_PERFMON",
                                                        "CAP_BPF",
                                                        "CAP_CHECKPOINT_RESTORE"};

using Version = std::vector<std::uint32_t>;

/// The numbers of "1.7.34"; nothing for what is no such version.
std::optional<Version> parse_version(std::string_view text) {
    Version version;
    if (text.starts_with('v')) text.remove_prefix(1);
    const char* at = text.data();
    const char* const end = at + text.size();
    while (true) {
        std::uint32_t part = 0;
        const auto [stop, error] = std::from_chars(at, end, part);
        if (error != std::errc{}) return std::nullopt;
        version.push_back(part);
        if (stop == end) return version;
        if (*stop != '.') return std::nullopt;
        at = stop + 1;
    }
}

bool begins_with(const Version& version, const Version& head) {
    return head.size() <= version.size() && std::equal(head.begin(), head.end(), version.begin());
}

/// Whether `version` is in one of the ranges "1.2.0..1.2.9 1.3.1..1.3.1".
bool covered(std::string_view ranges, const Version& version) {
    while (!ranges.empty()) {
        const std::size_t blank = std::min(ranges.find(' '), ranges.size());
        const std::string_view range = ranges.substr(0, blank);
        ranges.remove_prefix(std::min(blank + 1, ranges.size()));
        const std::size_t dots = range.find("..");
        const auto first = parse_version(range.substr(0, dots));
        const auto last = parse_version(range.substr(dots + 2));
        if (first && last && *first <= version && version <= *last) return true;
    }
    return false;
}

using Rows = std::vector<const generated::Baseline*>;

Rows rows_of(std::string_view project) {
    Rows rows;
    for (const auto& row : generated::baselines)
        if (row.project == project) rows.push_back(&row);
    return rows;
}

const generated::Baseline* row_of(const Rows& rows, const Version& wanted) {
    const generated::Baseline* begun = nullptr;
    const generated::Baseline* covering = nullptr;
    for (const auto* row : rows) {
        const Version version = *parse_version(row->version);
        if (version == wanted) return row;
        if (covering == nullptr && covered(row->covers, wanted)) covering = row;
        if (begun == nullptr && begins_with(version, wanted)) begun = row;
    }
    return covering != nullptr ? covering : begun;
}

[[noreturn]] void fail_to_find(const Runtime& runtime, std::string_view version, const Rows& rows) {
    std::string known;
    for (const auto* row : rows) {
        known += (known.empty() ? "" : ", ") + std::string(row->version);
        if (!row->covers.empty()) known += " (" + std::string(row->covers) + ")";
    }
    throw Error(std::string(runtime.name) + "@" + std::string(version) +
                ": no default profile of that version is built in; use one of " +
                std::string(runtime.project) + "'s " + known);
}

const generated::Baseline& find_row(const Runtime& runtime, std::optional<std::string_view> version) {
    const Rows rows = rows_of(runtime.project);
    if (!version) return *rows.front();
    const auto wanted = parse_version(*version);
    const auto* const found = wanted ? row_of(rows, *wanted) : nullptr;
    if (found == nullptr) fail_to_find(runtime, *version, rows);
    return *found;
}

BaselineId id_of(const Runtime& runtime, const generated::Baseline& row) {
    return {runtime.name, row.project, row.version, row.date, row.covers, row.source};
}

}  // namespace

std::vector<BaselineId> baselines() {
    std::vector<BaselineId> result;
    for (const Runtime& runtime : runtimes)
        for (const auto* row : rows_of(runtime.project))
            result.push_back(id_of(runtime, *row));
    return result;
}

BaselineId find_baseline(std::string_view runtime, std::optional<std::string_view> version) {
    const Runtime& known = runtime_called(runtime);
    return id_of(known, find_row(known, version));
}

Profile resolve_baseline(std::string_view runtime, std::optional<std::string_view> version,
                         const Host& host) {
    const Runtime& known = runtime_called(runtime);
    const generated::Baseline& row = find_row(known, version);
    if (host.privileged) {
        Profile unconfined;
        unconfined.default_action = Action::allow;
        return canonical(std::move(unconfined));
    }
    Host at = host;
    at.engine = known.engine;
    return resolve(read_docker_profile(row.json, std::string(runtime) + "@" + std::string(row.version)), at);
}

std::span<const std::string_view> capability_names() noexcept {
    return capabilities;
}

std::set<std::string> default_capabilities(std::string_view runtime) {
    std::set<std::string> caps{"CAP_CHOWN",   "CAP_DAC_OVERRIDE", "CAP_FOWNER",
                               "CAP_FSETID",  "CAP_KILL",         "CAP_SETGID",
                               "CAP_SETPCAP", "CAP_SETUID",       "CAP_NET_BIND_SERVICE"};
    const Runtime& known = runtime_called(runtime);
    if (known.name == "cri-o") return caps;
    caps.insert({"CAP_SETFCAP", "CAP_SYS_CHROOT"});
    if (known.name == "podman") return caps;
    caps.insert({"CAP_MKNOD", "CAP_NET_RAW", "CAP_AUDIT_WRITE"});
    return caps;
}

}  // namespace scgen
