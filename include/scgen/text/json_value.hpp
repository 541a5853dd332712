#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace scgen {

/// A JSON document as a tree, so that the JSON library stays in json_parse.cpp.
///
/// Shape: `text` is a string's value, or a number as it was written; `keys` runs beside `items` in an object,
/// in the
///        order of the document, each key once.
struct JsonValue {
    enum class Kind : std::uint8_t { null, boolean, number, string, array, object };
    Kind kind = Kind::null;
    std::string text;
    std::vector<JsonValue> items;
    std::vector<std::string> keys;

    /// The member `key`, or null: where there is none, and where it is null, which runtimes take for the
    /// same.
    const JsonValue* find(std::string_view key) const noexcept;
};

/// A place in a document, to speak of it in errors and notes.
class Place {
  public:
    explicit Place(const std::string& origin) : origin_(&origin) {}

    Place operator/(std::string_view key) const;
    Place operator/(std::size_t index) const;

    /// RFC 6901; "" for the whole document, which reads badly alone.
    const std::string& pointer() const noexcept { return pointer_; }

    /// Throws Error "origin: pointer: message".
    [[noreturn]] void fail(const std::string& message) const;
    /// "pointer: message".
    std::string note(const std::string& message) const;

  private:
    const std::string* origin_;
    std::string pointer_;
};

/// `text` in double quotes, fit for a message: short, without control characters.
std::string shown(std::string_view text);

inline constexpr std::size_t json_max_bytes = std::size_t{8} << 20U;
inline constexpr std::size_t json_max_depth = 64;
inline constexpr std::size_t json_max_values = std::size_t{1} << 18U;

/// What a document is meant to be, to speak of it in errors.
struct DocumentKind {
    std::string_view name;
    /// What the smallest of its kind holds.
    std::string_view least;
    std::size_t max_bytes = json_max_bytes;
    std::size_t max_values = json_max_values;
    /// What to do with one that is larger; empty where none can be.
    std::string_view smaller = {};
};

/// The values of a text that holds several, one after another: each with the blanks before it, and at last whatever is
/// none. One at least.
std::vector<std::string_view> json_documents(std::string_view text);

/// Reads a document, strictly: no comments, no trailing commas, no duplicate keys, no byte order mark, UTF-8
/// only.
///
/// Errors: Error naming `origin` with line and column, or the JSON pointer of a duplicate key; whatever
/// breaks a limit
///         of its kind is refused before it is built.
JsonValue parse_json(std::string_view json, const std::string& origin, const DocumentKind& kind);

}  // namespace scgen
