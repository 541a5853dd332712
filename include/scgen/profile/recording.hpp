#pragma once

#include <span>
#include <string_view>

#include "scgen/profile/profile.hpp"

namespace scgen {

/// The calls that make most of the records of most programs, in order of name; none of them is dangerous.
///
/// Source: seven tenths of the 12037 x86_64 records of eight programs (bash, busybox httpd, a Go, a Java, a Rust and an
///         i386 program, nginx, redis) that were recorded from start to end; each by six of the programs or more.
std::span<const std::string_view> commonest_calls() noexcept;

/// The profile to record a workload under: denies nothing and logs every call, or all but the commonest.
///
/// Shape:  lists `native` and the 32-bit ABIs that its kernels run beside it. A profile that lists none kills whoever
///         calls by another ABI than the native one.
Profile recording_profile(Arch native, bool all_but_commonest);

}  // namespace scgen
