#pragma once

#include <string>
#include <string_view>

#include "scgen/profile/emit.hpp"
#include "scgen/report/pod_snippet.hpp"

namespace scgen {

/// What the files of --format k8s are called beside those of the profiles. Not ".yaml" alone: a manifest of that
/// name may well be there.
constexpr std::string_view pod_extension = ".pod.yaml";

/// The pod's snippet for the profile in the file at `path`, whose folder is there; the rest as pod_snippet() has it.
///
/// Shape:  the profile's place below the kubelet's seccomp folder is what `path` says, where that leads into one;
///         otherwise it is as if the file, or with `in_directory` its whole folder, were copied there, and a note says so.
/// Errors: as pod_snippet().
Written pod_file(const std::string& path, bool in_directory, std::string_view title, const PodTarget& target);

/// The path of the snippet for a profile in the file at `path`: ".pod.yaml" in place of ".json".
std::string pod_file_path(const std::string& path);

}  // namespace scgen
