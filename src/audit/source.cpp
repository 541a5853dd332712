// Reads with read(), not mmap: a log may be truncated under the reader (copytruncate), which would be SIGBUS.
#include "scgen/audit/source.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

#include <array>
#include <cerrno>
#include <span>
#include <system_error>

#include "decompressor.hpp"
#include "descriptor.hpp"
#include "line_buffer.hpp"
#include "read_ahead.hpp"
#include "scgen/error.hpp"
#include "source_state.hpp"

namespace scgen {
namespace {

struct Magic {
    std::string_view bytes;
    std::string_view advice;
};

/// Files that are no text, and how to read them.
constexpr std::array<Magic, 3> not_text{{
    {"LPKSHHRH", "is a binary journal; use: scgen --journal=FILE"},
    {"\xff\xfe", "is UTF-16; use: iconv -f UTF-16 -t UTF-8 FILE | scgen"},
    {"\xfe\xff", "is UTF-16; use: iconv -f UTF-16 -t UTF-8 FILE | scgen"},
}};

/// A file, or whatever else read() reads, to its end.
class FileState : public Source::State {
  public:
    FileState(std::string path, int fd, std::size_t max_line, std::size_t blocks)
        : State(std::move(path)), fd_(fd), lines_(max_line, blocks) {
        struct stat status {};
        if (::fstat(fd, &status) != 0) fail_input(name(), "stat", errno);
        if (S_ISDIR(status.st_mode)) throw Error(name() + ": is a directory; name the log files in it");
        regular_ = S_ISREG(status.st_mode);
        if (regular_) set_size(static_cast<std::uint64_t>(status.st_size));
#ifdef F_SETPIPE_SZ
        if (S_ISFIFO(status.st_mode)) ::fcntl(fd, F_SETPIPE_SZ, 1 << 20);
#endif
    }

    int fd() const noexcept override {
        return regular_ || stopping_ ? -1 : fd_.get();
    }

    Block next() override {
        Block block;
        if (ended()) return block;
        const bool at_end = stopping_ && remaining_ == 0;
        const LineBuffer::Lines lines = !at_end && fill() ? lines_.take() : end(block);
        block.text = lines.text;
        block.oversized = lines.oversized;
        for (; overruns_ > 0; --overruns_)
            block.losses.push_back({Loss::Kind::kernel_ring, 0});
        return block;
    }

    /// What a pipe holds has come already. Decompressing it could mean to wait for more.
    void stop() override {
        if (stopping_) return;
        stopping_ = true;
        int waiting = 0;
        if (!regular_ && !decompressor_ && ::ioctl(fd_.get(), FIONREAD, &waiting) == 0 && waiting > 0)
            remaining_ = static_cast<std::size_t>(waiting);
    }

  private:
    LineBuffer::Lines end(Block& block) {
        set_ended();
        block.end = true;
        // Half a line of a file whose rest is not wanted says nothing; half a line of a pipe was all that came.
        return stopping_ && regular_ ? LineBuffer::Lines{} : lines_.finish();
    }

    /// Reads another piece; false at the end of the input.
    bool fill() {
        std::size_t count = read_some();
        if (!std::exchange(begun_, true) && count > 0) {
            const std::string_view begin(lines_.room().data(), count);
            refuse_binary(name(), begin);
            if (is_compressed(begin)) {
                decompressor_ = std::make_unique<Decompressor>(name(), begin, fd_.get());
                count = read_some();
            }
        }
        lines_.commit(count);
        return count > 0;
    }

    std::size_t read_some() {
        std::span<char> room = lines_.room();
        if (decompressor_) return decompressor_->read(room);
        if (stopping_) room = room.first(std::min(room.size(), remaining_));
        ssize_t count = 0;
        while ((count = ::read(fd_.get(), room.data(), room.size())) < 0) {
            // /dev/kmsg: what comes next was overwritten; it goes on with the oldest that is left.
            if (errno == EPIPE) ++overruns_;
            if (errno != EINTR && errno != EPIPE) break;
        }
        if (count < 0) fail_input(name(), "read", errno);
        count_read(static_cast<std::uint64_t>(count));
        if (stopping_) remaining_ -= static_cast<std::size_t>(count);
        return static_cast<std::size_t>(count);
    }

    Descriptor fd_;
    LineBuffer lines_;
    std::unique_ptr<Decompressor> decompressor_;
    std::uint64_t overruns_ = 0;
    bool begun_ = false;
    bool regular_ = false;
    bool stopping_ = false;
    std::size_t remaining_ = 0;  ///< bytes that had come when stop() was called
};

}  // namespace

void fail_input(const std::string& name, const char* what, int error) {
    throw Error(name + ": " + what + ": " + std::generic_category().message(error));
}

void refuse_binary(const std::string& name, std::string_view begin) {
    for (const auto& magic : not_text)
        if (begin.starts_with(magic.bytes)) throw Error(name + ": " + std::string(magic.advice));
}

Source::Source(std::unique_ptr<State> state) : state_(std::move(state)) {}
Source::~Source() = default;
Source::Source(Source&&) noexcept = default;
Source& Source::operator=(Source&&) noexcept = default;

Source Source::open(const std::string& path, std::size_t max_line, const std::optional<Foresight>& ahead) {
    const auto source = [&](const std::string& name, int fd) {
        auto file = std::make_unique<FileState>(name, fd, max_line, ahead ? ReadAhead::most_blocks : 1);
        // A stream is read when poll() says so.
        if (!ahead || file->fd() >= 0) return Source(std::move(file));
        return Source(std::make_unique<ReadAhead>(std::move(file), *ahead));
    };
    if (path == "-") return source("standard input", STDIN_FILENO);
    // A FIFO that nobody writes to yet would hold up open(), and with it the signals.
    const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0) fail_input(path, "open", errno);
    ::fcntl(fd, F_SETFL, O_RDONLY);
    return source(path, fd);
}

bool Source::can_grow(const std::string& path) {
    struct stat status {};
    if (path == "-") return false;
    if (::stat(path.c_str(), &status) != 0) return true;
    if (!S_ISREG(status.st_mode)) return false;
    const Descriptor fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    std::array<char, 16> begin{};
    const ssize_t size = fd ? ::pread(fd.get(), begin.data(), begin.size(), 0) : 0;
    return size <= 0 || !is_compressed({begin.data(), static_cast<std::size_t>(size)});
}

Block Source::next(std::chrono::milliseconds patience) {
    if (const int fd = state_->fd(); fd >= 0) {
        pollfd ready{fd, POLLIN, 0};
        const int count = ::poll(&ready, 1, static_cast<int>(patience.count()));
        if (count < 0 && errno != EINTR) fail_input(state_->name(), "poll", errno);
        if (count <= 0) return {};
    }
    return state_->next();
}

int Source::fd() const noexcept {
    return state_->fd();
}

void Source::stop() {
    state_->stop();
}

bool Source::ended() const noexcept {
    return state_->ended();
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
