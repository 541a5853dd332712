#pragma once

#include <cstdint>
#include <map>
#include <optional>

#include "scgen/observe/attribution.hpp"
#include "scgen/profile/filter.hpp"
#include "scgen/profile/meaning.hpp"

namespace scgen {

/// What a profile makes of a call whose arguments nobody recorded.
///
/// Shape:  depends: on the arguments, or on the supervisor or tracer that it is handed to. unknown: the record has no
///         ABI, as kernels before 3.16 write them.
enum class Reply : std::uint8_t { allowed, depends, denied, unknown };

/// Why a call is denied: by what the rules say, because its ABI is not listed, or because libseccomp does not
/// know the name that a rule allows, and a runtime with it passes the rule over.
enum class Denial : std::uint8_t { rules, abi_not_listed, unknown_to_libseccomp };

/// A call that was seen, and what becomes of it under the profile.
struct Replayed {
    Reply reply = Reply::denied;
    /// Where denied: what the filter says; where it depends: what it says when no condition holds.
    Ruling ruling{};
    /// Where denied.
    Denial because = Denial::rules;
};

/// The compiled filter of a profile, to be asked about calls that were seen.
///
/// Shape:  a call without arguments is asked with every combination of arguments at which one of its rules changes its
///         mind, so "allowed" and "denied" hold for all arguments.
/// Errors: as Filter::compile, from the constructor.
class Replay {
  public:
    explicit Replay(const Profile& profile);

    Replayed ask(Syscall syscall) const;

  private:
    Denial reason(Syscall syscall) const;

    Filter filter_;
    Meaning meaning_;
};

}  // namespace scgen
