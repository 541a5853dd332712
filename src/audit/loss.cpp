#include "scgen/audit/loss.hpp"

#include <array>

namespace scgen {

std::string_view loss_name(Loss::Kind kind) noexcept {
    constexpr std::array<std::string_view, Loss::kind_count> names{
        "printk_limit", "kernel_ring",    "audit_lost",   "audit_backlog", "audit_rate",
        "audit_queue",  "audit_memory",   "audit_daemon", "serial_gap",    "journal",
        "syslog",       "receive_buffer", "rotation"};
    return names[static_cast<std::size_t>(kind)];
}

}  // namespace scgen
