#pragma once

#include <string>

#include "options.hpp"
#include "scgen/profile/profile.hpp"
#include "terminal.hpp"

namespace scgen {

/// Reads the profile in the file at `path`, "-" for standard input, as a plain OCI runtime does, and tells what such a
/// runtime would not obey in it.
///
/// Errors: Error naming the file.
Profile load_profile(const std::string& path, Terminal& terminal);

/// The same as the engine of `input` reads it: Docker and podman obey conditions on the host.
Profile load_profile(const std::string& path, const ProfileInput& input, Terminal& terminal);

/// Reads the files of --containers, and tells where they contradict each other.
///
/// Errors: as read_containers(); Error naming the file that cannot be read, or all of them where they name no process and
///         `pids_wanted`.
std::vector<Container> load_containers(const std::vector<std::string>& paths, bool pids_wanted,
                                       Terminal& terminal);

/// The host that a profile or a runtime's default is resolved for: what `input` says, else `native`, and the default
/// capabilities of containers of `runtime`.
///
/// Errors: as default_capabilities().
Host host_of(const ProfileInput& input, Arch native, const std::string& runtime);

}  // namespace scgen
