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

/// Reads a profile as a plain OCI runtime does: OCI runtime-spec JSON. Fields of Docker's and
/// containers-common's supersets are noted with what such a runtime makes of them; docker.hpp obeys them.
///
/// Shape:  rules as the document lists them, not canonical(), so that a note's pointer finds its rule.
/// Errors: Error naming `origin`, with the line and column of a syntax error or the JSON pointer of a wrong
/// value; documents
///         over 8 MiB, of over 262,144 values or nested deeper than 64 are refused before they are built.
/// Source: OCI runtime-spec v1.3.0, config-linux.md.
ProfileDocument read_profile(std::string_view json, const std::string& origin);

/// The profile as OCI JSON: 4 spaces, names sorted, keys in the specification's order, a newline at the end.
/// Bytes of names that are no UTF-8 become U+FFFD.
///
/// Law: read_profile(write_profile(p)).profile == canonical(p) where names are UTF-8; equal profiles give
/// equal bytes. Errors: Error for an architecture that OCI profiles have no name for.
std::string write_profile(const Profile& profile);

}  // namespace scgen
