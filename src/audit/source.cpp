// Reads with read(), not mmap: a log may be truncated under the reader (copytruncate), which would be SIGBUS.
// The buffer keeps the unfinished last line at its front; it grows only while a single line needs it, up to
// the limit, and what is longer is skipped to its newline without ever being looked at again.
#include "scgen/audit/source.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <span>
#include <system_error>
#include <utility>
#include <vector>

#include "decompressor.hpp"
#include "scgen/error.hpp"

namespace scgen {
namespace {

constexpr std::size_t piece = std::size_t{256} * 1024;

[[noreturn]] void fail(const std::string& name, const char* what, int error) {
    throw Error(name + ": " + what + ": " + std::generic_category().message(error));
}

struct Magic {
    std::string_view bytes;
    std::string_view advice;
};

/// Files that are no text, and how to make text of them.
constexpr std::array<Magic, 3> not_text{{
    {"LPKSHHRH", "is a binary journal; use: journalctl --file FILE -o export | scgen"},
    {"\xff\xfe", "is UTF-16; use: iconv -f UTF-16 -t UTF-8 FILE | scgen"},
    {"\xfe\xff", "is UTF-16; use: iconv -f UTF-16 -t UTF-8 FILE | scgen"},
}};

class Descriptor {
  public:
    explicit Descriptor(int fd) noexcept : fd_(fd) {}
    ~Descriptor() {
        if (fd_ > STDERR_FILENO) ::close(fd_);
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    int get() const noexcept { return fd_; }

  private:
    int fd_;
};

}  // namespace

class Source::State {
  public:
    State(std::string name, int fd, std::size_t max_line, int stop_fd)
        : name_(std::move(name)), fd_(fd), max_line_(max_line), stop_fd_(stop_fd), buffer_(piece) {
        struct stat status {};
        if (::fstat(fd, &status) != 0) fail(name_, "stat", errno);
        if (S_ISDIR(status.st_mode)) throw Error(name_ + ": is a directory; name the log files in it");
        regular_ = S_ISREG(status.st_mode);
        if (regular_) size_ = static_cast<std::uint64_t>(status.st_size);
#ifdef F_SETPIPE_SZ
        if (S_ISFIFO(status.st_mode)) ::fcntl(fd, F_SETPIPE_SZ, 1 << 20);
#endif
    }

    Block next(std::chrono::milliseconds patience) {
        discard_handed_out();
        Block block;
        while (!at_end_) {
            if (!is_ready(patience)) return block;
            if (!fill()) break;
            if (const std::size_t size = whole_lines(block.oversized); size > 0 || block.oversized > 0) {
                handed_out_ = size;
                block.text = {buffer_.data(), size};
                return block;
            }
            patience = std::chrono::milliseconds(0);
        }
        at_end_ = true;
        block.end = true;
        block.oversized += std::exchange(skipping_, false) ? 1U : 0U;
        block.text = {buffer_.data(), held_};
        handed_out_ = held_;
        return block;
    }

    const std::string& name() const noexcept {
        return name_;
    }
    std::uint64_t size() const noexcept {
        return size_;
    }
    std::uint64_t bytes_read() const noexcept {
        return bytes_read_;
    }

  private:
    void discard_handed_out() noexcept {
        held_ -= handed_out_;
        std::memmove(buffer_.data(), buffer_.data() + handed_out_, held_);
        searched_ -= std::min(searched_, handed_out_);
        handed_out_ = 0;
    }

    bool is_ready(std::chrono::milliseconds patience) {
        if (regular_) return true;
        std::array<pollfd, 2> fds{{{fd_.get(), POLLIN, 0}, {stop_fd_, POLLIN, 0}}};
        const int count = ::poll(fds.data(), fds.size(), static_cast<int>(patience.count()));
        if (count < 0 && errno != EINTR) fail(name_, "poll", errno);
        return count > 0 && fds[1].revents == 0;
    }

    /// Reads another piece; false at the end of the input.
    bool fill() {
        if (buffer_.size() - held_ < piece / 2) buffer_.resize(held_ + piece);
        std::size_t count = read_some();
        if (!std::exchange(begun_, true) && count > 0) {
            const std::string_view begin(buffer_.data() + held_, count);
            refuse_binary(begin);
            if (is_compressed(begin)) {
                decompressor_ = std::make_unique<Decompressor>(name_, begin, fd_.get());
                count = read_some();
            }
        }
        held_ += count;
        return count > 0;
    }

    std::size_t read_some() {
        const std::span<char> room(buffer_.data() + held_, std::min(piece, buffer_.size() - held_));
        if (decompressor_) return decompressor_->read(room);
        ssize_t count = 0;
        do
            count = ::read(fd_.get(), room.data(), room.size());
        while (count < 0 && errno == EINTR);
        if (count < 0) fail(name_, "read", errno);
        bytes_read_ += static_cast<std::uint64_t>(count);
        return static_cast<std::size_t>(count);
    }

    void refuse_binary(std::string_view begin) const {
        for (const auto& magic : not_text)
            if (begin.substr(0, magic.bytes.size()) == magic.bytes)
                throw Error(name_ + ": " + std::string(magic.advice));
    }

    /// Bytes up to and with the last newline held, after dropping lines that are too long.
    std::size_t whole_lines(std::uint64_t& oversized) {
        if (skipping_) {
            const void* newline = std::memchr(buffer_.data(), '\n', held_);
            if (newline == nullptr) {
                held_ = 0;
                return 0;
            }
            const auto skipped =
                static_cast<std::size_t>(static_cast<const char*>(newline) - buffer_.data()) + 1;
            held_ -= skipped;
            std::memmove(buffer_.data(), buffer_.data() + skipped, held_);
            skipping_ = false;
            ++oversized;
            searched_ = 0;
        }
        const void* last = ::memrchr(buffer_.data() + searched_, '\n', held_ - searched_);
        searched_ = held_;
        const std::size_t size =
            last == nullptr ? 0
                            : static_cast<std::size_t>(static_cast<const char*>(last) - buffer_.data()) + 1;
        if (held_ - size > max_line_) {
            skipping_ = true;
            held_ = size;
            searched_ = size;
        }
        return drop_long_lines(size, oversized);
    }

    /// A line within the pieces just read may be too long as well, where the limit is smaller than a piece.
    std::size_t drop_long_lines(std::size_t size, std::uint64_t& oversized) {
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

    std::string name_;
    Descriptor fd_;
    std::size_t max_line_;
    int stop_fd_;
    std::vector<char> buffer_;
    std::size_t held_ = 0;        ///< bytes in the buffer
    std::size_t handed_out_ = 0;  ///< of them, those of the last Block
    std::size_t searched_ = 0;    ///< of them, those known to hold no newline behind the last Block
    bool skipping_ = false;       ///< inside a line that is too long
    std::unique_ptr<Decompressor> decompressor_;
    bool begun_ = false;
    bool at_end_ = false;
    bool regular_ = false;
    std::uint64_t size_ = 0;
    std::uint64_t bytes_read_ = 0;
};

Source::Source(std::unique_ptr<State> state) : state_(std::move(state)) {}
Source::~Source() = default;
Source::Source(Source&&) noexcept = default;
Source& Source::operator=(Source&&) noexcept = default;

Source Source::open(const std::string& path, std::size_t max_line, int stop_fd) {
    if (path == "-")
        return Source(std::make_unique<State>("standard input", STDIN_FILENO, max_line, stop_fd));
    const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) fail(path, "open", errno);
    return Source(std::make_unique<State>(path, fd, max_line, stop_fd));
}

Block Source::next(std::chrono::milliseconds patience) {
    return state_->next(patience);
}

const std::string& Source::name() const noexcept {
    return state_->name();
}

std::uint64_t Source::size() const noexcept {
    return state_->size();
}

std::uint64_t Source::bytes_read() const noexcept {
    return state_->bytes_read();
}

}  // namespace scgen
