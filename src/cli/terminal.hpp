#pragma once

#include <chrono>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "options.hpp"
#include "scgen/report/summary.hpp"

namespace scgen {

/// Whoever read standard output has closed it: a wish, not a failure.
class ClosedPipe : public std::runtime_error {
  public:
    ClosedPipe() : std::runtime_error("standard output was closed") {}
};

/// Writes to standard output, all of it, now.
///
/// Errors: ClosedPipe when the reader is gone; Error on any other failure.
void put(std::string_view text);

/// Standard error, for people: errors always, the rest unless quiet; colour and progress on a terminal only.
///
/// Shape:  a progress line is wiped before anything else is written. Text is escaped for terminals here
///         once more, so that no path can lead a name past it.
class Terminal {
  public:
    Terminal(bool quiet, Color color);
    Terminal(const Terminal&) = delete;
    Terminal& operator=(const Terminal&) = delete;
    ~Terminal();

    void error(std::string_view text);
    void warning(std::string_view text);
    void note(std::string_view text);
    void line(std::string_view text);
    void remarks(const std::vector<Remark>& remarks);
    /// Lines that were made for a terminal already, such as a table; shown even when quiet.
    void block(std::string_view lines);

    bool shows_progress() const noexcept { return progress_; }
    /// Nothing while another program has put the terminal into its own mode (an editor, a shell at its prompt).
    void progress(std::string_view text);
    void wipe();

  private:
    void write(std::string_view color, std::string_view label, std::string_view text);

    bool quiet_;
    bool color_;
    bool progress_;
    bool drawn_ = false;
};

}  // namespace scgen
