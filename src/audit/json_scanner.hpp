#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace scgen {

/// What a JSON value is, as far as an entry of a log cares.
enum class JsonKind : std::uint8_t { string, number, literal, null, bytes, complex };

/// How many bytes at the start of a text are neither a quote nor a backslash nor a control character.
std::size_t plain_json_bytes(std::string_view text) noexcept;

/// Reads the fields of one JSON object, strictly, from left to right.
///
/// Shape:  `Sink` is called as sink(path, key, kind, value) for every scalar, where path is the key of the
///         enclosing object or "" at the top; deeper objects report under their nearest two keys. Strings are
///         unescaped into the arena; an array of byte numbers, journald's form for text that is not UTF-8,
///         arrives as one value of kind bytes. Views handed to the sink live until the arena is cleared.
/// Errors: none thrown; scan() gives nothing when the text is no JSON object, nests deeper than 32 or
///         unescapes to more than the arena may hold.
class JsonScanner {
  public:
    JsonScanner(std::string_view text, std::string& arena) noexcept : text_(text), arena_(arena) {}

    /// Scans the object at the start of the text; the number of bytes it takes.
    template <class Sink>
    std::optional<std::size_t> scan(Sink&& sink) noexcept {
        at_ = 0;
        return object("", "", 0, sink) ? std::optional(at_) : std::nullopt;
    }
    /// The same of an object whose opening bracket stands before the text.
    template <class Sink>
    std::optional<std::size_t> scan_open(Sink&& sink) noexcept {
        at_ = 0;
        return members("", 0, sink) ? std::optional(at_) : std::nullopt;
    }

  private:
    static constexpr int max_depth = 32;

    template <class Sink>
    bool object(std::string_view path, std::string_view key, int depth, Sink& sink) noexcept;
    template <class Sink>
    bool members(std::string_view inner, int depth, Sink& sink) noexcept;
    template <class Sink>
    bool array(std::string_view path, std::string_view key, int depth, Sink& sink) noexcept;
    template <class Sink>
    bool value(std::string_view path, std::string_view key, int depth, Sink& sink) noexcept;

    void skip_blanks() noexcept {
        while (at_ < text_.size() &&
               (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\n' || text_[at_] == '\r'))
            ++at_;
    }
    bool eat(char c) noexcept {
        skip_blanks();
        if (at_ >= text_.size() || text_[at_] != c) return false;
        ++at_;
        return true;
    }
    std::optional<std::string_view> string() noexcept;
    bool escape() noexcept;
    bool code_unit(std::uint32_t& unit) noexcept;
    void put_utf8(std::uint32_t code_point) noexcept;
    std::optional<std::string_view> bare() noexcept;
    std::optional<std::string_view> bytes() noexcept;

    std::string_view text_;
    std::string& arena_;
    std::size_t at_ = 0;
};

template <class Sink>
bool JsonScanner::object(std::string_view path, std::string_view key, int depth, Sink& sink) noexcept {
    return depth <= max_depth && eat('{') && members(key.empty() ? path : key, depth, sink);
}

template <class Sink>
bool JsonScanner::members(std::string_view inner, int depth, Sink& sink) noexcept {
    if (eat('}')) return true;
    do {
        skip_blanks();
        const auto name = string();
        if (!name || !eat(':') || !value(inner, *name, depth + 1, sink)) return false;
    } while (eat(','));
    return eat('}');
}

template <class Sink>
bool JsonScanner::array(std::string_view path, std::string_view key, int depth, Sink& sink) noexcept {
    const std::size_t begin = at_;
    if (const auto text = bytes()) {
        sink(path, key, JsonKind::bytes, *text);
        return true;
    }
    at_ = begin;
    if (depth > max_depth || !eat('[')) return false;
    if (eat(']')) return true;
    do
        if (!value(path, key, depth + 1, sink)) return false;
    while (eat(','));
    return eat(']');
}

template <class Sink>
bool JsonScanner::value(std::string_view path, std::string_view key, int depth, Sink& sink) noexcept {
    skip_blanks();
    if (at_ >= text_.size()) return false;
    switch (text_[at_]) {
        case '{': sink(path, key, JsonKind::complex, {}); return object(path, key, depth, sink);
        case '[': return array(path, key, depth, sink);
        case '"': {
            const auto text = string();
            if (text) sink(path, key, JsonKind::string, *text);
            return text.has_value();
        }
        default: {
            const auto text = bare();
            if (!text) return false;
            const char first = text->front();
            const JsonKind kind = first == 'n'                   ? JsonKind::null
                                  : first == 't' || first == 'f' ? JsonKind::literal
                                                                 : JsonKind::number;
            sink(path, key, kind, *text);
            return true;
        }
    }
}

}  // namespace scgen
