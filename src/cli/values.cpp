#include "values.hpp"

#include "scgen/abi/syscall_table.hpp"
#include "scgen/report/escape.hpp"
#include "scgen/report/nearest.hpp"
#include "scgen/report/time_text.hpp"

namespace scgen {
namespace {

std::vector<std::string_view> arch_names() {
    std::vector<std::string_view> names;
    for (const ArchInfo& info : known_archs())
        names.push_back(info.name);
    return names;
}

}  // namespace

void refuse_value(const std::string& key, const std::string& value, const std::string& wanted) {
    throw Error(key + ": '" + escape(value) + "' is not " + wanted);
}

const std::vector<std::string>& Values::all(const std::string& key) const {
    static const std::vector<std::string> none;
    const auto found = arguments_.values.find(key);
    return found == arguments_.values.end() ? none : found->second;
}

const std::string* Values::one(const std::string& key) const {
    const std::vector<std::string>& values = all(key);
    return values.empty() ? nullptr : &values.front();
}

void Values::time(const std::string& key, std::optional<std::int64_t>& out) const {
    const std::string* value = one(key);
    if (value == nullptr) return;
    out = parse_time(*value);
    if (!out)
        refuse_value(key, *value,
                     "a time. Write 2020-07-06T20:17:40Z, 2020-07-06, '2020-07-06 20:17:40' (UTC), or "
                     "@1594066660.");
}

void Values::duration(const std::string& key, std::optional<std::chrono::milliseconds>& out) const {
    const std::string* value = one(key);
    if (value == nullptr) return;
    out = parse_duration(*value);
    if (!out)
        refuse_value(key, *value, "a duration. Write a number with its unit: 500ms, 30s, 5m, 1h or 2d.");
}

void Values::bytes(const std::string& key, std::size_t& out) const {
    const std::string* value = one(key);
    if (value == nullptr) return;
    std::size_t number = 0;
    const char* const end = value->data() + value->size();
    const auto [stop, error] = std::from_chars(value->data(), end, number);
    const std::string_view unit(stop, static_cast<std::size_t>(end - stop));
    const unsigned shift = unit == "K" ? 10U : unit == "M" ? 20U : 0U;
    constexpr std::size_t least = 1024;
    constexpr std::size_t most = std::size_t{1} << 30U;
    if (error != std::errc{} || (shift == 0 && !unit.empty()) || number > most >> shift ||
        number << shift < least)
        refuse_value(key, *value, "a size from 1K to 1024M. Write bytes, or a number with K or M.");
    out = number << shift;
}

Arch to_arch(const std::string& key, const std::string& word) {
    if (word == "native") return native_arch();
    if (const auto arch = arch_from_name(word)) return *arch;
    std::string wanted = "an ABI.";
    const std::string guess = did_you_mean(nearest(word, arch_names()));
    if (!guess.empty()) {
        wanted += guess;
    } else {
        wanted += " There are native";
        for (const auto name : arch_names())
            wanted += ", " + std::string(name);
        wanted += ".";
    }
    refuse_value(key, word, wanted);
}

void refuse_syscall(const std::string& key, const std::string& name) {
    std::vector<std::string_view> names;
    for (const ArchInfo& info : known_archs())
        for (const SyscallRow& row : syscalls_of(info.arch))
            names.push_back(row.name);
    refuse_value(key, name, "a system call." + did_you_mean(nearest(name, names)));
}

std::vector<std::string> split_commas(const std::string& list) {
    std::vector<std::string> words;
    std::size_t from = 0;
    for (;;) {
        const std::size_t comma = list.find(',', from);
        words.push_back(list.substr(from, comma == std::string::npos ? comma : comma - from));
        if (comma == std::string::npos) return words;
        from = comma + 1;
    }
}

}  // namespace scgen
