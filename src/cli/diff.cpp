#include "commands.hpp"
#include "documents.hpp"
#include "scgen/profile/baseline.hpp"
#include "scgen/report/diff_report.hpp"
#include "scgen/report/records.hpp"
#include "scgen/report/table.hpp"

namespace scgen {
namespace {

/// Kubernetes' most common runtime.
constexpr std::string_view usual_runtime = "containerd";

/// Whose reading of profiles goes with a runtime's default.
Engine engine_of(const std::string& runtime) {
    if (runtime == "docker") return Engine::docker;
    return runtime == "containerd" ? Engine::containerd : Engine::podman;
}

/// The native ABI of the hosts that a profile is for: this machine's where the profile lists it, else the first that
/// it lists, in the order in which ABIs are known.
Arch native_of(const Profile& profile) {
    const auto& archs = profile.architectures;
    if (archs.empty() || archs.contains(native_arch())) return native_arch();
    for (const ArchInfo& info : known_archs())
        if (archs.contains(info.arch)) return info.arch;
    return native_arch();
}

std::string host_text(const ProfileInput& input, const Host& host) {
    if (host.privileged) return show_arch(host.arch) + ", privileged";
    std::string out = show_arch(host.arch);
    if (input.kernel != ProfileInput{}.kernel)
        out += ", Linux " + std::to_string(host.kernel.first) + "." + std::to_string(host.kernel.second);
    if (input.all_caps) return out + ", all capabilities";
    out += input.default_caps ? ", default capabilities" : ", no default capabilities";
    for (const std::string& cap : input.caps)
        out += " +" + cap;
    return out;
}

Engine engine_for(const Options& options, const RuntimeChoice& runtime) {
    if (options.profiles.engine) return *options.profiles.engine;
    return options.profiles.paths.size() > 1 && !options.runtime ? Engine::containerd
                                                                 : engine_of(runtime.name);
}

void refuse_what_says_nothing(const Options& options) {
    if (options.profiles.paths.size() > 1 && options.runtime)
        throw Error("--runtime: two profiles are compared with each other; leave BASELINE or --runtime out.");
}

}  // namespace

int run_diff(const Options& options, Terminal& terminal) {
    refuse_what_says_nothing(options);
    const RuntimeChoice runtime =
        options.runtime.value_or(RuntimeChoice{std::string(usual_runtime), std::nullopt});
    ProfileInput input = options.profiles;
    input.engine = engine_for(options, runtime);
    const Profile ours = load_profile(input.paths.front(), input, terminal);
    NamedDiff named{input.paths.front(), {}, {}, {}};
    if (input.paths.size() > 1) {
        named.baseline = input.paths.back();
        const Profile baseline = load_profile(named.baseline, input, terminal);
        named.diff = diff(ours, baseline, input.arch.value_or(native_of(ours)));
    } else {
        const BaselineId id = find_baseline(runtime.name, runtime.version);
        const Host host = host_of(input, native_of(ours), runtime.name);
        named.baseline = runtime.name + "'s default (" + std::string(id.project) + " " +
                         std::string(id.version) + ", " + std::string(id.date) + ")";
        named.host = host_text(input, host);
        named.diff = diff(ours, resolve_baseline(runtime.name, runtime.version, host), host.arch);
    }
    switch (options.format) {
        case ReportFormat::text: put(diff_text(named, options.verbose)); break;
        case ReportFormat::json: put(diff_json(named)); break;
        case ReportFormat::markdown: put(diff_markdown(named)); break;
    }
    return named.diff.same() ? 0 : 1;
}

}  // namespace scgen
