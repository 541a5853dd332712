#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace scgen {

/// Writes one JSON value piece by piece.
///
/// Shape:  `indent` spaces a level, or everything on one line when it is 0. Whoever calls keeps to the
///         grammar: a key before every member, an end for every begin.
class JsonText {
  public:
    explicit JsonText(std::size_t indent = 0) : indent_(indent) {}

    JsonText& begin(char bracket);
    JsonText& end(char bracket);
    JsonText& key(std::string_view name);
    JsonText& text(std::string_view bytes);
    JsonText& text(const std::string& bytes) { return text(std::string_view(bytes)); }
    JsonText& text(const char* bytes) { return text(std::string_view(bytes)); }
    JsonText& text(const std::optional<std::string>& bytes);
    JsonText& number(std::int64_t value);
    JsonText& count(std::uint64_t value);
    JsonText& boolean(bool value);
    JsonText& null();

    const std::string& str() const& noexcept { return out_; }
    std::string str() && noexcept { return std::move(out_); }

  private:
    void before_value();
    void new_line();

    std::string out_;
    std::size_t indent_;
    std::size_t depth_ = 0;
    bool first_ = true;
    bool after_key_ = false;
};

}  // namespace scgen
