#pragma once

namespace scgen {

/// Turns the first SIGINT, SIGTERM or SIGHUP into a wish to stop; a second one ends the process as if there
/// were no handler.
///
/// Shape:  at most one at a time. fd() becomes readable, and stays so, once a signal came; SIGHUP stays
///         ignored where it was (nohup).
/// Errors: Error when there is no pipe to be had.
class StopSignals {
  public:
    StopSignals();
    StopSignals(const StopSignals&) = delete;
    StopSignals& operator=(const StopSignals&) = delete;
    ~StopSignals();

    int fd() const noexcept { return read_end_; }
    bool requested() const noexcept;

  private:
    int read_end_ = -1;
};

/// Makes a closed pipe and a file size limit errors of write() instead of deaths.
void ignore_write_signals() noexcept;

/// Undoes that, in a child that becomes another program.
void restore_write_signals() noexcept;

}  // namespace scgen
