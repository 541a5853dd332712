#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "scgen/profile/profile.hpp"

namespace scgen {

/// A profile as read, with everything in the document that a plain OCI runtime would not obey.
struct ProfileDocument {
    Profile profile;
    /// "/syscalls/3/comment: ignored by runtimes" and the like: JSON pointer, then what is the matter.
    std::vector<std::string> notes;
};

/// Reads a profile: OCI runtime-spec JSON.
///
/// Errors: Error naming `origin`, with the line and column of a syntax error or the JSON pointer of a wrong value; documents
///         over 8 MiB or nested deeper than 64 are refused before they are built.
/// Source: OCI runtime-spec v1.3.0, config-linux.md.
ProfileDocument read_profile(std::string_view json, const std::string& origin);

/// The profile as OCI JSON: 4 spaces, names sorted, keys in the specification's order, a newline at the end.
///
/// Law: read_profile(write_profile(p)) == canonical(p); equal profiles give equal bytes.
std::string write_profile(const Profile& profile);

}  // namespace scgen
