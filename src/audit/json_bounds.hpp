#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace scgen {

/// Finds the end of a JSON object that comes in pieces, by its strings and brackets.
class JsonBounds {
  public:
    JsonBounds() = default;
    /// Inside of so many brackets.
    explicit JsonBounds(int depth) noexcept : depth_(depth) {}

    enum class Progress : std::uint8_t { open, closed, broken };

    /// Goes on at `at`, which stops behind the end of the object, or at what cannot be in one.
    Progress follow(std::string_view text, std::size_t& at) noexcept;

  private:
    int depth_ = 0;
    bool in_string_ = false;
    bool escaped_ = false;
};

}  // namespace scgen
