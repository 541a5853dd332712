#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scgen/audit/source.hpp"
#include "scgen/observe/ingest.hpp"
#include "terminal.hpp"

namespace scgen {

/// The line that a terminal shows while input is read: bytes, rate and time left of a file, records and their rate of
/// streams.
class Progress {
  public:
    Progress(Terminal& terminal, const Ingest& ingest);

    /// When it is to be drawn again, where it is shown at all and something has changed since.
    std::optional<std::chrono::steady_clock::time_point> due() const;
    bool is_due() const;

    void show(const std::vector<const Source*>& sources);
    /// For `scgen record` and the like, which tell no call for itself.
    void show_calls(std::string_view name, std::size_t calls);
    /// Another file begins, whose rate is measured from here.
    void begin_file();

  private:
    using Clock = std::chrono::steady_clock;

    std::string file_text(const Source& file, Clock::time_point now) const;
    std::string stream_text(const std::vector<const Source*>& sources, Clock::time_point now) const;
    std::string records_text(Clock::time_point now) const;
    void draw(const std::string& text, Clock::time_point now);

    Terminal& terminal_;
    const Ingest& ingest_;
    Clock::time_point begin_;
    Clock::time_point shown_;
    std::uint64_t lines_shown_ = 0;
    std::uint64_t records_shown_ = 0;
};

}  // namespace scgen
