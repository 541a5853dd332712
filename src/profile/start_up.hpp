#pragma once

#include <map>
#include <string>

#include "scgen/observe/attribution.hpp"
#include "scgen/profile/generate.hpp"

namespace scgen {

/// The calls with which `workload`'s container runtime starts it and which the log need not show, each with the reason:
/// of the runtime that `options` name the measured set, and of that one and the one in the log what it calls now and
/// then. Without closure only what was asked for by name.
std::map<std::string, std::string> start_up_unseen(const Workload& workload, const GenerateOptions& options);

}  // namespace scgen
