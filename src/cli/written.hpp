#pragma once

#include <string>
#include <string_view>

#include "options.hpp"
#include "scgen/profile/emit.hpp"

namespace scgen {

/// `profile` in the form that --format asks for, called `name` where the form has names.
///
/// Errors: as emit().
Written written_as(const Profile& profile, const std::string& name, const Options& options);

/// ".json", ".yaml", ...: what files of that form are called.
std::string_view extension_of(Format form) noexcept;

/// A path without the ".json" at its end, if there is one.
std::string without_json(std::string path);

/// Writes `bytes` to the file of -o, or to standard output.
///
/// Errors: as replace_file() and put(); Error rather than binary code on a terminal.
void write_result(const std::string& bytes, const Options& options);

}  // namespace scgen
