#include "watch.hpp"

#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <climits>
#include <cstring>

#include "scgen/error.hpp"
#include "source_state.hpp"

namespace scgen {
namespace {

constexpr unsigned file_changes = IN_MODIFY;
constexpr unsigned name_changes = IN_CREATE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | IN_ATTRIB |
                                  IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR;

std::string directory_of(const std::string& path) {
    const std::size_t slash = path.find_last_of('/');
    if (slash == std::string::npos) return ".";
    const std::size_t end = path.find_last_not_of('/', slash);
    return end == std::string::npos ? "/" : path.substr(0, end + 1);
}

/// What the symbolic link at `path` names; empty where it is none.
std::string link_target(const std::string& path) {
    std::array<char, PATH_MAX> buffer{};
    const ssize_t size = ::readlink(path.c_str(), buffer.data(), buffer.size());
    if (size <= 0) return {};
    std::string target(buffer.data(), static_cast<std::size_t>(size));
    return target.front() == '/' ? target : directory_of(path) + "/" + target;
}

bool is_directory(const std::string& path) noexcept {
    struct stat status {};
    return ::stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode);
}

}  // namespace

Watch::Watch() : inotify_(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK)) {
    if (inotify_) return;
    if (errno == EMFILE)
        throw Error(
            "--follow: too many users of inotify; raise the limit: sysctl "
            "fs.inotify.max_user_instances=1024");
    fail_input("--follow", "inotify", errno);
}

int Watch::add(const std::string& path, unsigned mask, const std::string& name, std::string* unreadable) {
    const int number = ::inotify_add_watch(inotify_.get(), path.c_str(), mask);
    if (number >= 0) return number;
    if (errno == ENOSPC)
        throw Error(
            name +
            ": no more files can be watched; raise the limit: sysctl fs.inotify.max_user_watches=1048576");
    if (unreadable == nullptr) fail_input(name, "watch", errno);
    if (errno != ENOENT && errno != ENOTDIR) *unreadable = path;
    return -1;
}

int Watch::add_file(int file, const std::string& name) {
    // The file itself, whatever bears its name by now.
    const std::string link = "/proc/self/fd/" + std::to_string(file);
    std::string unreadable;
    const int number = add(link, file_changes, name, &unreadable);
    return number >= 0 ? number : add(name, file_changes, name, nullptr);
}

void Watch::remove(int number) noexcept {
    ::inotify_rm_watch(inotify_.get(), number);
}

std::set<int> Watch::add_directories_of(const std::string& path, std::string& unreadable) {
    constexpr int most_links = 40;
    std::set<int> numbers;
    std::string link = path;
    for (int i = 0; i < most_links && !link.empty(); ++i, link = link_target(link))
        add_deepest(directory_of(link), numbers, unreadable);
    return numbers;
}

/// Watches `directory`, or where it is not there yet the one in which it or its parent will appear.
void Watch::add_deepest(const std::string& directory, std::set<int>& numbers, std::string& unreadable) {
    constexpr int most_tries = 16;
    for (int i = 0; i < most_tries; ++i) {
        std::string at = directory, missing;
        int number = -1;
        while ((number = add(at, name_changes, at, &unreadable)) < 0) {
            if (unreadable == at || at == "/" || at == ".") return;
            missing = at;
            at = directory_of(at);
        }
        numbers.insert(number);
        if (missing.empty() || !is_directory(missing)) return;  // else it came meanwhile
    }
}

Watch::Events Watch::events() {
    Events events;
    alignas(inotify_event) std::array<char, 65'536> buffer;
    for (;;) {
        const ssize_t size = ::read(inotify_.get(), buffer.data(), buffer.size());
        if (size < 0 && errno == EINTR) continue;
        if (size < 0 && errno != EAGAIN) fail_input("--follow", "read inotify", errno);
        if (size <= 0) return events;
        for (std::size_t at = 0; at < static_cast<std::size_t>(size);) {
            inotify_event event{};
            std::memcpy(&event, buffer.data() + at, sizeof event);
            at += sizeof event + event.len;
            if ((event.mask & IN_Q_OVERFLOW) != 0)
                events.overflow = true;
            else if ((event.mask & IN_IGNORED) == 0)
                events.numbers.insert(event.wd);
        }
    }
}

}  // namespace scgen
