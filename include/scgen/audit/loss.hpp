#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace scgen {

/// Something that may hide a syscall the profile needs: records that were made, or would have been, and did not come.
///
/// Shape: `count` is how many records are gone, as far as whoever lost them said; 0 where it did not say.
struct Loss {
    enum class Kind : std::uint8_t {
        printk_limit,    ///< the kernel prints ten messages in five seconds
        kernel_ring,     ///< the kernel's ring was overwritten before it was read
        audit_lost,      ///< the kernel's own count of lost records, whatever the reason
        audit_backlog,   ///< the kernel's audit queue was full
        audit_rate,      ///< auditctl -r
        audit_queue,     ///< records waiting for a daemon that did not take them
        audit_memory,    ///< the kernel had no memory for a record
        audit_daemon,    ///< the daemon stopped, suspended logging or dropped events
        serial_gap,      ///< serials are missing from a source that keeps every type
        journal,         ///< journald dropped messages
        syslog,          ///< the syslog daemon dropped messages
        receive_buffer,  ///< we did not read the kernel's socket fast enough
        rotation,        ///< a followed file was cut short before it was read to its end
    };
    static constexpr std::size_t kind_count = 13;

    Kind kind = Kind::printk_limit;
    std::uint64_t count = 0;

    bool operator==(const Loss&) const = default;
};

/// "printk_limit", "kernel_ring", ...
std::string_view loss_name(Loss::Kind kind) noexcept;

}  // namespace scgen
