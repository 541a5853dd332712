// Two threads make Blocks: one of its own, and whoever asks for Blocks, while the next is not done. A Block is read by one at
// a time, in order, and then looked at by the one that read it: so its text is in that one's cache, and what goes from
// one to the other is a preview, which is a fraction of the text.
//
//   released | looked at | made | being made | ..
//
// Both sides mostly wait for less time than it takes to be put to sleep and woken, so each first looks again for a while.
#include "read_ahead.hpp"

#include <chrono>
#include <utility>

namespace scgen {
namespace {

/// Leaves a core to the other thread that it may run.
void pause() noexcept {
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#endif
}

/// Waits a little for a condition that another thread makes true.
template <class Condition>
void look_for_a_while(const Condition& condition) {
    using Clock = std::chrono::steady_clock;
    constexpr auto patience = std::chrono::microseconds(100);
    const auto until = Clock::now() + patience;
    while (!condition() && Clock::now() < until)
        for (int i = 0; i < 4; ++i)
            pause();
}

}  // namespace

ReadAhead::ReadAhead(std::unique_ptr<Source::State> other, Foresight foresight)
    : State(other->name()), other_(std::move(other)), foresight_(std::move(foresight)) {
    set_size(other_->size());
}

ReadAhead::~ReadAhead() {
    join();
}

/// Makes the Block after those that were claimed. There must be one, and room.
void ReadAhead::make_another(std::unique_lock<std::mutex> lock, const MakePreview& make_preview) {
    Made& made = made_[claimed_ % most_blocks];
    made.is_done = false;
    made.block = {};
    ++claimed_;
    try {
        made.block = other_->next();
    } catch (...) {
        made.error = std::current_exception();
    }
    made.bytes_read = other_->bytes_read();
    made.ended = other_->ended() || made.error;
    over_ = made.ended;
    lock.unlock();
    try {
        if (make_preview) {
            make_preview(made.block.text, made.preview);
            made.block.preview = &made.preview;
        }
    } catch (...) {
        // There was no memory left, and what learns halfway must not go on.
        made.error = std::current_exception();
        made.ended = over_ = true;
    }
    made.is_done = true;
    tell();
}

/// Sleeps until a condition holds of which others tell.
template <class Condition>
void ReadAhead::wait_until(const Condition& condition) {
    ++sleepers_;
    std::unique_lock lock(mutex_);
    changed_.wait(lock, condition);
    --sleepers_;
}

/// Wakes who sleeps. Whoever is about to was counted before it looked a last time, so it is seen here or sees what changed.
void ReadAhead::tell() {
    if (sleepers_ == 0) return;
    { const std::lock_guard lock(mutex_); }
    changed_.notify_all();
}

void ReadAhead::run() {
    const auto may_go_on = [this] { return quits_ || may_make(); };
    for (;;) {
        if (!may_go_on()) {
            look_for_a_while(may_go_on);
            wait_until([&] { return may_go_on() || over_; });
        }
        std::unique_lock lock(reading_, std::defer_lock);
        look_for_a_while([&] { return lock.try_lock(); });
        if (!lock) lock.lock();
        if (quits_ || over_) return;
        if (may_make()) make_another(std::move(lock), foresight_.by_thread);
    }
}

ReadAhead::Made& ReadAhead::wait_for_next() {
    static const MakePreview none;
    Made& next = made_[handed_out_ % most_blocks];
    const auto is_claimed = [this] { return claimed_ > handed_out_; };
    const auto is_done = [&] { return is_claimed() && next.is_done; };
    while (!is_done()) {
        std::unique_lock lock(reading_, std::defer_lock);
        look_for_a_while([&] { return is_done() || (may_make() && lock.try_lock()); });
        if (lock && may_make() && !is_done()) {
            // What is read now is looked at at once, without a preview.
            make_another(std::move(lock), is_claimed() ? foresight_.by_caller : none);
        } else if (!lock && !is_done()) {
            wait_until(is_done);
        }
    }
    return next;
}

Block ReadAhead::next() {
    if (ended()) return {};
    released_ = handed_out_;
    if (thread_.joinable()) tell();
    Made& made = wait_for_next();
    if (handed_out_++ == 0 && !over_ && !quits_) thread_ = std::thread(&ReadAhead::run, this);
    count_read(made.bytes_read - bytes_read());
    if (made.ended) set_ended();
    if (made.error) std::rethrow_exception(made.error);
    return std::move(made.block);
}

/// What was made already is handed out, and then the other's last Block.
void ReadAhead::stop() {
    join();
    other_->stop();
}

void ReadAhead::join() {
    quits_ = true;
    if (!thread_.joinable()) return;
    tell();
    thread_.join();
}

}  // namespace scgen
