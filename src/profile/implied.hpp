#pragma once

#include <map>
#include <set>
#include <string>

namespace scgen {

/// The calls that a working program makes and a log need not show, each with its reason: those of any program, and those
/// that one which was seen to make the calls in `seen` makes only now and then. An ABI may lack some.
std::map<std::string, std::string> implied_calls(const std::set<std::string>& seen);

}  // namespace scgen
