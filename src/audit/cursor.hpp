#pragma once

#include <charconv>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

namespace scgen {

constexpr bool is_digit(char c) noexcept {
    return c >= '0' && c <= '9';
}

/// A place in a text that is read from left to right.
///
/// Shape:  `cut` is set when an expectation failed because the text ended early, so that a truncated record
///         can be told from a malformed one. A failed read leaves the place as it was.
struct Cursor {
    std::string_view rest;
    bool cut = false;

    bool at_end() const noexcept { return rest.empty(); }
    bool starts(char c) const noexcept { return !rest.empty() && rest.front() == c; }
    bool starts(std::string_view literal) const noexcept { return rest.substr(0, literal.size()) == literal; }

    bool eat(char c) noexcept { return eat(std::string_view(&c, 1)); }

    bool eat(std::string_view literal) noexcept {
        if (starts(literal)) {
            rest.remove_prefix(literal.size());
            return true;
        }
        cut = cut || literal.substr(0, rest.size()) == rest;
        return false;
    }

    /// The text before the next `stop`, which stays; nothing when there is none.
    std::optional<std::string_view> until(char stop) noexcept {
        const std::size_t end = rest.find(stop);
        if (end == std::string_view::npos) {
            cut = true;
            return std::nullopt;
        }
        return take(end);
    }

    std::string_view take(std::size_t count) noexcept {
        const std::string_view taken = rest.substr(0, count);
        rest.remove_prefix(taken.size());
        return taken;
    }

    template <class Predicate>
    std::string_view take_while(Predicate wanted) noexcept {
        std::size_t count = 0;
        while (count < rest.size() && wanted(rest[count]))
            ++count;
        return take(count);
    }

    /// A number as the kernel prints it: in range, no sign but a minus where T has one, no leading zeros.
    template <std::integral T>
    std::optional<T> decimal() noexcept {
        constexpr std::size_t most_digits = 19;
        std::uint64_t value = 0;
        std::size_t count = 0;
        for (; count < rest.size() && is_digit(rest[count]); ++count)
            value = value * 10 + static_cast<std::uint64_t>(rest[count] - '0');
        const bool goes_on = count < rest.size() && rest[count] == '-';
        if (is_plain(count, most_digits) && !goes_on && std::in_range<T>(value))
            return taken<T>(value, count);
        return number<T>(10, [](char c) { return is_digit(c) || c == '-'; });
    }

    /// Lower-case hex digits without 0x, as %x prints them: what follows may begin with an upper-case A to F.
    template <std::unsigned_integral T>
    std::optional<T> hex() noexcept {
        constexpr std::size_t most_digits = 16;
        const auto is_hex = [](char c) { return is_digit(c) || (c >= 'a' && c <= 'f'); };
        std::uint64_t value = 0;
        std::size_t count = 0;
        for (; count < rest.size() && is_hex(rest[count]); ++count)
            value =
                value << 4U | static_cast<std::uint64_t>(rest[count] - (rest[count] <= '9' ? '0' : 'a' - 10));
        if (is_plain(count, most_digits) && std::in_range<T>(value)) return taken<T>(value, count);
        return number<T>(16, is_hex);
    }

  private:
    /// Whether so many digits are all that there is to a number.
    bool is_plain(std::size_t count, std::size_t most) const noexcept {
        return count > 0 && count <= most && (count == 1 || rest.front() != '0');
    }
    template <class T>
    std::optional<T> taken(std::uint64_t value, std::size_t count) noexcept {
        rest.remove_prefix(count);
        return static_cast<T>(value);
    }

    /// The same of what has a sign, too many digits or none.
    template <class T, class Predicate>
    std::optional<T> number(int base, Predicate wanted) noexcept {
        const std::string_view before = rest;
        const std::string_view digits = take_while(wanted);
        T value{};
        const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, base);
        const std::string_view magnitude = digits.substr(digits.substr(0, 1) == "-" ? 1 : 0);
        const bool padded = magnitude.size() > 1 && magnitude.front() == '0';
        if (error == std::errc{} && end == digits.data() + digits.size() && !padded) return value;
        cut = cut || rest.empty();
        rest = before;
        return std::nullopt;
    }
};

}  // namespace scgen
