#include "line_buffer.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace scgen {
namespace {

constexpr std::size_t piece = std::size_t{256} * 1024;

}  // namespace

std::span<char> LineBuffer::room() {
    discard_handed_out();
    if (buffer_.size() - held_ < piece / 2) buffer_.resize(held_ + piece);
    return {buffer_.data() + held_, std::min(piece, buffer_.size() - held_)};
}

LineBuffer::Lines LineBuffer::take() {
    discard_handed_out();
    Lines lines;
    handed_out_ = whole_lines(lines.oversized);
    lines.text = {buffer_.data(), handed_out_};
    return lines;
}

LineBuffer::Lines LineBuffer::finish() {
    Lines lines = take();
    if (std::exchange(skipping_, false)) {
        ++lines.oversized;
        held_ = handed_out_;
    }
    handed_out_ = held_;
    lines.text = {buffer_.data(), held_};
    return lines;
}

void LineBuffer::rest() {
    discard_handed_out();
    if (held_ == 0) buffer_ = std::vector<char>();
}

void LineBuffer::discard_handed_out() {
    if (handed_out_ == 0) return;
    held_ -= handed_out_;
    if (!kept_.empty()) {
        std::vector<char>& last = kept_[oldest_];
        oldest_ = (oldest_ + 1) % kept_.size();
        last.swap(buffer_);
        if (buffer_.size() < held_) buffer_.resize(held_ + piece);
        // Of nothing there is no address to copy to.
        if (held_ > 0) std::memcpy(buffer_.data(), last.data() + handed_out_, held_);
    } else {
        std::memmove(buffer_.data(), buffer_.data() + handed_out_, held_);
    }
    searched_ -= std::min(searched_, handed_out_);
    handed_out_ = 0;
}

/// Bytes up to and with the last newline held, after dropping lines that are too long.
std::size_t LineBuffer::whole_lines(std::uint64_t& oversized) {
    if (held_ == 0) return 0;
    if (skipping_) {
        const void* newline = std::memchr(buffer_.data(), '\n', held_);
        if (newline == nullptr) {
            held_ = 0;
            return 0;
        }
        const auto skipped = static_cast<std::size_t>(static_cast<const char*>(newline) - buffer_.data()) + 1;
        held_ -= skipped;
        std::memmove(buffer_.data(), buffer_.data() + skipped, held_);
        skipping_ = false;
        ++oversized;
        searched_ = 0;
    }
    const void* last = ::memrchr(buffer_.data() + searched_, '\n', held_ - searched_);
    searched_ = held_;
    const std::size_t size =
        last == nullptr ? 0 : static_cast<std::size_t>(static_cast<const char*>(last) - buffer_.data()) + 1;
    if (held_ - size > max_line_) {
        skipping_ = true;
        held_ = size;
        searched_ = size;
    }
    return drop_long_lines(size, oversized);
}

/// A line within the pieces just read may be too long as well, where the limit is smaller than a piece.
std::size_t LineBuffer::drop_long_lines(std::size_t size, std::uint64_t& oversized) {
    if (max_line_ >= buffer_.size()) return size;
    std::size_t from = 0, to = 0;
    while (from < size) {
        const void* newline = std::memchr(buffer_.data() + from, '\n', size - from);
        const auto end = static_cast<std::size_t>(static_cast<const char*>(newline) - buffer_.data()) + 1;
        if (end - from - 1 > max_line_) {
            ++oversized;
        } else {
            std::memmove(buffer_.data() + to, buffer_.data() + from, end - from);
            to += end - from;
        }
        from = end;
    }
    std::memmove(buffer_.data() + to, buffer_.data() + size, held_ - size);
    held_ -= size - to;
    searched_ = held_;
    return to;
}

}  // namespace scgen
