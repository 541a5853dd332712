#pragma once

namespace scgen {

struct AuditStatus;

/// What failed: to get the audit socket, or to join its readers' group.
enum class LiveStep : unsigned char { socket, join };

/// Throws the Error of --live that says why `step` failed with `error` here, and what to do.
[[noreturn]] void refuse_live(LiveStep step, int error);

/// Throws where the socket is of a network namespace to which the kernel sends no records.
void refuse_other_network();

/// Whether the kernel's count of lost records takes in those that found no room while they waited for a daemon that is
/// not there, though they were sent to the readers' group before.
bool counts_held_records(const AuditStatus& status);

}  // namespace scgen
