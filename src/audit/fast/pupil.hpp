#pragma once

#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "by_heart.hpp"

namespace scgen {

/// What one memory learned, until another learns it.
class Lessons {
  public:
    void add(const ByHeart::Lesson& lesson);
    /// Teaches what was added since the last time; false where something is missing, now and ever after.
    bool teach(ByHeart& by_heart);

  private:
    /// Far more than is learned of a few Blocks.
    static constexpr std::size_t most_bytes = std::size_t{4} << 20U;

    struct Kept {
        ByHeart::Lesson lesson;  ///< of its texts only the sizes are good
        std::size_t begin = 0;   ///< of head and body, in all text
        std::size_t host_at = 0;
    };

    std::mutex mutex_;
    std::string text_;
    std::vector<Kept> kept_;
    bool is_missing_ = false;
};

/// Makes previews in another thread than the one that reads, with a memory of its own. That learns the same in the same
/// order, if later: so its records and speakers have the same numbers.
class Pupil {
  public:
    Lessons& lessons() noexcept { return lessons_; }
    void preview(std::string_view text, Preview& preview);

  private:
    Lessons lessons_;
    ByHeart by_heart_;
};

/// Makes a preview with what is known by heart; null for nothing.
void make_preview(std::string_view text, ByHeart* by_heart, Preview& preview);

}  // namespace scgen
