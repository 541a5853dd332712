#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace scgen {

/// What the control group of a process tells of where it is.
struct CgroupPlace {
    /// The containers it is in, the outermost first: a container in a container has several. Empty for none.
    std::vector<std::string> ids;
    /// The pod whose group the kubelet made; empty for none.
    std::string pod_uid;

    bool operator==(const CgroupPlace&) const = default;
};

using ContainerIds = std::set<std::string, std::less<>>;

/// Reads /proc/PID/cgroup, any bytes: version 1, 2 or both, in the spelling of any runtime and of either cgroup driver.
///
/// Shape:  a group's name holds the container's id: 64 hex digits, or one of `known`, which runtimes' state tells of.
///         Where hierarchies differ, the shortest chain of containers counts: whoever may make groups in one only must not
///         pass for another container.
/// Source: cgroups(7). Names: containerd "cri-containerd-ID.scope", CRI-O "crio-ID.scope", Docker "docker-ID.scope", Podman
///         "libpod-ID.scope" (systemd driver); "/docker/ID", "/kubepods/QOS/podUID/ID" (cgroupfs driver); the kubelet's
///         pkg/kubelet/cm/pod_container_manager_linux.go and cgroup_manager_linux.go (UIDs with '_' for '-').
CgroupPlace read_cgroup(std::string_view text, const ContainerIds& known = {});

}  // namespace scgen
