#pragma once

#include <array>
#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <mutex>
#include <thread>

#include "source_state.hpp"

namespace scgen {

/// Another source, whose next Blocks are made by a thread while the last one is looked at.
///
/// Shape:  `most_blocks` of the other's Blocks must live at a time, with the one that is made. The first is made without a
///         thread: most files have no more. Errors come in their turn.
class ReadAhead : public Source::State {
  public:
    static constexpr std::size_t most_blocks = 6;

    ReadAhead(std::unique_ptr<Source::State> other, Foresight foresight);
    ~ReadAhead() override;

    int fd() const noexcept override { return -1; }
    Block next() override;
    void stop() override;

  private:
    // What is written together stands apart from what others look at meanwhile.
    static constexpr std::size_t apart = 128;

    /// What one call of next() gave.
    struct alignas(apart) Made {
        Block block;
        Preview preview;
        std::uint64_t bytes_read = 0;
        std::exception_ptr error;
        bool ended = false;
        std::atomic<bool> is_done = false;
    };

    bool may_make() const noexcept { return !over_ && claimed_ - released_ < most_blocks; }
    void make_another(std::unique_lock<std::mutex> lock, const MakePreview& make_preview);
    Made& wait_for_next();
    void run();
    template <class Condition>
    void wait_until(const Condition& condition);
    void tell();
    void join();

    std::unique_ptr<Source::State> other_;
    Foresight foresight_;
    /// By number: those that were released, one that is looked at, and those that are made or being made.
    std::array<Made, most_blocks> made_;

    alignas(apart) std::mutex reading_;  ///< for reading the other
    std::atomic<std::uint64_t> claimed_ = 0;
    std::atomic<bool> over_ = false;  ///< the other has no more

    alignas(apart) std::atomic<std::uint64_t> released_ = 0;
    std::uint64_t handed_out_ = 0;

    alignas(apart) std::mutex mutex_;  ///< for sleeping
    std::condition_variable changed_;
    std::atomic<int> sleepers_ = 0;
    std::atomic<bool> quits_ = false;
    std::thread thread_;
};

}  // namespace scgen
