#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace scgen {

/// Cuts bytes that come in pieces into whole lines.
///
///   | handed out | an unfinished line | room |
///
/// Shape:  the unfinished line stays at the front of the buffer, which grows only while a single line needs it, up to
///         the limit. A line that is longer is skipped to its newline, counted, and never looked at again.
class LineBuffer {
  public:
    /// With several `buffers` the last Lines live on, one less than there are buffers: whoever reads ahead fills one buffer
    /// while others are looked at.
    explicit LineBuffer(std::size_t max_line, std::size_t buffers = 1)
        : max_line_(max_line), kept_(buffers - 1) {}

    /// Where the next bytes go; ends the life of what was handed out.
    std::span<char> room();
    /// Takes `count` bytes of the room as read.
    void commit(std::size_t count) noexcept { held_ += count; }

    struct Lines {
        std::string_view text;
        std::uint64_t oversized = 0;
        bool empty() const noexcept { return text.empty() && oversized == 0; }
    };
    /// The whole lines held; they live until the next room().
    Lines take();
    /// All that is held, where nothing more will come: the last line may lack its newline.
    Lines finish();

    /// Bytes of an unfinished line.
    bool has_part() const noexcept { return held_ > handed_out_ || skipping_; }
    /// Gives the memory back while nothing is held.
    void rest();

  private:
    std::size_t whole_lines(std::uint64_t& oversized);
    std::size_t drop_long_lines(std::size_t size, std::uint64_t& oversized);
    void discard_handed_out();

    std::size_t max_line_;
    std::vector<char> buffer_;
    /// Where the last Lines are, the oldest at `oldest_`.
    std::vector<std::vector<char>> kept_;
    std::size_t oldest_ = 0;
    std::size_t held_ = 0;        ///< bytes in the buffer
    std::size_t handed_out_ = 0;  ///< of them, those of the last Lines
    std::size_t searched_ = 0;    ///< of them, those known to hold no newline behind the last Lines
    bool skipping_ = false;       ///< inside a line that is too long
};

}  // namespace scgen
