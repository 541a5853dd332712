#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

namespace scgen {

/// What the kernel says of a process as it happens. Threads that begin are none.
///
/// Shape:  numbers are those of the initial pid namespace.
/// Units:  time_ms since the Unix epoch.
struct ProcessEvent {
    /// `change`: of its names, users or session, which containers' starters go through.
    enum class Kind : std::uint8_t { fork, exec, exit, change };
    Kind kind = Kind::change;
    std::int32_t pid = 0;
    /// Of a fork: whose child it is.
    std::int32_t parent = 0;
    /// Of an exit: one of its threads ended that is not the first. The process lasts until the last one does.
    bool thread = false;
    std::int64_t time_ms = 0;

    bool operator==(const ProcessEvent&) const = default;
};

/// What one datagram of the process connector says, any bytes.
struct ProcessNews {
    std::vector<ProcessEvent> events;
    /// The answer to the wish to listen: 0, or an error number.
    std::optional<std::uint32_t> answer;
    /// Messages that are none: too short, or of another sender.
    std::uint64_t malformed = 0;
};

/// Reads a datagram.
///
/// Units:  boot_ms is when the kernel's monotonic clock was 0, since the Unix epoch.
/// Source: struct cn_msg in linux/connector.h and struct proc_event in linux/cn_proc.h; cn_netlink_send_mult() and
///         drivers/connector/cn_proc.c in the kernel.
ProcessNews read_process_news(std::string_view datagram, std::int64_t boot_ms);

/// The kernel's process connector: every fork, exec and exit of the machine.
///
/// Errors: Error from the constructor, saying why there is none here: it needs the initial network, user and pid namespaces,
///         a kernel with CONFIG_PROC_EVENTS and, before 6.6, CAP_NET_ADMIN.
class ProcessEvents {
  public:
    ProcessEvents();
    ~ProcessEvents();
    ProcessEvents(const ProcessEvents&) = delete;
    ProcessEvents& operator=(const ProcessEvents&) = delete;

    /// Polls readable when something is there.
    int fd() const noexcept;

    /// What is there, some thousands at most; `lost` is set where the kernel had no room for more.
    std::vector<ProcessEvent> read(bool& lost);

  private:
    class Socket;
    std::unique_ptr<Socket> socket_;
};

}  // namespace scgen
