#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "placement.hpp"
#include "processes.hpp"
#include "scgen/observe/attribution.hpp"

namespace scgen {

/// Which processes a Selection wants, by index, and the patterns that want nothing.
struct Wanted {
    std::vector<bool> wanted;
    std::vector<Attribution::Unmatched> unmatched;
};

/// Chooses processes, the forks of a chosen one with it. Start-up that nothing follows is chosen only by
/// --comm or
/// --pid, and only where they choose nothing else.
Wanted choose(const Processes& all, const Selection& selection);

/// Leaves of a Wanted what is in a container that --container and --pod want.
void narrow_by_containers(Wanted& choice, const Processes& all, const Selection& selection,
                          const Placement& placement);

/// The process that `process` belongs to: its own, or that of the thread that forked it.
std::size_t root_of(const Processes& all, std::size_t process);

/// Whether a shell glob fits a name, byte for byte; '*' takes slashes too.
bool glob_fits(const std::string& pattern, std::string_view name);

/// The same for an exe, with or without what the kernel appends to the path of a deleted file.
bool exe_glob_fits(const std::string& pattern, std::string_view exe);

/// The same for a comm, of which the kernel keeps 15 bytes.
bool comm_glob_fits(const std::string& pattern, std::string_view comm);

/// The (at most three) of `names` that `pattern` may have meant: those that hold it or are held by it,
/// whatever their case, then those that fewest changes make equal.
std::vector<std::string> nearest_names(std::string_view pattern, const std::vector<std::string>& names);

}  // namespace scgen
