#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace scgen {

/// What a seccomp filter makes of a call, named as libseccomp names it.
///
/// Shape:  the value is the kernel's SECCOMP_RET_* action, without data bits; declared in the kernel's order of
///         precedence, strongest first. errno_ has the underscore because errno is a macro.
/// Source: include/uapi/linux/seccomp.h.
enum class Action : std::uint32_t {
    kill_process = 0x80000000,
    kill_thread = 0x00000000,
    trap = 0x00030000,
    errno_ = 0x00050000,
    notify = 0x7fc00000,
    trace = 0x7ff00000,
    log = 0x7ffc0000,
    allow = 0x7fff0000,
};

/// "kill_process", "errno", "log", ...
std::string_view action_name(Action action) noexcept;

/// The OCI token, "SCMP_ACT_ERRNO".
std::string_view action_token(Action action) noexcept;

/// Reads an OCI token; SCMP_ACT_KILL is SCMP_ACT_KILL_THREAD, as libseccomp has it.
std::optional<Action> action_from_token(std::string_view token) noexcept;

/// The action in a logged code=, or nothing if it is none (a code cut short, say).
///
/// Shape:  low 16 bits are data on old kernels (code=0x50001) and are masked off; a kill with data bits is refused,
///         because it cannot be told from the head of a longer code.
std::optional<Action> action_of_code(std::uint32_t code) noexcept;

}  // namespace scgen
