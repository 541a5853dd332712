// Why the kernel does not let us read its audit records. errno alone says little: EPERM is the same for somebody
// without privileges and for the root of a container, who can never have them.
//
// Source: audit_init(), audit_net_init(), audit_multicast_bind() and kauditd_send_multicast_skb() in the kernel's
// kernel/audit.c; net_core_table in net/core/sysctl_net_core.c; include/linux/proc_ns.h.
#include "live_refusal.hpp"

#include <unistd.h>

#include <array>
#include <cerrno>
#include <fstream>
#include <string>
#include <system_error>

#include "scgen/audit/kernel_audit.hpp"
#include "scgen/error.hpp"

namespace scgen {
namespace {

bool exists(const char* path) noexcept {
    return ::access(path, F_OK) == 0;
}

/// Whether a word stands on the kernel's command line.
bool was_booted_with(std::string_view wanted) {
    std::ifstream line("/proc/cmdline");
    for (std::string word; line >> word;)
        if (word == wanted) return true;
    return false;
}

/// PROC_USER_INIT_INO: the one that every kernel gives its first user namespace.
bool is_initial_user_namespace() noexcept {
    constexpr std::string_view initial = "user:[4026531837]";
    std::array<char, 64> name{};
    const ssize_t size = ::readlink("/proc/self/ns/user", name.data(), name.size());
    return size < 0 || std::string_view(name.data(), static_cast<std::size_t>(size)) == initial;
}

}  // namespace

void refuse_live(LiveStep step, int error) {
    const std::string text = std::generic_category().message(error);
    if (error == EPROTONOSUPPORT || error == EAFNOSUPPORT) {
        if (was_booted_with("audit=0") || was_booted_with("audit=off"))
            throw Error(
                "--live: the kernel was booted with audit=0 and makes no audit records; boot it without.");
        throw Error("--live: this kernel has no audit (CONFIG_AUDIT); record on one that has.");
    }
    if (error == EPERM || error == EACCES) {
        if (!is_initial_user_namespace())
            throw Error(
                "--live: audit records are not for user namespaces, whatever the user may do inside; run "
                "scgen outside, on "
                "the node itself.");
        throw Error(
            "--live: CAP_AUDIT_READ is missing. Run scgen as root, or in a container with --cap-add "
            "AUDIT_READ and the "
            "node's network; or let an audit daemon write the log: scgen -f /var/log/audit/audit.log");
    }
    if (step == LiveStep::join)
        throw Error("--live: join the audit group: " + text +
                    "; kernels before 3.16 have none: read a log instead.");
    throw Error("--live: open the audit socket: " + text +
                "; read a log instead: scgen -f /var/log/audit/audit.log");
}

void refuse_other_network() {
    // Every namespace has the one, the initial one alone has the other.
    if (!exists("/proc/sys/net/core/somaxconn") || exists("/proc/sys/net/core/dev_weight")) return;
    throw Error(
        "--live: the kernel sends its audit records to the initial network namespace only; run scgen on the "
        "node itself, "
        "or in a container with the node's network (hostNetwork, --network host).");
}

bool counts_held_records(const AuditStatus& status) {
    return status.daemon_pid == 0 && (was_booted_with("audit=1") || was_booted_with("audit=on"));
}

}  // namespace scgen
