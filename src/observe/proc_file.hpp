#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace scgen {

/// The first `most` bytes of a file; nothing, and errno says why, where it is not there or may not be read.
std::optional<std::string> read_proc_file(const std::string& path, std::size_t most);

/// When a process began, out of /proc/PID/stat: ticks since the machine was started; nothing where the text is none,
/// or says what cannot be.
///
/// Source: proc_pid_stat(5), field 22; comm, in brackets, may hold anything.
std::optional<std::uint64_t> start_ticks(const std::string& stat);

}  // namespace scgen
