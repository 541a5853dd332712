#include "proc_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>

namespace scgen {

std::optional<std::string> read_proc_file(const std::string& path, std::size_t most) {
    const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) return std::nullopt;
    std::string text;
    std::array<char, 4096> buffer{};
    ssize_t got = 1;
    while (got > 0 && text.size() < most) {
        got = ::read(fd, buffer.data(), buffer.size());
        if (got > 0) text.append(buffer.data(), static_cast<std::size_t>(got));
        if (got < 0 && errno == EINTR) got = 1;
    }
    const int error = errno;
    ::close(fd);
    errno = error;
    if (got < 0) return std::nullopt;  // ESRCH: it has ended meanwhile
    if (text.size() > most) text.resize(most);
    return text;
}

std::optional<std::uint64_t> start_ticks(const std::string& stat) {
    constexpr int fields_after_comm = 20;
    std::size_t at = stat.rfind(')');
    for (int field = 0; field < fields_after_comm; ++field) {
        if (at == std::string::npos) return std::nullopt;
        at = stat.find(' ', at + 1);
    }
    if (at == std::string::npos) return std::nullopt;
    std::uint64_t ticks = 0;
    const auto [stop, error] = std::from_chars(stat.data() + at + 1, stat.data() + stat.size(), ticks);
    // No machine runs for the hundreds of years of so many.
    constexpr std::uint64_t most = std::uint64_t{1} << 40U;
    if (error != std::errc{} || stop == stat.data() + at + 1 || ticks > most) return std::nullopt;
    return ticks;
}

}  // namespace scgen
