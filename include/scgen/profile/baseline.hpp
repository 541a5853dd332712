#pragma once

#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "scgen/profile/docker.hpp"
#include "scgen/profile/profile.hpp"

namespace scgen {

/// A container runtime's default profile that is built in.
struct BaselineId {
    /// "docker", "containerd", "cri-o" or "podman".
    std::string_view runtime;
    /// Whose versions these are: podman's default is that of the library containers-common.
    std::string_view project;
    std::string_view version;
    /// "YYYY-MM-DD" of the version.
    std::string_view date;
    /// Versions with the same content: "29.4.3..29.7.2"; blanks between ranges.
    std::string_view covers;
    std::string_view source;
};

/// Every built-in default, newest first within a runtime; runtimes in order of name.
std::vector<BaselineId> baselines();

/// The one that `version` has: the same version, one it covers, or the newest that begins with it ("27"). No
/// version is the newest.
///
/// Errors: Error naming those there are.
BaselineId find_baseline(std::string_view runtime, std::optional<std::string_view> version);

/// The default profile as that runtime applies it on `host`: plain OCI, canonical. A privileged container is
/// not confined by it: everything is allowed.
///
/// Shape:  host.engine is not looked at, for the runtime says which reading counts.
/// Errors: as find_baseline().
/// Source: syscall-tables/defaults; resolve() in docker.hpp.
Profile resolve_baseline(std::string_view runtime, std::optional<std::string_view> version, const Host& host);

/// Every capability the kernel has: "CAP_CHOWN", ...
///
/// Source: include/uapi/linux/capability.h.
std::span<const std::string_view> capability_names() noexcept;

/// The capabilities of a container that asks for none in particular: "CAP_CHOWN", ...
///
/// Errors: Error for a runtime that is none of the four.
/// Source: moby daemon/pkg/oci/caps/defaults.go; containerd pkg/oci/spec.go; containers-common
/// pkg/config/default.go; cri-o internal/config/capabilities/capabilities.go.
std::set<std::string> default_capabilities(std::string_view runtime);

}  // namespace scgen
