#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "descriptor.hpp"
#include "line_buffer.hpp"

namespace scgen {

/// Which file it is, whatever its name.
struct FileIdentity {
    dev_t device = 0;
    ino_t inode = 0;

    bool operator==(const FileIdentity&) const = default;
};

/// One file that is followed: how far it was read, and the unfinished line there.
///
/// Shape:  the last bytes before the offset are remembered, for they tell a file that grew from one that was cut short
///         and grew again.
class FollowedFile {
  public:
    /// The regular file open as `fd`, from its start on; nothing where it is no such file.
    static std::unique_ptr<FollowedFile> open(Descriptor fd, std::size_t max_line);

    enum class Reading : std::uint8_t {
        more,       ///< something was read
        at_end,     ///< nothing more, for now
        cut_short,  ///< what was before the offset is no longer there
    };
    /// Reads a piece, up to `limit` bytes from the file's start, which lines() then gives.
    Reading read();
    LineBuffer& lines() noexcept { return lines_; }

    /// The file that a copy was made of before this one was cut short: one in its directory, named after `path`, that
    /// goes on where this one was read to. It takes over the unfinished line.
    std::unique_ptr<FollowedFile> find_copy(const std::string& path);
    /// Goes back to the start of a file that was cut short.
    void restart(std::size_t max_line);

    /// Reads no further than the file reaches now.
    void limit_to_present() noexcept;

    const FileIdentity& identity() const noexcept { return identity_; }
    int fd() const noexcept { return fd_.get(); }
    std::uint64_t bytes_read() const noexcept { return bytes_read_; }
    /// Nobody wrote to it for that long, as far as was read.
    std::chrono::steady_clock::duration quiet_for() const noexcept {
        return std::chrono::steady_clock::now() - grew_;
    }

    int watch = -1;        ///< its number there
    bool unread = true;    ///< there may be something to read
    bool closing = false;  ///< to be given up when it was read to its end

  private:
    FollowedFile(Descriptor fd, FileIdentity identity, std::size_t max_line)
        : fd_(std::move(fd)), identity_(identity), lines_(max_line) {}

    bool is_where_it_was(int fd) const noexcept;
    void remember(std::string_view piece);
    std::size_t without_hole(std::span<char> piece);

    Descriptor fd_;
    FileIdentity identity_;
    LineBuffer lines_;
    std::string before_;  ///< the last bytes before offset_
    std::uint64_t offset_ = 0;
    std::optional<std::uint64_t> limit_;
    std::uint64_t bytes_read_ = 0;
    bool may_have_hole_ = false;
    std::chrono::steady_clock::time_point grew_ = std::chrono::steady_clock::now();
};

}  // namespace scgen
