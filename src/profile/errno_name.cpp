// Names come from the C library this program runs on, so they are those of the ABI it was built for. MIPS,
// PA-RISC, SPARC and Alpha number errnos differently from everyone else; a profile for them should spell
// numbers.

#include "scgen/profile/errno_name.hpp"

#include <string.h>

#include <charconv>

namespace scgen {
namespace {

constexpr std::uint32_t kernel_maximum = 4095;

}  // namespace

std::optional<std::uint32_t> errno_from_name(std::string_view text) noexcept {
    constexpr int last_named = 1133;  // PA-RISC and MIPS have names beyond 133
    std::uint32_t number = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (failure == std::errc{} && end == text.data() + text.size())
        return number <= kernel_maximum ? std::optional(number) : std::nullopt;
    if (text == "EWOULDBLOCK") text = "EAGAIN";
    if (text == "EDEADLOCK") text = "EDEADLK";
    if (text == "ENOTSUP") text = "EOPNOTSUPP";
    for (int candidate = 1; candidate <= last_named; ++candidate) {
        const char* name = strerrorname_np(candidate);
        if (name == nullptr) continue;
        const std::string_view known = name;
        if (known == text || (text == "EOPNOTSUPP" && known == "ENOTSUP"))
            return static_cast<std::uint32_t>(candidate);
    }
    return std::nullopt;
}

std::optional<std::string_view> errno_name(std::uint32_t number) noexcept {
    if (number == 0 || number > kernel_maximum) return std::nullopt;
    const char* name = strerrorname_np(static_cast<int>(number));
    return name == nullptr ? std::nullopt : std::optional<std::string_view>(name);
}

}  // namespace scgen
