// Files followed by name, like `tail -c +1 -F`, and without what that loses. inotify says when something happened;
// nothing is polled. What may become of a name, and what is done:
//
//   grown        read on
//   renamed, or deleted, and made anew
//                the old file is read to its end before the new one is begun, and kept open: a daemon writes to it
//                until it is told to open the new one. It is given up when nothing came for a minute, or after
//                two more rotations.
//   copied and truncated (logrotate's copytruncate)
//                what was written between the last look and the truncation stands in the copy, and is read there.
//                What a daemon writes between the copy and the truncation is in neither file, and nobody sees it.
//   truncated    without a copy: the file is read from its start again, and a Loss says that something may be missing
//   renamed twice, or copied and truncated before it was begun
//                what came and went between two looks is not seen. A look takes microseconds.
//   not there    not yet, or no longer: waited for, in whatever directory it will appear
//
// All files of a path are one input: serials run on from one to the next, so that what is lost between them shows.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <set>
#include <system_error>
#include <utility>
#include <vector>

#include "followed_file.hpp"
#include "scgen/error.hpp"
#include "source_state.hpp"
#include "watch.hpp"

namespace scgen {
namespace {

constexpr std::size_t most_earlier = 2;
constexpr std::chrono::minutes long_quiet{1};

/// A path and the files that bear and bore it, the present one last.
struct Followed {
    std::string path;
    std::vector<std::unique_ptr<FollowedFile>> files;
    /// Whether the last of them still bears the path, as far as is known.
    bool present = false;
    std::set<int> directories;
    std::string trouble;  ///< why the path cannot be opened, once told
};

class FollowState : public Source::State {
  public:
    FollowState(const std::vector<std::string>& paths, std::size_t max_line)
        : State(paths.size() == 1 ? paths.front() : std::to_string(paths.size()) + " files"),
          max_line_(max_line) {
        for (const std::string& path : paths)
            followed_.push_back({path, {}, false, {}, {}});
        for (Followed& one : followed_)
            look_at(one, true);
    }

    int fd() const noexcept override { return stopping_ || has_something() ? -1 : watch_.fd(); }

    Block next() override {
        if (!stopping_) take_events();
        Block block;
        block.notes = std::exchange(notes_, {});
        while (!ended()) {
            Followed* const one = next_unread();
            if (one == nullptr) break;
            if (read_from(*one, block)) return block;
        }
        if (stopping_) set_ended();
        return block;
    }

    void stop() override {
        take_events();
        for (Followed& one : followed_)
            look_at(one, false);
        for (Followed& one : followed_)
            for (auto& file : one.files) {
                file->limit_to_present();
                file->closing = true;
            }
        stopping_ = true;
    }

  private:
    static auto unread_in(Followed& one) {
        return std::find_if(one.files.begin(), one.files.end(),
                            [](const auto& file) { return file->unread; });
    }

    bool has_something() const noexcept {
        return !notes_.empty() || std::any_of(followed_.begin(), followed_.end(), [](const Followed& one) {
            return std::any_of(one.files.begin(), one.files.end(),
                               [](const auto& file) { return file->unread; });
        });
    }

    /// The next path that has something to read, each in its turn.
    Followed* next_unread() {
        for (std::size_t i = 0; i < followed_.size(); ++i) {
            Followed& one = followed_[turn_++ % followed_.size()];
            if (unread_in(one) != one.files.end()) return &one;
        }
        return nullptr;
    }

    /// Reads a piece of the first file of `one` that has any; whether that made a Block.
    bool read_from(Followed& one, Block& block) {
        const auto at = unread_in(one);
        FollowedFile& file = **at;
        block.input = static_cast<std::uint64_t>(&one - followed_.data());
        const std::uint64_t before = file.bytes_read();
        switch (file.read()) {
            case FollowedFile::Reading::more: {
                count_read(file.bytes_read() - before);
                hand_out(file.lines().take(), block);
                break;
            }
            case FollowedFile::Reading::at_end: {
                file.unread = false;
                file.lines().rest();
                if (!file.closing) break;
                hand_out_last(file, block);
                block.end = stopping_ && one.files.size() == 1;
                drop(one, at);
                break;
            }
            case FollowedFile::Reading::cut_short: begin_again(one, at, block); break;
        }
        return !block.text.empty() || block.oversized > 0 || block.end || !block.losses.empty();
    }

    static void hand_out(const LineBuffer::Lines& lines, Block& block) {
        block.text = lines.text;
        block.oversized = lines.oversized;
    }

    /// The file may be gone before the Block is.
    void hand_out_last(FollowedFile& file, Block& block) {
        last_lines_ = std::move(file.lines());
        hand_out(last_lines_.finish(), block);
    }

    using Files = std::vector<std::unique_ptr<FollowedFile>>;

    void begin_again(Followed& one, Files::iterator at, Block& block) {
        FollowedFile& file = **at;
        auto copy = file.find_copy(one.path);
        if (copy == nullptr) {
            block.losses.push_back({Loss::Kind::rotation, 0});
            block.notes.push_back(one.path +
                                  ": was truncated, and no copy of it is there: what was written to it since "
                                  "the last look is lost.");
            hand_out_last(file, block);
        }
        // What is written now to a file that bears the path no more is a copy of something else.
        if (&file == one.files.back().get())
            file.restart(max_line_);
        else
            at = drop(one, at);
        if (copy == nullptr) return;
        watch(*copy, one.path);
        one.files.insert(at, std::move(copy));
    }

    Files::iterator drop(Followed& one, Files::iterator at) {
        const std::unique_ptr<FollowedFile> file = std::move(*at);
        const auto next = one.files.erase(at);
        if (!is_watched(file->watch)) watch_.remove(file->watch);
        return next;
    }

    void take_events() {
        const Watch::Events events = watch_.events();
        for (Followed& one : followed_) {
            for (auto& file : one.files)
                if (events.overflow || events.numbers.count(file->watch) > 0) file->unread = true;
            const auto changed = [&](int number) { return events.numbers.count(number) > 0; };
            if (events.overflow || std::any_of(one.directories.begin(), one.directories.end(), changed))
                look_at(one, false);
            if (!events.numbers.empty()) give_up_quiet(one);
        }
    }

    /// Finds out which file bears the path now. What cannot be opened at the start is an Error, but for what is not
    /// there yet; later it is told, and waited for.
    void look_at(Followed& one, bool at_start) {
        if (!stopping_) watch_directories(one);
        Descriptor fd(::open(one.path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
        if (!fd) {
            const int error = errno;
            const bool absent = error == ENOENT || error == ENOTDIR;
            if (at_start && !absent) fail_input(one.path, "open", error);
            one.present = one.present && !absent;
            if (!absent) tell_trouble(one, std::generic_category().message(error));
            return;
        }
        struct stat status {};
        if (::fstat(fd.get(), &status) != 0) fail_input(one.path, "stat", errno);
        one.present = true;
        if (is_open(one, {status.st_dev, status.st_ino})) return;
        if (at_start) refuse_what_is_no_log(fd.get(), one.path, status.st_mode);
        auto file = FollowedFile::open(std::move(fd), max_line_);
        if (!file) return tell_trouble(one, "is no regular file");
        watch(*file, one.path);
        one.files.push_back(std::move(file));
        one.trouble.clear();
        const std::size_t too_many = one.files.size() - std::min(one.files.size(), most_earlier + 1);
        for (std::size_t i = 0; i < too_many; ++i)
            close_when_read(*one.files[i]);
    }

    static void refuse_what_is_no_log(int fd, const std::string& path, mode_t mode) {
        if (S_ISDIR(mode)) throw Error(path + ": is a directory; name the log files in it");
        std::array<char, 16> begin{};
        const ssize_t size = ::pread(fd, begin.data(), begin.size(), 0);
        if (size > 0) refuse_binary(path, {begin.data(), static_cast<std::size_t>(size)});
    }

    /// Whether that file is followed already. It may have come from another path (syslog.1 from syslog), or have been
    /// here before.
    bool is_open(Followed& here, const FileIdentity& identity) {
        const auto is_it = [&](const auto& file) { return file->identity() == identity; };
        for (Followed& one : followed_) {
            const auto at = std::find_if(one.files.begin(), one.files.end(), is_it);
            if (at == one.files.end()) continue;
            if (&one == &here) std::rotate(at, at + 1, one.files.end());
            return true;
        }
        return false;
    }

    void watch_directories(Followed& one) {
        std::string unreadable;
        std::set<int> now = watch_.add_directories_of(one.path, unreadable);
        if (!unreadable.empty())
            tell_trouble(one, "may not watch " + unreadable + ", so that a new file there would not be seen");
        now.swap(one.directories);
        for (const int number : now)
            if (!is_watched(number)) watch_.remove(number);
    }

    bool is_watched(int number) const {
        return std::any_of(followed_.begin(), followed_.end(), [number](const Followed& one) {
            return one.directories.count(number) > 0 ||
                   std::any_of(one.files.begin(), one.files.end(),
                               [number](const auto& file) { return file->watch == number; });
        });
    }

    void watch(FollowedFile& file, const std::string& path) { file.watch = watch_.add_file(file.fd(), path); }

    static void close_when_read(FollowedFile& file) noexcept { file.closing = file.unread = true; }

    /// Lets go of files that nobody writes to any more: a deleted one keeps its disk space while it is open.
    static void give_up_quiet(Followed& one) {
        for (std::size_t i = 0; i < one.files.size(); ++i) {
            const bool is_last = i + 1 == one.files.size();
            if (!(is_last && one.present) && one.files[i]->quiet_for() > long_quiet)
                close_when_read(*one.files[i]);
        }
    }

    void tell_trouble(Followed& one, const std::string& trouble) {
        if (one.trouble == trouble) return;
        one.trouble = trouble;
        notes_.push_back(one.path + ": " + trouble + ".");
    }

    std::size_t max_line_;
    Watch watch_;
    std::vector<Followed> followed_;
    std::size_t turn_ = 0;
    std::vector<std::string> notes_;
    LineBuffer last_lines_{0};
    bool stopping_ = false;
};

}  // namespace

Source Source::follow(const std::vector<std::string>& paths, std::size_t max_line) {
    return Source(std::make_unique<FollowState>(paths, max_line));
}

}  // namespace scgen
