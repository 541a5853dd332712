#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "scgen/profile/profile.hpp"

namespace scgen {

/// A Linux version as profiles compare it: {4, 8} of "4.8.0-53-generic".
using KernelVersion = std::pair<int, int>;

/// A condition on the host. Empty: says nothing.
///
/// Shape: `arches` are Docker's words for native ABIs ("amd64", "x86", "arm64"); unknown ones never match.
struct When {
    std::set<std::string> caps;
    std::set<std::string> arches;
    std::optional<KernelVersion> min_kernel;

    bool operator==(const When&) const = default;
};

/// A rule that holds on some hosts: where all of `includes` holds and nothing of `excludes`.
///
/// Shape: `named_errno` is containers-common's `errno`, which podman and CRI-O prefer to errnoRet and others
/// ignore.
struct ConditionalRule {
    Rule rule;
    When includes;
    When excludes;
    std::string comment;
    std::optional<std::uint32_t> named_errno;
};

/// A profile in the superset of OCI's that Docker, podman and CRI-O read.
///
/// Shape: `head` is everything but rules; its architectures are empty where there is an arch_map.
struct DockerProfile {
    Profile head;
    std::optional<std::uint32_t> named_default_errno;
    /// Native ABI -> the ABIs it brings along.
    std::map<Arch, std::set<Arch>> arch_map;
    std::vector<ConditionalRule> rules;
    /// What the engines would not obey: JSON pointer, then what is the matter.
    std::vector<std::string> notes;
};

/// Whose reading counts: Docker's, that of containers-common (podman, buildah, CRI-O), or that of containerd,
/// which reads no such profile but makes its own default by the same conditions.
enum class Engine : std::uint8_t { docker, podman, containerd };

/// Where a container is to run.
struct Host {
    Arch arch = Arch::x86_64;
    KernelVersion kernel{};
    /// The container's bounding set: "CAP_SYS_ADMIN".
    std::set<std::string> caps{};
    /// Every capability, whatever `caps` says.
    bool privileged = false;
    Engine engine = Engine::docker;
};

/// Reads a profile with Docker's and containers-common's fields. An empty object is no confinement, as it is
/// to Docker.
///
/// Errors: as read_profile; also where the engines refuse: `name` beside `names`, `archMap` beside
/// `architectures`,
///         a minKernel that is not "<kernel>.<major>", an errno name nobody knows.
/// Source: github.com/moby/profiles/seccomp v0.2.3; go.podman.io/common/pkg/seccomp.
DockerProfile read_docker_profile(std::string_view json, const std::string& origin);

/// What is left of `profile` for a container on `host`: plain OCI, canonical.
///
/// Shape: conditions on arches look at the native ABI alone. Docker knows no arch_map entry for ppc64le, arm,
/// x86 and, by a
///        mismatch of its own, loongarch64; podman none for riscv64 either: architectures stay empty, the
///        native one. podman ignores minKernel.
/// Source: moby/profiles seccomp_linux.go setupSeccomp(); containers-common pkg/seccomp/filter.go.
Profile resolve(const DockerProfile& profile, const Host& host);

}  // namespace scgen
