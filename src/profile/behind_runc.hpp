#pragma once

#include <map>
#include <set>
#include <string>

#include "scgen/profile/profile.hpp"

namespace scgen {

/// The names that `profile` permits on an ABI and runc answers with ENOSYS there all the same.
///
/// Shape:  runc puts a filter of its own before the profile's: what is above the largest number that it finds among the
///         profile's names gets ENOSYS, so that libc tries older calls. It asks libseccomp, which has no number
///         for socket and System V IPC calls of ABIs that also have them in socketcall and ipc; so those do not count.
///         Any rule with a name of a larger number mends it, whatever its action. crun has no such filter.
/// Source: runc libcontainer/seccomp/patchbpf, findLastSyscalls() and generateEnosysStub(); measured with runc 1.1.5:
///         a 32-bit server under a profile that allows socket and nothing above it gets ENOSYS.
std::map<Arch, std::set<std::string>> unseen_by_runc(const Profile& profile);

}  // namespace scgen
