#pragma once

#include <atomic>
#include <condition_variable>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

#include "source_state.hpp"

namespace scgen {

/// Another source, whose next Block is made by a thread while the last one is looked at.
///
/// Shape:  the other's Blocks must live until its next but one next(). The first is made without a thread: most files have
///         no more. Errors come in their turn.
class ReadAhead : public Source::State {
  public:
    explicit ReadAhead(std::unique_ptr<Source::State> other);
    ~ReadAhead() override;

    int fd() const noexcept override { return -1; }
    Block next() override;
    void stop() override;

  private:
    /// What one call of next() gave.
    struct Made {
        Block block;
        std::uint64_t bytes_read = 0;
        bool ended = false;
        std::exception_ptr error;
    };

    Made make();
    void run();
    Block hand_out(Made made);
    void join();

    std::unique_ptr<Source::State> other_;
    std::mutex mutex_;
    std::condition_variable changed_;
    /// Made and not handed out.
    std::optional<Made> made_;
    /// The same, for looking without the mutex.
    std::atomic<bool> is_made_ = false;
    bool quits_ = false;
    std::thread thread_;
    bool begun_ = false;
};

}  // namespace scgen
