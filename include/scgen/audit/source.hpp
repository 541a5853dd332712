#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scgen/audit/loss.hpp"
#include "scgen/audit/preview.hpp"

namespace scgen {

/// A piece of input that ends at the end of a line.
struct Block {
    /// Whole lines; only the last of a file may lack its newline. Lives until the next call of next().
    std::string_view text;
    /// Of this text, and lives as long; null where there is none.
    const Preview* preview = nullptr;
    /// Which of its source's inputs it is of: several followed files are one source. Whoever reads several
    /// sources tells their inputs apart.
    std::uint64_t input = 0;
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
    /// What people should know of the source, each in a sentence, not escaped.
    std::vector<std::string> notes{};
    /// The end of this input.
    bool end = false;
};

/// Where lines come from: a file or standard input, followed files, the kernel's audit socket, the journal.
///
/// Shape:  hands out Blocks of whole lines as soon as they are there; memory is bounded by the longest line
///         allowed. Errors: Error from all that opens and from next(), naming the input. UTF-16 and binary journal
///         files are refused with what reads them.
class Source {
  public:
    /// A file to its end, plain or compressed; "-" is standard input. With `ahead`, a thread reads and decompresses a regular
    /// file some Blocks ahead, and makes previews of them.
    static Source open(const std::string& path, std::size_t max_line,
                       const std::optional<Foresight>& ahead = std::nullopt);

    /// Files from their start on, for ever, by their names: whatever becomes of the file that bears the name
    /// (src/audit/follow.cpp lists it), each line is handed out once. Files may come later.
    static Source follow(const std::vector<std::string>& paths, std::size_t max_line);

    /// Whether a path is one for follow(): a plain regular file, or none yet. Compressed files and pipes are for open().
    static bool can_grow(const std::string& path);

    /// The kernel's audit records from now on, every type, in audit.log's form; they come by multicast, beside an audit
    /// daemon or without one.
    static Source live(std::size_t max_line);

    /// Of the journal what the kernel and its audit said, every type, as the lines of `journalctl -o json`. `place` is
    /// a journal file or a directory of them; empty for the system's.
    static Source journal(const std::string& place, bool follow, std::size_t max_line);

    ~Source();
    Source(Source&&) noexcept;
    Source& operator=(Source&&) noexcept;

    /// Waits at most `patience` for the next Block. A Block with nothing in it: nothing came in time.
    Block next(std::chrono::milliseconds patience);

    /// Polls readable when next() need not wait; -1 where it never need, for now. May change with each next().
    int fd() const noexcept;

    /// No more is wanted than what has come until now: next() gives that, and ends. Of a file that is not read to its
    /// end the rest is left.
    void stop();

    /// All inputs have ended.
    bool ended() const noexcept;

    const std::string& name() const noexcept;
    /// Bytes in all, as stored, where that is known (a regular file); else 0.
    std::uint64_t size() const noexcept;
    std::uint64_t bytes_read() const noexcept;

    /// What a kind of source does; src/audit/source_state.hpp.
    class State;

  private:
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
