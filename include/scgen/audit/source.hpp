#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "scgen/audit/loss.hpp"

namespace scgen {

/// A piece of input that ends at the end of a line.
struct Block {
    /// Whole lines; only the last of an input may lack its newline. Lives until the next call of next().
    std::string_view text;
    /// Lines that were longer than the limit and are not in the text.
    std::uint64_t oversized = 0;
    /// What the source itself knows that it lost.
    std::vector<Loss> losses{};
    /// The source hands out audit records of every type, so that a serial that is missing between two of its own was
    /// lost, whatever the types of those that are there.
    bool every_type = false;
    /// The kernel's own count of records for which its queue had no room was compared, from the start of the input to
    /// its end; what it says is among the losses.
    bool queue_checked = false;
    /// The end of the input.
    bool end = false;
};

/// Where lines come from: a file, or standard input.
///
/// Shape:  hands out Blocks of whole lines as soon as they are there; memory is bounded by the longest line
///         allowed. Errors: Error from open and next, naming the input. Compressed, UTF-16 and binary journal
///         files are refused with the command that makes text of them.
class Source {
  public:
    /// "-" is standard input. `stop_fd` becomes readable when next() is to give up waiting (-1: never).
    static Source open(const std::string& path, std::size_t max_line, int stop_fd = -1);
    ~Source();
    Source(Source&&) noexcept;
    Source& operator=(Source&&) noexcept;

    /// Waits at most `patience` for the next Block. A Block with empty text and no end: nothing came in time,
    /// or stop_fd spoke.
    Block next(std::chrono::milliseconds patience);

    const std::string& name() const noexcept;
    /// Bytes in all, as stored, where that is known (a regular file); else 0.
    std::uint64_t size() const noexcept;
    std::uint64_t bytes_read() const noexcept;

  private:
    class State;
    explicit Source(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

/// Calls `each(line)` for every line of `text`, without the newline.
template <class Each>
void for_each_line(std::string_view text, Each&& each) {
    while (!text.empty()) {
        const std::size_t newline = text.find('\n');
        each(text.substr(0, newline));
        if (newline == std::string_view::npos) return;
        text.remove_prefix(newline + 1);
    }
}

}  // namespace scgen
