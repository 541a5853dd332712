#include "scgen/abi/action.hpp"

#include <array>

namespace scgen {
namespace {

struct Row {
    Action action;
    std::string_view name;
    std::string_view token;
};

constexpr std::array rows{
    Row{Action::kill_process, "kill_process", "SCMP_ACT_KILL_PROCESS"},
    Row{Action::kill_thread, "kill_thread", "SCMP_ACT_KILL_THREAD"},
    Row{Action::trap, "trap", "SCMP_ACT_TRAP"},
    Row{Action::errno_, "errno", "SCMP_ACT_ERRNO"},
    Row{Action::notify, "notify", "SCMP_ACT_NOTIFY"},
    Row{Action::trace, "trace", "SCMP_ACT_TRACE"},
    Row{Action::log, "log", "SCMP_ACT_LOG"},
    Row{Action::allow, "allow", "SCMP_ACT_ALLOW"},
};

const Row& row_of(Action action) noexcept {
    for (const auto& row : rows)
        if (row.action == action) return row;
    return rows[0];  // the kernel treats an action it does not know as KILL_PROCESS
}

}  // namespace

std::string_view action_name(Action action) noexcept {
    return row_of(action).name;
}

std::string_view action_token(Action action) noexcept {
    return row_of(action).token;
}

std::optional<Action> action_from_token(std::string_view token) noexcept {
    if (token == "SCMP_ACT_KILL") return Action::kill_thread;
    for (const auto& row : rows)
        if (row.token == token) return row.action;
    return std::nullopt;
}

std::optional<Action> action_of_code(std::uint32_t code) noexcept {
    const std::uint32_t data = code & 0xffffU;
    const auto action = static_cast<Action>(code & ~0xffffU);
    if (data != 0 && action == Action::kill_thread) return std::nullopt;
    for (const auto& row : rows)
        if (row.action == action && action != Action::allow) return action;
    return std::nullopt;
}

}  // namespace scgen
