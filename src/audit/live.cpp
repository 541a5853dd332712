// The kernel's audit records as they are made: netlink's multicast group AUDIT_NLGRP_READLOG, which the kernel feeds
// before it serves an audit daemon or prints, and of which printk's limits take nothing.
//
// What can be lost, and how it shows:
//   - the audit queue was full, before the record came this far: the kernel's own count (`auditctl -s`: lost)
//     is compared from start to end. It may be read with CAP_AUDIT_CONTROL only.
//   - our socket's buffer was full: recv() says ENOBUFS, and SO_MEMINFO counts the records. So that writing a
//     profile never fills it, a thread does nothing but to empty the socket. A record is charged with more than its
//     bytes (832 for 250 on 6.18), so 256 MiB, which the kernel doubles, take 640,000 of them.
//   - a record was longer than it may be: the kernel cuts, and the grammar sees it.
// Serials: every type of record is handed out, so that whoever counts them sees each.
//
// Source: kauditd_thread(), kauditd_send_multicast_skb(), kauditd_hold_skb() and audit_multicast_bind() in the kernel's
// kernel/audit.c; netlink_overrun() in net/netlink/af_netlink.c.
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <cstring>
#include <deque>
#include <exception>
#include <mutex>
#include <optional>
#include <thread>
#include <unordered_map>

#include "descriptor.hpp"
#include "live_refusal.hpp"
#include "scgen/audit/kernel_audit.hpp"
#include "scgen/error.hpp"
#include "source_state.hpp"

namespace scgen {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

const std::string live_name = "--live";

/// A record with its header; the kernel makes none longer (MAX_AUDIT_MESSAGE_LENGTH, 8970 bytes).
constexpr std::size_t longest_message = 9216;
constexpr std::size_t batch = 64;

Descriptor open_socket() {
    Descriptor socket(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_AUDIT));
    if (!socket) refuse_live(LiveStep::socket, errno);
    // Without a limit of its own the buffer gets what the administrator allows everybody (net.core.rmem_max).
    constexpr int wanted = 256 << 20;
    if (::setsockopt(socket.get(), SOL_SOCKET, SO_RCVBUFFORCE, &wanted, sizeof wanted) != 0)
        ::setsockopt(socket.get(), SOL_SOCKET, SO_RCVBUF, &wanted, sizeof wanted);
    sockaddr_nl address{};
    address.nl_family = AF_NETLINK;
    address.nl_groups = 1U << (AUDIT_NLGRP_READLOG - 1);
    if (::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
        refuse_live(LiveStep::join, errno);
    refuse_other_network();
    return socket;
}

/// Records that found the socket's buffer full, since it was opened; nothing on kernels that do not count them.
std::optional<std::uint32_t> dropped(int socket) noexcept {
    std::array<std::uint32_t, SK_MEMINFO_VARS> memory{};
    socklen_t size = sizeof memory;
    if (::getsockopt(socket, SOL_SOCKET, SO_MEMINFO, memory.data(), &size) != 0) return std::nullopt;
    return memory[SK_MEMINFO_DROPS];
}

/// Room for a batch of messages.
class Mailbox {
  public:
    Mailbox() : bytes_(batch * longest_message) {
        for (std::size_t i = 0; i < batch; ++i) {
            parts_[i] = {bytes_.data() + i * longest_message, longest_message};
            headers_[i].msg_hdr.msg_iov = &parts_[i];
            headers_[i].msg_hdr.msg_iovlen = 1;
            headers_[i].msg_hdr.msg_name = &senders_[i];
        }
    }

    /// How many came; 0 where none is there, and what errno says where it is below 0.
    int receive(int socket) noexcept {
        for (mmsghdr& header : headers_)
            header.msg_hdr.msg_namelen = sizeof(sockaddr_nl);
        const int count = ::recvmmsg(socket, headers_.data(), batch, MSG_DONTWAIT, nullptr);
        return count < 0 && (errno == EAGAIN || errno == EINTR) ? 0 : count;
    }

    struct Message {
        int type = 0;
        std::string_view text;
        bool cut = false;
    };
    /// Message `i` of the batch; nothing where it is none of the kernel's.
    std::optional<Message> message(std::size_t i) const noexcept {
        const std::size_t size = headers_[i].msg_len;
        if (senders_[i].nl_pid != 0 || size < NLMSG_HDRLEN) return std::nullopt;
        nlmsghdr header{};
        std::memcpy(&header, parts_[i].iov_base, sizeof header);
        // Not header.nlmsg_len: kernels differ on whether it counts the header.
        std::string_view text(static_cast<const char*>(parts_[i].iov_base) + NLMSG_HDRLEN,
                              size - NLMSG_HDRLEN);
        while (text.ends_with('\0') || text.ends_with('\n'))
            text.remove_suffix(1);
        return Message{header.nlmsg_type, text, (headers_[i].msg_hdr.msg_flags & MSG_TRUNC) != 0};
    }

  private:
    std::vector<char> bytes_;
    std::array<iovec, batch> parts_{};
    std::array<sockaddr_nl, batch> senders_{};
    std::array<mmsghdr, batch> headers_{};
};

/// What the thread hands to the reader.
struct Delivery {
    std::string text;
    std::uint64_t oversized = 0;
    std::vector<Loss> losses;
    std::vector<std::string> notes;
    bool queue_checked = false;
    bool end = false;
    std::exception_ptr failure;
};

void write_line(Delivery& delivery, std::string_view type, std::string_view text) {
    delivery.text.append("type=").append(type).append(" msg=");
    const std::size_t begin = delivery.text.size();
    delivery.text += text;
    // User space may put newlines into records of its own; the daemon writes blanks for them, too.
    for (std::size_t at = delivery.text.find('\n', begin); at != std::string::npos;
         at = delivery.text.find('\n', at))
        delivery.text[at] = ' ';
    delivery.text += '\n';
}

class LiveState : public Source::State {
  public:
    explicit LiveState(std::size_t max_line)
        : State(live_name),
          max_line_(max_line),
          socket_(open_socket()),
          at_begin_(audit_status()),
          ready_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
          wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
        if (!ready_ || !wake_) fail_input(name(), "eventfd", errno);
        note_unchecked();
        // Signals are for the thread that waits for them.
        sigset_t all, before;
        ::sigfillset(&all);
        ::pthread_sigmask(SIG_SETMASK, &all, &before);
        thread_ = std::thread([this] { run(); });
        ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
    }

    ~LiveState() override {
        abandoned_ = true;
        stop();
        {
            const std::lock_guard lock(mutex_);
            room_.notify_one();
        }
        thread_.join();
    }

    int fd() const noexcept override { return ready_.get(); }

    Block next() override {
        {
            const std::lock_guard lock(mutex_);
            if (waiting_.empty()) return {};
            handed_out_ = std::move(waiting_.front());
            waiting_.pop_front();
            waiting_bytes_ -= handed_out_.text.size();
            std::uint64_t count = 0;
            if (waiting_.empty() && ::read(ready_.get(), &count, sizeof count) < 0) count = 0;
            room_.notify_one();
        }
        if (handed_out_.failure) std::rethrow_exception(handed_out_.failure);
        count_read(handed_out_.text.size());
        if (handed_out_.end) set_ended();
        Block block;
        block.every_type = true;
        block.queue_checked = handed_out_.queue_checked;
        block.text = handed_out_.text;
        block.oversized = handed_out_.oversized;
        block.losses = std::move(handed_out_.losses);
        block.notes = std::move(handed_out_.notes);
        block.end = handed_out_.end;
        return block;
    }

    void stop() override {
        stopping_ = true;
        const std::uint64_t one = 1;
        [[maybe_unused]] const ssize_t put = ::write(wake_.get(), &one, sizeof one);
    }

  private:
    /// Past this much the kernel's buffer is left to fill, and the kernel to count what is lost.
    static constexpr std::size_t most_waiting = std::size_t{512} << 20;
    /// Small enough that what a piece says is told at once.
    static constexpr std::size_t most_handed_out = std::size_t{256} << 10;

    void note_unchecked() {
        if (!at_begin_) {
            last_delivery().notes.emplace_back(
                "--live: the kernel's own count of lost records may not be read here (that needs "
                "CAP_AUDIT_CONTROL in "
                "the initial user and pid namespaces), so a loss in its audit queue would not show.");
        } else if (counts_held_records(*at_begin_)) {
            last_delivery().notes.emplace_back(
                "--live: with audit=1 on its command line and no audit daemon the kernel counts records as "
                "lost that "
                "came here, so its count proves nothing. Start an audit daemon, or boot without audit=1.");
        }
    }

    void run() noexcept {
        bool checked = false;
        try {
            while (!stopping_)
                if (wait_for_messages(-1)) take_messages();
            if (!abandoned_) checked = settle();
        } catch (...) {
            hand_over([](Delivery& waiting) { waiting.failure = std::current_exception(); });
        }
        hand_over([checked](Delivery& waiting) {
            waiting.queue_checked = checked;
            waiting.end = true;
        });
    }

    /// Whether messages are there; false as well when stop() was called.
    bool wait_for_messages(int patience_ms) {
        std::array<pollfd, 2> fds{{{socket_.get(), POLLIN, 0}, {stopping_ ? -1 : wake_.get(), POLLIN, 0}}};
        const int count = ::poll(fds.data(), fds.size(), patience_ms);
        if (count < 0 && errno != EINTR) fail_input(name(), "poll", errno);
        return count > 0 && fds[0].revents != 0;
    }

    /// Empties the socket; after stop() no longer than to `until`.
    void take_messages(Clock::time_point until = Clock::time_point::min()) {
        for (;;) {
            const int count = mailbox_.receive(socket_.get());
            if (count < 0 && errno != ENOBUFS) fail_input(name(), "receive", errno);
            if (count > 0) read_batch(static_cast<std::size_t>(count));
            if (count < 0) note_overrun();
            if (count == 0 || (stopping_ && Clock::now() >= until)) return;
        }
    }

    void read_batch(std::size_t count) {
        std::unique_lock lock(mutex_);
        if (waiting_bytes_ > most_waiting)
            room_.wait(lock, [this] { return waiting_bytes_ <= most_waiting || abandoned_; });
        Delivery& delivery = last_delivery();
        const std::size_t before = delivery.text.size();
        for (std::size_t i = 0; i < count; ++i) {
            const auto message = mailbox_.message(i);
            if (!message) continue;
            const std::string& type = type_name(message->type);
            const std::size_t length =
                message->text.size() + type.size() + std::string_view("type= msg=").size();
            if (message->cut || length > max_line_)
                ++delivery.oversized;
            else
                write_line(delivery, type, message->text);
        }
        waiting_bytes_ += delivery.text.size() - before;
    }

    template <class Change>
    void hand_over(Change&& change) {
        const std::lock_guard lock(mutex_);
        change(last_delivery());
    }

    /// The one that is being filled; the reader is told of a new one.
    Delivery& last_delivery() {
        if (waiting_.empty() || waiting_.back().text.size() > most_handed_out) {
            waiting_.emplace_back();
            const std::uint64_t one = 1;
            [[maybe_unused]] const ssize_t put = ::write(ready_.get(), &one, sizeof one);
        }
        return waiting_.back();
    }

    void note_overrun() {
        if (!note_dropped()) lose(Loss::Kind::receive_buffer, 0);
    }

    /// Counts what found the buffer full since the last time; false where the kernel does not tell.
    bool note_dropped() {
        const auto now = dropped(socket_.get());
        if (!now) return false;
        const std::uint32_t lost = *now - std::exchange(dropped_, *now);
        if (lost > 0) lose(Loss::Kind::receive_buffer, lost);
        return true;
    }

    void lose(Loss::Kind kind, std::uint64_t count) {
        hand_over([&](Delivery& waiting) { waiting.losses.push_back({kind, count}); });
    }

    /// Takes what was made before stop(): the kernel may not have delivered all of it yet. Whether the kernel's count of
    /// losses could be compared.
    bool settle() {
        constexpr milliseconds patience{1000};
        constexpr int silence_ms = 50;
        const auto until = Clock::now() + patience;
        auto status = at_begin_ ? audit_status() : std::nullopt;
        while (status && status->backlog > 0 && Clock::now() < until) {
            take_messages(until);
            status = audit_status();
        }
        do
            take_messages(until);
        while (Clock::now() < until && wait_for_messages(status ? 1 : silence_ms));
        note_dropped();
        if (status && status->backlog > 0)
            hand_over([&status](Delivery& waiting) {
                waiting.notes.push_back("--live: stopped while the kernel still had " +
                                        std::to_string(status->backlog) + " records to deliver.");
            });
        if (!status || counts_held_records(*status)) return false;
        // Somebody may have reset the count meanwhile; then it says what was lost since.
        const std::uint32_t lost =
            status->lost >= at_begin_->lost ? status->lost - at_begin_->lost : status->lost;
        if (lost > 0) lose(Loss::Kind::audit_lost, lost);
        return true;
    }

    const std::string& type_name(int type) {
        std::string& name = type_names_[type];
        if (name.empty()) name = audit_type_name(type);
        return name;
    }

    std::size_t max_line_;
    Descriptor socket_;
    std::optional<AuditStatus> at_begin_;
    Descriptor ready_;  ///< waiting_ is not empty
    Descriptor wake_;   ///< the thread is to stop
    std::atomic<bool> stopping_ = false;
    std::atomic<bool> abandoned_ = false;
    Delivery handed_out_;

    std::mutex mutex_;
    std::condition_variable room_;
    std::deque<Delivery> waiting_;  ///< guarded by mutex_
    std::size_t waiting_bytes_ = 0;

    // The thread's own.
    Mailbox mailbox_;
    std::unordered_map<int, std::string> type_names_;
    std::uint32_t dropped_ = 0;
    std::thread thread_;
};

}  // namespace

Source Source::live(std::size_t max_line) {
    return Source(std::make_unique<LiveState>(max_line));
}

}  // namespace scgen
