#include "scgen/observe/node_watch.hpp"

#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <exception>
#include <filesystem>
#include <mutex>
#include <thread>

#include "scgen/error.hpp"
#include "scgen/observe/attribution.hpp"

namespace scgen {
namespace {

using Clock = std::chrono::steady_clock;

std::int64_t now_ms() noexcept {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
}

/// Whether the numbers under `root` are those that this process sees, and the kernel speaks of.
bool is_this_machine(const std::string& root) {
    std::error_code unknown;
    const auto self = std::filesystem::read_symlink(std::filesystem::path(root) / "proc/self", unknown);
    return !unknown && self == std::to_string(::getpid());
}

}  // namespace

class NodeWatch::State {
  public:
    explicit State(const std::string& root) : roster_(root), wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
        if (wake_ < 0) throw Error(std::string("eventfd: ") + std::strerror(errno));
        try {
            start(root);
        } catch (...) {
            ::close(wake_);
            throw;
        }
    }

    ~State() {
        const std::uint64_t one = 1;
        [[maybe_unused]] const ssize_t put = ::write(wake_, &one, sizeof one);
        thread_.join();
        ::close(wake_);
    }
    State(const State&) = delete;
    State& operator=(const State&) = delete;

    const std::string& without_events() const noexcept { return without_events_; }

    std::uint64_t gaps() {
        const std::lock_guard lock(mutex_);
        return gaps_;
    }

    NodeContainers containers() {
        const std::lock_guard lock(mutex_);
        catch_up();
        if (version_ != roster_.changes() || Clock::now() - made_at_ > lasting) {
            roster_.name_containers();
            known_ = roster_.containers();
            version_ = roster_.changes();
            made_at_ = Clock::now();
        }
        return known_;
    }

    void saw(const Record& record) {
        const std::lock_guard lock(mutex_);
        look(record);
    }

    std::optional<Container> find(const Record& record) {
        const std::lock_guard lock(mutex_);
        look(record);
        const Container* const container = roster_.find(record.pid, record.time_ms.value_or(now_ms()));
        if (container == nullptr) return std::nullopt;
        if (container->name.empty() && Clock::now() - named_at_ > lasting / 10) {
            roster_.name_containers();
            named_at_ = Clock::now();
        }
        return *container;
    }

  private:
    /// Names may come after the container.
    static constexpr std::chrono::seconds lasting{1};

    /// Listens before it looks, so that nobody comes in between.
    void start(const std::string& root) {
        try {
            if (!is_this_machine(root))
                throw Error("the kernel's process events: they are not of the node under --root");
            events_.emplace();
        } catch (const Error& error) {
            without_events_ = error.what();
        }
        roster_.scan(now_ms(), false);
        // Signals are for the thread that waits for them.
        sigset_t all, before;
        ::sigfillset(&all);
        ::pthread_sigmask(SIG_SETMASK, &all, &before);
        thread_ = std::thread([this] { run(); });
        ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
    }

    void run() noexcept {
        const int patience = events_ ? -1 : static_cast<int>(pause.count());
        std::array<pollfd, 2> fds{{{wake_, POLLIN, 0}, {events_ ? events_->fd() : -1, POLLIN, 0}}};
        while (fds[0].revents == 0) {
            if (::poll(fds.data(), fds.size(), patience) < 0) fds[0].revents = 0;
            const std::lock_guard lock(mutex_);
            if (failure_) return;
            try {
                step();
            } catch (...) {
                failure_ = std::current_exception();
            }
        }
    }

    /// Takes what has come, which may be a part of it.
    bool step() {
        if (!events_) {
            roster_.scan(now_ms(), false);
            return false;
        }
        bool lost = false;
        const auto events = events_->read(lost);
        for (const ProcessEvent& event : events)
            roster_.take(event);
        if (lost) {
            ++gaps_;
            roster_.scan(now_ms(), true);
        }
        return !events.empty();
    }

    void catch_up() {
        if (failure_) std::rethrow_exception(failure_);
        while (step()) {
        }
    }

    void look(const Record& record) {
        const bool starting = !runtime_of_comm(interpret(record.comm)).empty();
        if (!starting && roster_.knows(record.pid)) return;
        if (events_) catch_up();
        roster_.look(record.pid, record.time_ms.value_or(now_ms()), starting);
    }

    Roster roster_;
    int wake_;
    std::optional<ProcessEvents> events_;
    std::string without_events_;
    std::thread thread_;

    std::mutex mutex_;  ///< of the roster, and of what follows
    std::uint64_t gaps_ = 0;
    std::exception_ptr failure_;
    NodeContainers known_;
    std::uint64_t version_ = 0;
    Clock::time_point made_at_{};
    Clock::time_point named_at_{};
};

NodeWatch::NodeWatch(const std::string& root) : state_(std::make_unique<State>(root)) {}
NodeWatch::~NodeWatch() = default;

const std::string& NodeWatch::without_events() const noexcept {
    return state_->without_events();
}
std::uint64_t NodeWatch::gaps() const {
    return state_->gaps();
}
NodeContainers NodeWatch::containers() {
    return state_->containers();
}
void NodeWatch::saw(const Record& record) {
    state_->saw(record);
}
std::optional<Container> NodeWatch::find(const Record& record) {
    return state_->find(record);
}

}  // namespace scgen
