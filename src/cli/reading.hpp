#pragma once

#include <chrono>
#include <functional>
#include <string>

#include "options.hpp"
#include "scgen/observe/ingest.hpp"
#include "terminal.hpp"

namespace scgen {

/// Why reading ended.
enum class Ending : std::uint8_t { end_of_input, signal, time_up, idle };

/// Whether any of these logs is a pipe, a terminal or the like, whose end may be far off.
bool any_stream(const std::vector<std::string>& logs);

/// Sees each Block after it was fed; `grown` says whether anything new was in it. It is
/// called at least every tenth of a second, too, while a stream is silent.
using AfterBlock = std::function<void(bool grown)>;

/// Feeds the logs to `ingest`, one after the other, showing progress.
///
/// Shape:  signals are caught while a stream is among the logs and left alone otherwise, because half a
///         file is not what anybody asked for.
/// Errors: Error naming the log that cannot be opened or read.
Ending read_logs(const InputOptions& input, Ingest& ingest, Terminal& terminal,
                 const AfterBlock& after_block);

/// What `ingest` has read until now.
InputFacts facts_of(const Ingest& ingest);

/// The same when all was read; where there was no record and the log is this machine's (a stream, or a file of /var/log
/// or the kernel's), this machine is asked why.
InputFacts facts_at_end(const Ingest& ingest, const InputOptions& input);

}  // namespace scgen
