#pragma once

#include <string>
#include <string_view>

namespace scgen {

/// A name from a log as a terminal may show it: whatever is not plain printable text becomes \xNN, byte by
/// byte.
///
/// Shape:  escaped are C0, DEL, C1 (as UTF-8 too), bidirectional controls, zero-width and invisible
///         characters, line and paragraph separators, tags, bytes that are no UTF-8, and a space at either
///         end. A backslash becomes two.
/// Law:    different names stay different, and nothing in the result moves a cursor or reorders a line.
std::string escape(std::string_view bytes);

/// The same for a whole message that may hold such names: backslashes stay single, so it can be applied to
/// text that was escaped before.
std::string escape_message(std::string_view text);

/// How many columns of a terminal escaped text takes.
std::size_t columns(std::string_view escaped) noexcept;

/// A JSON string with its quotes; bytes that are no UTF-8 become U+FFFD.
std::string json_string(std::string_view bytes);

/// A file name for the profile of `workload`: one path component of [A-Za-z0-9_.-] that starts with neither
/// dash nor dot.
///
/// Shape:  at most 100 bytes and the extension. Where anything had to change, a hash of the whole name is
///         appended; a made-up name can still meet another's, so whoever writes several files must check.
std::string file_name(std::string_view workload, std::string_view extension);

}  // namespace scgen
