// YAML in block style. Whatever came from outside stands as a JSON string, which YAML reads as it is, or escaped
// in a comment of one line.

#include "scgen/report/pod_snippet.hpp"

#include <algorithm>
#include <vector>

#include "scgen/error.hpp"
#include "scgen/report/escape.hpp"

namespace scgen {
namespace {

constexpr std::size_t longest_label = 63;
constexpr std::size_t longest_subdomain = 253;

std::vector<std::string_view> parts_of(std::string_view path) {
    std::vector<std::string_view> parts;
    for (std::size_t begin = 0; begin <= path.size();) {
        const std::size_t end = std::min(path.find('/', begin), path.size());
        parts.push_back(path.substr(begin, end - begin));
        begin = end + 1;
    }
    return parts;
}

bool is_lower_or_digit(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

bool is_label(std::string_view name) noexcept {
    return !name.empty() && name.size() <= longest_label && is_lower_or_digit(name.front()) &&
           is_lower_or_digit(name.back()) &&
           std::all_of(name.begin(), name.end(), [](char c) { return is_lower_or_digit(c) || c == '-'; });
}

/// Labels with dots between them; only the whole has a limit.
bool is_subdomain(std::string_view name) noexcept {
    return !name.empty() && name.size() <= longest_subdomain && is_lower_or_digit(name.front()) &&
           is_lower_or_digit(name.back()) &&
           std::all_of(name.begin(), name.end(),
                       [](char c) { return is_lower_or_digit(c) || c == '-' || c == '.'; }) &&
           name.find("..") == std::string_view::npos && name.find(".-") == std::string_view::npos &&
           name.find("-.") == std::string_view::npos;
}

void refuse_path(std::string_view path, const std::string& why) {
    throw Error("k8s: " + escape(path) + ": " + why + "; name the folder or file otherwise");
}

void check_path(std::string_view path) {
    if (path.empty() || path.front() == '/') refuse_path(path, "localhostProfile must be a relative path");
    const auto parts = parts_of(path);
    if (std::find(parts.begin(), parts.end(), "..") != parts.end())
        refuse_path(path, "localhostProfile must not have ..");
    // What changes in a message is what nobody sees, or no text: neither belongs into a manifest.
    if (escape_message(path) != path)
        refuse_path(path, "localhostProfile must be UTF-8 without control and invisible characters");
}

std::string seccomp_profile(std::string_view localhost_profile, const std::string& indent) {
    const std::string name = localhost_profile.empty() ? "RuntimeDefault" : "Localhost";
    std::string text =
        indent + "securityContext:\n" + indent + "  seccompProfile:\n" + indent + "    type: " + name + "\n";
    if (!localhost_profile.empty())
        text += indent + "    localhostProfile: " + json_string(localhost_profile) + "\n";
    return text;
}

std::string comment(std::string_view title, const PodTarget& target, std::string_view localhost_profile) {
    const std::string whose = target.pod.empty() ? std::string(title) + ", for all containers of a pod"
                              : target.container.empty()
                                  ? "pod " + target.pod
                                  : "container " + target.container + " of pod " + target.pod;
    return "# The seccomp profile of " + whose +
           ".\n# This is part of a Pod; in a Deployment, Job or the like it stands in spec.template.\n"
           "# Each node must have the profile as /var/lib/kubelet/seccomp/" +
           std::string(localhost_profile) +
           "\n# (in place of /var/lib/kubelet: --root-dir, if its kubelet has one).\n";
}

}  // namespace

std::optional<PodTarget> pod_target(std::string_view workload, GroupBy group_by) {
    const auto parts = parts_of(workload);
    const std::size_t wanted = group_by == GroupBy::container ? 3 : group_by == GroupBy::pod ? 2 : 0;
    // Outside of pods a container is called by its name alone.
    if (wanted == 0 || parts.size() == 1) return PodTarget{};
    if (parts.size() != wanted || !is_label(parts[0]) || !is_subdomain(parts[1])) return std::nullopt;
    PodTarget target{std::string(parts[0]) + "/" + std::string(parts[1])};
    if (wanted == 2) return target;
    if (!is_label(parts[2])) return std::nullopt;
    target.container = parts[2];
    return target;
}

std::optional<std::string> below_kubelet(std::string_view path) {
    constexpr std::string_view root = "/kubelet/seccomp/";
    const std::size_t at = path.find(root);
    if (at == std::string_view::npos || at + root.size() == path.size()) return std::nullopt;
    return std::string(path.substr(at + root.size()));
}

std::string pod_snippet(std::string_view title, const PodTarget& target, std::string_view localhost_profile) {
    check_path(localhost_profile);
    std::string text = comment(title, target, localhost_profile);
    if (target.no_new_privs && target.container.empty())
        text +=
            "# Under it containers start only with securityContext.allowPrivilegeEscalation: false in "
            "each.\n";
    text += "spec:\n";
    if (target.container.empty()) return text + seccomp_profile(localhost_profile, "  ");
    // Whatever else is in the pod is neither left unconfined nor given a profile that is not its own.
    text += seccomp_profile({}, "  ");
    text += "  containers:\n  - name: " + json_string(target.container) + "\n";
    text += seccomp_profile(localhost_profile, "    ");
    if (target.no_new_privs) text += "      allowPrivilegeEscalation: false  # it starts only so\n";
    return text;
}

}  // namespace scgen
