// A file that was cut short (copytruncate, `> log`) may have grown past the old offset before anybody looks, so its
// size proves nothing. What proves that it only grew are the bytes before the offset: they are still those that were
// read. They are compared after each piece was read, so that nothing can come between the look and the read.
#include "followed_file.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>

#include "source_state.hpp"

namespace scgen {
namespace {

/// Log lines have stamps and serials, so a few of them in a row are unique.
constexpr std::size_t remembered = 1024;

struct DirectoryCloser {
    void operator()(DIR* directory) const noexcept { ::closedir(directory); }
};

/// read() at an offset; fewer than asked only at the end of the file.
std::optional<std::size_t> read_at(int fd, std::span<char> buffer, std::uint64_t offset) noexcept {
    std::size_t done = 0;
    while (done < buffer.size()) {
        const ssize_t count =
            ::pread(fd, buffer.data() + done, buffer.size() - done, static_cast<off_t>(offset + done));
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return std::nullopt;
        if (count == 0) break;
        done += static_cast<std::size_t>(count);
    }
    return done;
}

}  // namespace

std::unique_ptr<FollowedFile> FollowedFile::open(Descriptor fd, std::size_t max_line) {
    struct stat status {};
    if (::fstat(fd.get(), &status) != 0 || !S_ISREG(status.st_mode)) return nullptr;
    return std::unique_ptr<FollowedFile>(
        new FollowedFile(std::move(fd), {status.st_dev, status.st_ino}, max_line));
}

FollowedFile::Reading FollowedFile::read() {
    std::span<char> room = lines_.room();
    if (limit_) room = room.first(std::min<std::uint64_t>(room.size(), *limit_ - std::min(offset_, *limit_)));
    const auto count = read_at(fd_.get(), room, offset_);
    if (!count) fail_input("--follow", "read", errno);
    if (!is_where_it_was(fd_.get())) return Reading::cut_short;
    if (*count == 0) return Reading::at_end;
    const std::span<char> piece = room.first(*count);
    remember({piece.data(), piece.size()});
    offset_ += *count;
    bytes_read_ += *count;
    grew_ = std::chrono::steady_clock::now();
    lines_.commit(without_hole(piece));
    return Reading::more;
}

bool FollowedFile::is_where_it_was(int fd) const noexcept {
    std::array<char, remembered> now{};
    const auto count = read_at(fd, std::span(now).first(before_.size()), offset_ - before_.size());
    return count && std::string_view(now.data(), *count) == before_;
}

void FollowedFile::remember(std::string_view piece) {
    if (piece.size() >= remembered) before_.clear();
    before_ += piece.substr(piece.size() - std::min(piece.size(), remembered));
    before_.erase(0, before_.size() - std::min(before_.size(), remembered));
}

/// Who writes without O_APPEND goes on at his old offset after a truncation, and leaves a hole of NULs before it.
std::size_t FollowedFile::without_hole(std::span<char> piece) {
    if (!may_have_hole_) return piece.size();
    const auto text = std::find_if(piece.begin(), piece.end(), [](char c) { return c != '\0'; });
    may_have_hole_ = text == piece.end();
    return static_cast<std::size_t>(std::move(text, piece.end(), piece.begin()) - piece.begin());
}

std::unique_ptr<FollowedFile> FollowedFile::find_copy(const std::string& path) {
    if (before_.empty()) return nullptr;
    const std::unique_ptr<char, decltype(&std::free)> real(::realpath(path.c_str(), nullptr), std::free);
    const std::string place = real ? real.get() : path;
    const std::size_t slash = place.rfind('/');
    const std::string directory = slash == std::string::npos ? "." : place.substr(0, slash + 1);
    const std::string name = place.substr(slash == std::string::npos ? 0 : slash + 1);
    const std::unique_ptr<DIR, DirectoryCloser> entries(::opendir(directory.c_str()));
    if (!entries) return nullptr;
    while (const dirent* const entry = ::readdir(entries.get())) {
        if (!std::string_view(entry->d_name).starts_with(name)) continue;
        Descriptor fd(::openat(::dirfd(entries.get()), entry->d_name,
                               O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | O_NOFOLLOW));
        if (!fd || !is_where_it_was(fd.get())) continue;
        auto copy = open(std::move(fd), 0);
        if (!copy || copy->identity_ == identity_) continue;
        copy->lines_ = std::move(lines_);
        copy->before_ = before_;
        copy->offset_ = offset_;
        return copy;
    }
    return nullptr;
}

void FollowedFile::restart(std::size_t max_line) {
    lines_ = LineBuffer(max_line);
    before_.clear();
    offset_ = 0;
    may_have_hole_ = true;
}

void FollowedFile::limit_to_present() noexcept {
    struct stat status {};
    limit_ = ::fstat(fd_.get(), &status) == 0 ? static_cast<std::uint64_t>(status.st_size) : offset_;
    unread = true;
}

}  // namespace scgen
