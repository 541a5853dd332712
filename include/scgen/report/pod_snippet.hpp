#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "scgen/observe/attribution.hpp"

namespace scgen {

/// What in Kubernetes gets a profile: one container of a pod, or all of it.
///
/// Shape: `pod` is NAMESPACE/NAME, empty where no pod is known; `container` is empty for the whole pod. With
///        `no_new_privs` it starts under its profile only where privileges cannot grow.
struct PodTarget {
    std::string pod = {};
    std::string container = {};
    bool no_new_privs = false;

    bool operator==(const PodTarget&) const = default;
};

/// The target that a workload's name stands for under `group_by`: NAMESPACE/POD/CONTAINER or NAMESPACE/POD; the
/// whole of any pod where it is neither. Nothing where it looks like one, with a name that Kubernetes forbids.
///
/// Source: RFC 1123 as Kubernetes reads it: namespaces and containers are labels (63 bytes), pods subdomains (253).
std::optional<PodTarget> pod_target(std::string_view workload, GroupBy group_by);

/// What follows the kubelet's seccomp folder, KUBELET/seccomp with a folder kubelet as its root, in an absolute
/// path without "." and ".."; nothing where the path is not below one.
///
/// Source: the kubelet joins its root directory (--root-dir, /var/lib/kubelet), "seccomp" and localhostProfile.
std::optional<std::string> below_kubelet(std::string_view path);

/// The part of a pod's manifest that puts `target` under the profile at `localhost_profile`: YAML with the pod's
/// `spec` at its root. Its comment says of whom the profile is: of `title`, escaped already, or the container.
///
/// Shape:  a container's profile comes with RuntimeDefault for the rest of its pod, and with
///         allowPrivilegeEscalation: false where it needs that; a pod has no such field, so a comment asks for it.
/// Law:    every container of the pod has RuntimeDefault or Localhost, as the restricted Pod Security Standard
///         wants it.
/// Errors: Error where Kubernetes could not take the path: it is absolute or empty, has "..", control characters,
///         or bytes that are no UTF-8.
std::string pod_snippet(std::string_view title, const PodTarget& target, std::string_view localhost_profile);

}  // namespace scgen
