#include "output.hpp"

#include <fcntl.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <utility>

#include "scgen/error.hpp"
#include "scgen/report/escape.hpp"

// A profile that is half there is worse than none: a runtime that reads it at the wrong moment refuses to
// start the container, or starts it under too little. So a file is made under another name in the same
// directory, synced, and renamed. Directories are opened once and everything is done relative to them, so
// that a renamed parent cannot send the rename elsewhere. Two writers at once each have a name of their own;
// the last rename wins, whole.

namespace scgen {
namespace {

[[noreturn]] void fail(const std::string& path, const std::string& what, int error) {
    throw Error(path + ": " + what + ": " + std::strerror(error));
}

class Descriptor {
  public:
    explicit Descriptor(int fd) : fd_(fd) {}
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor() {
        if (fd_ >= 0) ::close(fd_);
    }
    int get() const noexcept { return fd_; }

  private:
    int fd_;
};

struct Place {
    std::string directory;
    std::string name;
};

Place place_of(const std::string& path) {
    const std::size_t slash = path.rfind('/');
    if (slash == std::string::npos) return {".", path};
    return {slash == 0 ? "/" : path.substr(0, slash), path.substr(slash + 1)};
}

Descriptor open_directory(const Place& place, const std::string& path) {
    const int fd = ::open(place.directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) fail(path, "open " + place.directory, errno);
    return Descriptor(fd);
}

std::string temporary_name(const std::string& name) {
    std::uint64_t random = 0;
    if (::getrandom(&random, sizeof random, 0) != static_cast<ssize_t>(sizeof random))
        random = static_cast<std::uint64_t>(::getpid());
    constexpr std::size_t longest_name = 200;
    constexpr std::string_view digits = "0123456789abcdef";
    std::string out = "." + name.substr(0, longest_name) + ".";
    for (unsigned i = 0; i < 12; ++i, random >>= 4U)
        out += digits[random & 0xfU];
    return out;
}

/// The file before it has its name; goes away unless it got it.
///
/// Shape:  where the file system can (O_TMPFILE), it has no name at all until it is whole, so that even a writer who is
///         killed leaves no piece behind; elsewhere a temporary one.
class Draft {
  public:
    Draft(int directory, const Place& place, const std::string& path)
        : directory_(directory), wanted_(place.name), path_(path) {
        constexpr mode_t mode = 0644;
        if (::access("/proc/self/fd", X_OK) == 0)
            fd_ = ::openat(directory, ".", O_WRONLY | O_TMPFILE | O_CLOEXEC, mode);
        if (fd_ >= 0) return;
        take_name("create", [&](const char* name) {
            fd_ = ::openat(directory, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
            return fd_ >= 0;
        });
    }
    Draft(const Draft&) = delete;
    Draft& operator=(const Draft&) = delete;
    ~Draft() {
        if (fd_ >= 0) ::close(fd_);
        if (!name_.empty()) ::unlinkat(directory_, name_.c_str(), 0);
    }

    void write(std::string_view text) {
        while (!text.empty()) {
            const ssize_t written = ::write(fd_, text.data(), text.size());
            if (written > 0)
                text.remove_prefix(static_cast<std::size_t>(written));
            else if (written == 0 || errno != EINTR)
                fail(path_, "write", written == 0 ? EIO : errno);
        }
        if (::fsync(fd_) != 0) fail(path_, "sync", errno);
        const std::string self = "/proc/self/fd/" + std::to_string(fd_);
        if (name_.empty())
            take_name("link", [&](const char* name) {
                return ::linkat(AT_FDCWD, self.c_str(), directory_, name, AT_SYMLINK_FOLLOW) == 0;
            });
        const int fd = fd_;
        fd_ = -1;
        if (::close(fd) != 0 && errno != EINTR) fail(path_, "close", errno);
    }

    void rename_to(const std::string& name) {
        if (::renameat(directory_, name_.c_str(), directory_, name.c_str()) != 0)
            fail(path_, "rename", errno);
        name_.clear();
    }

  private:
    template <class Take>
    void take_name(const char* what, Take&& take) {
        constexpr int tries = 16;
        for (int i = 0; i < tries; ++i) {
            const std::string name = temporary_name(wanted_);
            if (take(name.c_str())) {
                name_ = name;
                return;
            }
            if (errno != EEXIST) break;
        }
        fail(path_, what, errno);
    }

    int directory_;
    const std::string& wanted_;
    const std::string& path_;
    std::string name_;  ///< the temporary one; empty while there is none
    int fd_ = -1;
};

void refuse_what_is_no_file(int directory, const Place& place, const std::string& path) {
    if (place.name.empty() || place.name == "." || place.name == "..")
        throw Error(path + ": is a directory; -O writes a profile for each workload there");
    struct stat status {};
    // Devices are seen through a link (/dev/stdout), so that no rename ever replaces one.
    for (const int flags : {0, AT_SYMLINK_NOFOLLOW}) {
        if (::fstatat(directory, place.name.c_str(), &status, flags) != 0) continue;
        if (S_ISDIR(status.st_mode))
            throw Error(path + ": is a directory; -O writes a profile for each workload there");
        if (!S_ISREG(status.st_mode) && !S_ISLNK(status.st_mode))
            throw Error(path + ": is no regular file; leave -o out and redirect standard output there");
    }
    if (place.directory == "/dev" || path.starts_with("/dev/") || path.starts_with("/proc/"))
        throw Error(path + ": is no place for files; leave -o out and redirect standard output there");
}

void sync_directory(int directory, const std::string& path) {
    // Some file systems cannot sync a directory; they say EINVAL and there is no more to be done.
    if (::fsync(directory) != 0 && errno != EINVAL) fail(path, "sync of its directory", errno);
}

}  // namespace

void check_place(const std::string& path) {
    const Place place = place_of(path);
    const Descriptor directory = open_directory(place, path);
    refuse_what_is_no_file(directory.get(), place, path);
    if (::faccessat(directory.get(), ".", W_OK | X_OK, AT_EACCESS) != 0)
        fail(path, "write to its directory", errno);
}

void replace_file(const std::string& path, std::string_view text) {
    const Place place = place_of(path);
    const Descriptor directory = open_directory(place, path);
    refuse_what_is_no_file(directory.get(), place, path);
    Draft draft(directory.get(), place, path);
    draft.write(text);
    draft.rename_to(place.name);
    sync_directory(directory.get(), path);
}

ProfileDirectory::ProfileDirectory(std::string path, std::string_view extension, bool labels)
    : path_(std::move(path)), labels_(labels), extension_(extension) {
    constexpr mode_t mode = 0755;
    if (::mkdir(path_.c_str(), mode) == 0) return;
    if (errno != EEXIST) fail(path_, "make the directory", errno);
    struct stat status {};
    if (::stat(path_.c_str(), &status) != 0) fail(path_, "stat", errno);
    if (!S_ISDIR(status.st_mode)) throw Error(path_ + ": is no directory; -o writes a file");
}

ProfileDirectory::File& ProfileDirectory::file_of(const std::string& workload) {
    const auto found = files_.find(workload);
    if (found != files_.end()) return found->second;
    std::string label = workload;
    if (labels_) std::replace(label.begin(), label.end(), '/', '_');
    std::string name = file_name(label, extension_);
    for (unsigned i = 2; !taken_.insert(name).second; ++i)
        name = file_name(label, "-" + std::to_string(i) + extension_);
    return files_[workload] = File{path_ + "/" + name, {}, false};
}

void ProfileDirectory::write(const std::map<std::string, std::string>& profiles) {
    for (auto& [workload, file] : files_) {
        if (!file.written || profiles.count(workload) > 0) continue;
        if (::unlink(file.path.c_str()) != 0 && errno != ENOENT) fail(file.path, "remove", errno);
        file.written = false;
    }
    for (const auto& [workload, text] : profiles) {
        File& file = file_of(workload);
        if (file.written && file.text == text) continue;
        replace_file(file.path, text);
        file.text = text;
        file.written = true;
    }
}

}  // namespace scgen
