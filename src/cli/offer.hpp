#pragma once

#include <string>

#include "options.hpp"
#include "scgen/profile/profile.hpp"

namespace scgen {

/// A word as a shell reads it: quoted where it must be.
std::string shell_word(const std::string& word);

/// The command line, for a shell, that writes the profile read as `input` says with the calls added whose denials are in
/// `log`. A profile that is read as it stands is replaced; what an engine made of one goes to a new file.
///
/// Shape:  for a profile that denies by default; to one that does not, no call can be added.
std::string command_that_adds(const Profile& profile, const ProfileInput& input, const std::string& log);

}  // namespace scgen
