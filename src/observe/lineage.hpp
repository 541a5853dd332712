#pragma once

#include <cstdint>
#include <set>

#include "scgen/audit/record.hpp"

namespace scgen {

/// Tells which records are of a program that was started in an audit session of its own, or of its descendants.
///
/// A record has no parent pid, and a child may live for less time than it takes to look it up. But every record has
/// the session of its process, which the kernel copies to each child and keeps through exec, and it gives no number
/// twice (before 2^32 logins). So a session that began with the program is the program's tree, all of it, and nothing
/// else.
///
/// What logs in anew (login, sshd, cron, by writing /proc/self/loginuid) leaves with a session of its own. It is known
/// by its pid, which was seen in the tree before, at the latest with the write itself where every call is logged; so its session is joined. That
/// it is younger than ours keeps out old sessions whose process got the pid of one of ours that has ended.
///
/// Source: audit_set_loginuid() in the kernel's kernel/audit.c; dup_task_struct() in kernel/fork.c.
class Lineage {
  public:
    explicit Lineage(std::uint32_t session) : first_(session), sessions_{session} {}

    bool holds(const Record& record) {
        if (!record.ses) return false;
        if (sessions_.count(*record.ses) == 0) {
            const bool younger = *record.ses > first_ && *record.ses != unset_session;
            const bool seen = pids_.count(record.pid) > 0;
            if (younger && !seen) ++undecided_;
            if (!younger || !seen) return false;
            sessions_.insert(*record.ses);
        }
        pids_.insert(record.pid);
        return true;
    }

    /// Records of younger sessions that were refused, as their process was not seen in the tree. Where not every call is
    /// logged it may be of the tree all the same.
    std::uint64_t undecided() const noexcept { return undecided_; }

  private:
    std::uint32_t first_;
    std::set<std::uint32_t> sessions_;
    std::set<std::int32_t> pids_;
    std::uint64_t undecided_ = 0;
};

}  // namespace scgen
