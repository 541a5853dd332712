#pragma once

#include <chrono>
#include <functional>
#include <optional>

#include "options.hpp"
#include "scgen/observe/ingest.hpp"
#include "terminal.hpp"

namespace scgen {

/// Why reading ended.
enum class Ending : std::uint8_t { end_of_input, signal, time_up, idle };

/// Whether any of the input is a pipe, a followed file or the like, whose end may be far off.
bool any_stream(const InputOptions& input);

/// Sees each Block after it was fed; `grown` says whether anything new was in it.
using AfterBlock = std::function<void(bool grown)>;

/// When AfterBlock wants to be called though no Block came; nothing for not at all.
using WhenDue = std::function<std::optional<std::chrono::steady_clock::time_point>()>;

/// Feeds all input to `ingest`, showing progress: files one after the other, streams as they come.
///
/// Shape:  signals are caught while a stream is among the input and left alone otherwise, because half a
///         file is not what anybody asked for. When reading ends before the input does, what has come until then is
///         fed.
/// Errors: Error naming the input that cannot be opened or read.
Ending read_logs(const InputOptions& input, Ingest& ingest, Terminal& terminal, const AfterBlock& after_block,
                 const WhenDue& when_due = {});

/// What `ingest` has read until now.
InputFacts facts_of(const Ingest& ingest);

/// The same when all was read; where there was no record and the log is this machine's (a stream, or a file of /var/log
/// or the kernel's), this machine is asked why.
InputFacts facts_at_end(const Ingest& ingest, const InputOptions& input);

}  // namespace scgen
