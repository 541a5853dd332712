#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scgen/abi/arch.hpp"
#include "scgen/profile/profile.hpp"

namespace scgen {

/// A form in which a profile can be written, by its name on the command line.
///
/// Shape:  oci      OCI runtime-spec JSON
///         k8s      the same JSON, for a pod's localhostProfile; the pod's side of it is pod_snippet()'s
///         spo      SeccompProfile of the Kubernetes Security Profiles Operator, YAML
///         systemd  a drop-in for a unit
///         minijail a policy for one architecture
///         firejail lines for a profile
///         names    the allowed names, one a line
///         c        a program that loads the filter with libseccomp and runs a command under it
///         bpf      the compiled filter, struct sock_filter[]
///         pfc      the compiled filter as libseccomp's pseudo code
enum class Format : std::uint8_t { oci, k8s, spo, systemd, minijail, firejail, names, c, bpf, pfc };

/// Finds a form by name; case-sensitive.
std::optional<Format> format_from_name(std::string_view name) noexcept;

/// "oci", "spo", ...
std::string_view format_name(Format format) noexcept;

/// What some forms need beyond the profile.
struct EmitOptions {
    /// What a form that names its profile calls it (spo: metadata.name); made safe where it is not.
    std::string name = "profile";
    /// The architecture of a form that has only one (minijail); needed where the profile has several.
    std::optional<Arch> arch;
};

/// A profile in one form, and what the form could not say.
///
/// Shape:  a note is one sentence for the user; each tells of a denial that comes out as another, never of a
///         call let through, unless it names the calls that the tool itself lets through whatever it is told.
struct Written {
    std::string bytes;
    std::vector<std::string> notes;
};

/// The profile in `format`. Equal profiles give equal bytes.
///
/// Law:    the form lets no call through that the profile does not, and denies none more weakly (errno, trap,
///         kill), except as a note says of the tool itself.
/// Errors: Error that names the rule and the way out, where a form could only be written against the law, or
/// where
///         a syscall name is none ([A-Za-z_][A-Za-z0-9_]*); as write_profile and Filter::compile for theirs.
Written emit(const Profile& profile, Format format, const EmitOptions& options = {});

}  // namespace scgen
