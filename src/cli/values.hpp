#pragma once

#include <array>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "options.hpp"
#include "scgen/abi/arch.hpp"

namespace scgen {

/// Throws an Error that says what `value` of option `key` should have been: "--pid: 'x' is not a number."
[[noreturn]] void refuse_value(const std::string& key, const std::string& value, const std::string& wanted);

/// A word that an option takes, and what it stands for.
template <class Value>
struct Choice {
    std::string_view name;
    Value value;
};

/// Reads the values of options; what was not given leaves the default alone.
///
/// Errors: Error naming option and value, with what would be accepted.
class Values {
  public:
    explicit Values(const Arguments& arguments) : arguments_(arguments) {}

    const std::vector<std::string>& all(const std::string& key) const;
    bool flag(const std::string& key) const { return arguments_.values.count(key) > 0; }
    /// The value of an option that is given once at most; null where it was not given.
    const std::string* one(const std::string& key) const;

    template <class Value, std::size_t N>
    void choice(const std::string& key, const std::array<Choice<Value>, N>& choices, Value& out) const {
        const std::string* value = one(key);
        if (value == nullptr) return;
        std::string wanted = "one of";
        for (const auto& choice : choices) {
            if (choice.name == *value) {
                out = choice.value;
                return;
            }
            wanted += (&choice == &choices.front() ? " " : ", ") + std::string(choice.name);
        }
        refuse_value(key, *value, wanted + ".");
    }

    template <class Number>
    void number(const std::string& key, Number least, Number& out) const {
        if (const std::string* value = one(key)) out = to_number<Number>(key, *value, least);
    }

    template <class Number>
    static Number to_number(const std::string& key, const std::string& text, Number least) {
        Number number{};
        const char* const end = text.data() + text.size();
        const auto [stop, error] = std::from_chars(text.data(), end, number);
        if (error != std::errc{} || stop != end || number < least)
            refuse_value(key, text,
                         "a whole number from " + std::to_string(least) +
                             (sizeof(Number) < sizeof(std::uint64_t)
                                  ? " to " + std::to_string(std::numeric_limits<Number>::max()) + "."
                                  : " up."));
        return number;
    }

    void time(const std::string& key, std::optional<std::int64_t>& out) const;
    void duration(const std::string& key, std::optional<std::chrono::milliseconds>& out) const;
    void bytes(const std::string& key, std::size_t& out) const;

  private:
    const Arguments& arguments_;
};

/// The ABI that `word` names, "native" included.
Arch to_arch(const std::string& key, const std::string& word);

/// Throws the Error for a word that is no system call, with names like it.
[[noreturn]] void refuse_syscall(const std::string& key, const std::string& name);

/// The words between the commas; one empty word for an empty list.
std::vector<std::string> split_commas(const std::string& list);

}  // namespace scgen
