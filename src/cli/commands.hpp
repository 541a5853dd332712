#pragma once

#include "options.hpp"
#include "terminal.hpp"

namespace scgen {

/// Each command: does what its options ask and returns the exit code.
///
/// Errors: Error for trouble; ClosedPipe when the reader of standard output is gone.
int run_generate(const Options& options, Terminal& terminal);
int run_list(const Options& options, Terminal& terminal);
int run_check(const Options& options, Terminal& terminal);
int run_diff(const Options& options, Terminal& terminal);
int run_merge(const Options& options, Terminal& terminal);
int run_validate(const Options& options, Terminal& terminal);
int run_explain(const Options& options, Terminal& terminal);
int run_decode(const Options& options, Terminal& terminal);
int run_recording_profile(const Options& options, Terminal& terminal);
int run_syscalls(const Options& options, Terminal& terminal);
int run_record(const Options& options, Terminal& terminal);
int run_run(const Options& options, Terminal& terminal);
int run_containers(const Options& options, Terminal& terminal);

}  // namespace scgen
