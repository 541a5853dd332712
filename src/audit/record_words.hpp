#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace scgen {

/// The word in a JSON text that makes it one that could hold a record; the last time's is looked for first.
class RecordWords {
  public:
    bool has_any(std::string_view text) noexcept {
        if (text.find(words[last_]) != std::string_view::npos) return true;
        for (std::size_t i = 0; i < words.size(); ++i)
            if (i != last_ && text.find(words[i]) != std::string_view::npos) {
                last_ = i;
                return true;
            }
        return false;
    }

  private:
    /// Journald writes a MESSAGE that is not UTF-8 as byte numbers, where no word can be searched for.
    static constexpr std::array<std::string_view, 5> words{"SECCOMP", "1326", "reason=", "MESSAGE\":[",
                                                           "MESSAGE\" : ["};
    std::size_t last_ = 0;
};

}  // namespace scgen
