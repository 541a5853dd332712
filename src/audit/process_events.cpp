// A datagram of the connector, in the machine's byte order; every length in it is checked against what came:
//
//   nlmsghdr (16)            cn_msg (20)               proc_event (16 and what the event has)
//   len type flags seq pid   idx val seq ack len flags  what cpu time_ns | pid tgid ...
//
// Source: include/uapi/linux/{netlink,connector,cn_proc}.h in the kernel.
#include "scgen/audit/process_events.hpp"

#include <linux/cn_proc.h>
#include <linux/connector.h>
#include <linux/netlink.h>
#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <string>

#include "descriptor.hpp"
#include "scgen/error.hpp"

namespace scgen {
namespace {

// Numbers of the kernel's interface; older headers lack some, and newer ones moved them.
constexpr std::uint32_t event_none = 0x0, event_fork = 0x1, event_exec = 0x2, event_uid = 0x4,
                        event_gid = 0x40, event_sid = 0x80, event_comm = 0x200, event_exit = 0x80000000;
constexpr std::size_t event_head = 16;

/// A number at a place of the machine's own byte order; 0 where it is not all there, which no pid is.
template <class Number>
Number number_at(std::string_view bytes, std::size_t at) noexcept {
    Number number = 0;
    if (bytes.size() >= sizeof number && at <= bytes.size() - sizeof number)
        std::memcpy(&number, bytes.data() + at, sizeof number);
    return number;
}

/// Reads one proc_event; false where it is too short or says nonsense.
bool read_event(std::string_view bytes, std::int64_t boot_ms, ProcessNews& news) {
    if (bytes.size() < event_head + sizeof(std::uint32_t)) return false;
    const auto what = number_at<std::uint32_t>(bytes, 0);
    const auto time_ns = number_at<std::uint64_t>(bytes, 8);
    constexpr std::uint64_t ns_in_ms = 1'000'000;
    const auto id = [&bytes](std::size_t field) {
        return number_at<std::int32_t>(bytes, event_head + field * sizeof(std::int32_t));
    };
    ProcessEvent event;
    event.time_ms = boot_ms + static_cast<std::int64_t>(time_ns / ns_in_ms);
    event.pid = id(1);
    switch (what) {
        case event_none: news.answer = number_at<std::uint32_t>(bytes, event_head); return true;
        case event_fork:  // parent_pid parent_tgid child_pid child_tgid
            event.kind = ProcessEvent::Kind::fork;
            event.parent = id(1);
            event.pid = id(3);
            if (id(2) != event.pid && event.pid > 0) return true;  // a thread
            if (event.parent <= 0) return false;
            break;
        case event_exec: event.kind = ProcessEvent::Kind::exec; break;
        case event_exit:
            event.kind = ProcessEvent::Kind::exit;
            event.thread = id(0) != id(1);
            break;
        case event_uid:
        case event_gid:
        case event_sid:
        case event_comm: break;
        default: return true;  // of no interest
    }
    if (event.pid <= 0) return false;
    news.events.push_back(event);
    return true;
}

/// Reads one netlink message's content.
bool read_message(std::string_view bytes, std::int64_t boot_ms, ProcessNews& news) {
    if (bytes.size() < sizeof(cn_msg)) return false;
    cn_msg message{};
    std::memcpy(&message, bytes.data(), sizeof message);
    if (message.id.idx != CN_IDX_PROC || message.id.val != CN_VAL_PROC) return false;
    bytes.remove_prefix(sizeof message);
    return message.len <= bytes.size() && read_event(bytes.substr(0, message.len), boot_ms, news);
}

std::int64_t boot_time_ms() noexcept {
    timespec monotonic{}, real{};
    ::clock_gettime(CLOCK_MONOTONIC, &monotonic);
    ::clock_gettime(CLOCK_REALTIME, &real);
    constexpr std::int64_t ms_in_s = 1000, ns_in_ms = 1'000'000;
    return (real.tv_sec - monotonic.tv_sec) * ms_in_s + (real.tv_nsec - monotonic.tv_nsec) / ns_in_ms;
}

[[noreturn]] void refuse(const std::string& reason) {
    throw Error("the kernel's process events: " + reason);
}

/// The kernel does not answer who is in other namespaces than its first.
void refuse_other_namespaces() {
    const std::pair<const char*, const char*> wanted[] = {{"pid", "pid:[4026531836]"},
                                                          {"user", "user:[4026531837]"}};
    for (const auto& [kind, initial] : wanted) {
        std::error_code unknown;
        const auto space =
            std::filesystem::read_symlink(std::string("/proc/self/ns/") + kind, unknown).string();
        if (!unknown && space != initial)
            refuse(std::string("they are told in the node's own ") + kind +
                   " namespace only, and this is another");
    }
}

}  // namespace

ProcessNews read_process_news(std::string_view datagram, std::int64_t boot_ms) {
    ProcessNews news;
    while (!datagram.empty()) {
        nlmsghdr header{};
        if (datagram.size() < sizeof header) break;
        std::memcpy(&header, datagram.data(), sizeof header);
        if (header.nlmsg_len < sizeof header || header.nlmsg_len > datagram.size()) break;
        if (header.nlmsg_type == NLMSG_DONE || header.nlmsg_type >= NLMSG_MIN_TYPE) {
            if (!read_message(datagram.substr(sizeof header, header.nlmsg_len - sizeof header), boot_ms,
                              news))
                ++news.malformed;
        } else if (header.nlmsg_type == NLMSG_ERROR || header.nlmsg_type == NLMSG_OVERRUN) {
            ++news.malformed;
        }
        const std::size_t aligned =
            (header.nlmsg_len + std::size_t{NLMSG_ALIGNTO - 1}) / NLMSG_ALIGNTO * NLMSG_ALIGNTO;
        datagram.remove_prefix(std::min(aligned, datagram.size()));
    }
    if (!datagram.empty()) ++news.malformed;
    return news;
}

class ProcessEvents::Socket {
  public:
    Socket() : socket_(::socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_CONNECTOR)) {
        if (!socket_)
            refuse(errno == EPROTONOSUPPORT ? "this kernel has none (CONFIG_PROC_EVENTS)"
                                            : std::strerror(errno));
        refuse_other_namespaces();
        constexpr int wanted = 64 << 20;
        if (::setsockopt(socket_.get(), SOL_SOCKET, SO_RCVBUFFORCE, &wanted, sizeof wanted) != 0)
            ::setsockopt(socket_.get(), SOL_SOCKET, SO_RCVBUF, &wanted, sizeof wanted);
        sockaddr_nl address{};
        address.nl_family = AF_NETLINK;
        address.nl_groups = CN_IDX_PROC;
        if (::bind(socket_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
            refuse(errno == EPERM ? "CAP_NET_ADMIN is missing, which kernels before 6.6 want"
                                  : std::string("bind: ") + std::strerror(errno));
        say(PROC_CN_MCAST_LISTEN);
        await_answer();
    }

    ~Socket() {
        try {
            say(PROC_CN_MCAST_IGNORE);
        } catch (const Error&) {  // it ends with the socket, too
        }
    }
    Socket(const Socket&) = delete;
    Socket& operator=(const Socket&) = delete;

    int fd() const noexcept { return socket_.get(); }

    std::vector<ProcessEvent> read(bool& lost) {
        std::vector<ProcessEvent> events = std::move(early_);
        early_.clear();
        const std::int64_t boot_ms = boot_time_ms();
        constexpr std::size_t enough =
            4096;  // who asks may have more to do than to hear a machine that never rests
        while (events.size() < enough) {
            const auto news = next(boot_ms, lost);
            if (!news) break;
            events.insert(events.end(), news->events.begin(), news->events.end());
        }
        return events;
    }

  private:
    void say(proc_cn_mcast_op operation) {
        std::array<char, NLMSG_HDRLEN + sizeof(cn_msg) + sizeof operation> bytes{};
        nlmsghdr header{};
        header.nlmsg_len = bytes.size();
        header.nlmsg_type = NLMSG_DONE;
        cn_msg message{};
        message.id = {CN_IDX_PROC, CN_VAL_PROC};
        message.len = sizeof operation;
        std::memcpy(bytes.data(), &header, sizeof header);
        std::memcpy(bytes.data() + NLMSG_HDRLEN, &message, sizeof message);
        std::memcpy(bytes.data() + NLMSG_HDRLEN + sizeof message, &operation, sizeof operation);
        if (::send(socket_.get(), bytes.data(), bytes.size(), 0) >= 0) return;
        refuse(errno == ECONNREFUSED ? "this network namespace has none, or the kernel (CONFIG_PROC_EVENTS)"
                                     : std::string("ask for them: ") + std::strerror(errno));
    }

    void await_answer() {
        constexpr std::chrono::milliseconds patience{1000};
        const auto until = std::chrono::steady_clock::now() + patience;
        for (;;) {
            const auto left =
                std::chrono::ceil<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
            pollfd ready{socket_.get(), POLLIN, 0};
            if (left.count() <= 0 || ::poll(&ready, 1, static_cast<int>(left.count())) == 0)
                refuse("the kernel does not answer");
            bool lost = false;
            const auto news = next(boot_time_ms(), lost);
            if (!news) continue;
            early_.insert(early_.end(), news->events.begin(), news->events.end());
            if (!news->answer) continue;
            if (*news->answer == 0) return;
            refuse(std::strerror(static_cast<int>(*news->answer)));
        }
    }

    /// The next datagram; nothing where none is there.
    std::optional<ProcessNews> next(std::int64_t boot_ms, bool& lost) {
        for (;;) {
            sockaddr_nl sender{};
            socklen_t size = sizeof sender;
            const ssize_t got = ::recvfrom(socket_.get(), buffer_.data(), buffer_.size(), 0,
                                           reinterpret_cast<sockaddr*>(&sender), &size);
            if (got < 0 && errno == EINTR) continue;
            if (got < 0 && errno == ENOBUFS) {
                lost = true;
                continue;
            }
            if (got < 0) return std::nullopt;
            if (sender.nl_pid != 0) continue;  // a program's, and not the kernel's
            return read_process_news({buffer_.data(), static_cast<std::size_t>(got)}, boot_ms);
        }
    }

    Descriptor socket_;
    std::array<char, 4096> buffer_{};
    std::vector<ProcessEvent> early_;  ///< what came before the answer
};

ProcessEvents::ProcessEvents() : socket_(std::make_unique<Socket>()) {}
ProcessEvents::~ProcessEvents() = default;

int ProcessEvents::fd() const noexcept {
    return socket_->fd();
}

std::vector<ProcessEvent> ProcessEvents::read(bool& lost) {
    return socket_->read(lost);
}

}  // namespace scgen
