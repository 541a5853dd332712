// The thread makes a Block when the one before was handed out. Whoever takes a Block is done with the one before that, whose
// memory the thread then uses; so there are never more than two.
//
// Both sides mostly wait for less time than it takes to be put to sleep and woken, so each first looks again for a while.
#include "read_ahead.hpp"

#include <chrono>
#include <utility>

namespace scgen {
namespace {

/// Waits a little for a condition that another thread makes true.
template <class Condition>
void look_for_a_while(const Condition& condition) {
    constexpr auto patience = std::chrono::microseconds(100);
    const auto until = std::chrono::steady_clock::now() + patience;
    while (!condition() && std::chrono::steady_clock::now() < until) {
    }
}

}  // namespace

ReadAhead::ReadAhead(std::unique_ptr<Source::State> other) : State(other->name()), other_(std::move(other)) {
    set_size(other_->size());
}

ReadAhead::~ReadAhead() {
    join();
}

ReadAhead::Made ReadAhead::make() {
    Made made;
    try {
        made.block = other_->next();
    } catch (...) {
        made.error = std::current_exception();
    }
    made.bytes_read = other_->bytes_read();
    made.ended = other_->ended() || made.error;
    return made;
}

void ReadAhead::run() {
    for (bool ended = false; !ended;) {
        look_for_a_while([this] { return !is_made_; });
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [this] { return quits_ || !made_; });
        if (quits_) return;
        lock.unlock();
        Made made = make();
        ended = made.ended;
        lock.lock();
        made_ = std::move(made);
        is_made_ = true;
        changed_.notify_one();
    }
}

Block ReadAhead::hand_out(Made made) {
    count_read(made.bytes_read - bytes_read());
    if (made.ended) set_ended();
    if (made.error) std::rethrow_exception(made.error);
    return std::move(made.block);
}

Block ReadAhead::next() {
    if (ended()) return {};
    if (!std::exchange(begun_, true)) {
        Made first = make();
        if (!first.ended) thread_ = std::thread(&ReadAhead::run, this);
        return hand_out(std::move(first));
    }
    if (!thread_.joinable()) return hand_out(made_ ? *std::exchange(made_, std::nullopt) : make());
    look_for_a_while([this] { return is_made_.load(); });
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return made_.has_value(); });
    Made made = *std::exchange(made_, std::nullopt);
    is_made_ = false;
    changed_.notify_one();
    lock.unlock();
    return hand_out(std::move(made));
}

/// What was made already is handed out, and then the other's last Block.
void ReadAhead::stop() {
    join();
    begun_ = true;
    other_->stop();
}

void ReadAhead::join() {
    if (!thread_.joinable()) return;
    {
        const std::lock_guard lock(mutex_);
        quits_ = true;
    }
    changed_.notify_one();
    thread_.join();
}

}  // namespace scgen
