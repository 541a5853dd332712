#include "documents.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "scgen/error.hpp"
#include "scgen/profile/json.hpp"

namespace scgen {
namespace {

[[noreturn]] void fail(const std::string& path, const char* what) {
    throw Error(path + ": " + what + ": " + std::strerror(errno));
}

/// At most a byte more than a profile may have, so that read_profile() sees that it is too long.
std::string read_text(const std::string& path) {
    constexpr std::size_t longest = (std::size_t{8} << 20U) + 1;
    const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) fail(path, "open");
    std::string text;
    std::array<char, 65'536> buffer{};
    while (text.size() < longest) {
        const ssize_t got = ::read(fd, buffer.data(), buffer.size());
        if (got == 0) break;
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) {
            const int error = errno;
            ::close(fd);
            errno = error;
            fail(path, "read");
        }
        text.append(buffer.data(), static_cast<std::size_t>(got));
    }
    ::close(fd);
    return text;
}

}  // namespace

Profile load_profile(const std::string& path, Terminal& terminal) {
    ProfileDocument document = read_profile(read_text(path), path);
    for (const std::string& note : document.notes)
        terminal.note(path + ": " + note);
    return document.profile;
}

}  // namespace scgen
