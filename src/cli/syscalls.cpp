#include <charconv>

#include "commands.hpp"
#include "scgen/abi/arch.hpp"
#include "scgen/abi/syscall_table.hpp"
#include "scgen/report/escape.hpp"
#include "scgen/report/nearest.hpp"
#include "scgen/report/records.hpp"
#include "scgen/report/table.hpp"

namespace scgen {
namespace {

std::vector<Arch> archs_with_table() {
    std::vector<Arch> archs;
    for (const ArchInfo& info : known_archs())
        if (info.has_table) archs.push_back(info.arch);
    return archs;
}

/// A number as the kernel logs it, or in hex as bit 30 of x32 is easier to see.
std::optional<std::int32_t> parse_number(std::string_view word) {
    const bool hex = word.starts_with("0x") || word.starts_with("0X");
    if (hex) word.remove_prefix(2);
    std::int32_t number = 0;
    const char* const end = word.data() + word.size();
    const auto [stop, error] = std::from_chars(word.data(), end, number, hex ? 16 : 10);
    if (word.empty() || error != std::errc{} || stop != end || (hex && number < 0)) return std::nullopt;
    return number;
}

bool looks_like_number(std::string_view word) noexcept {
    const std::size_t first = word.starts_with('-') ? 1 : 0;
    return word.size() > first && word[first] >= '0' && word[first] <= '9';
}

class Answer {
  public:
    explicit Answer(std::vector<Arch> archs)
        : archs_(std::move(archs)),
          table_({{"ARCH"}, {"NUMBER", Table::Align::right}, {"NAME"}, {"SINCE"}}) {}

    void whole_table() {
        for (const Arch arch : archs_)
            for (const SyscallRow& row : syscalls_of(arch))
                add(arch, row);
    }

    /// Returns why there is no answer, or nothing.
    std::optional<std::string> look_up(const std::string& word) {
        const auto number = parse_number(word);
        if (looks_like_number(word) && !number)
            return "'" + escape(word) + "' is no syscall number: the kernel logs -2147483648 to 2147483647.";
        bool found = false;
        std::vector<std::string_view> names;
        for (const Arch arch : archs_)
            for (const SyscallRow& row : syscalls_of(arch)) {
                if (!number) names.push_back(row.name);
                if (number ? row.nr != *number : row.name != word) continue;
                add(arch, row);
                found = true;
            }
        if (found) return std::nullopt;
        if (number) return "no table names the number " + escape(word) + scope() + ".";
        return "no system call is called " + escape(word) + scope() + "." +
               did_you_mean(nearest(word, names));
    }

    bool empty() const noexcept { return table_.empty(); }
    std::string text() const { return table_.text(); }

  private:
    void add(Arch arch, const SyscallRow& row) {
        table_.row({show_arch(arch), std::to_string(row.nr), std::string(row.name),
                    row.since.empty() ? "-" : std::string(row.since)});
    }

    std::string scope() const {
        if (archs_.size() == archs_with_table().size()) return {};
        std::vector<std::string> names;
        for (const Arch arch : archs_)
            names.push_back(show_arch(arch));
        return " on " + enumerate(names, names.size());
    }

    std::vector<Arch> archs_;
    Table table_;
};

}  // namespace

int run_syscalls(const Options& options, Terminal& terminal) {
    std::vector<Arch> archs = options.archs;
    if (archs.empty()) archs = options.words.empty() ? std::vector<Arch>{native_arch()} : archs_with_table();
    Answer answer(std::move(archs));
    if (options.words.empty()) answer.whole_table();
    int exit_code = 0;
    for (const std::string& word : options.words)
        if (const auto error = answer.look_up(word)) {
            terminal.error(*error);
            exit_code = 1;
        }
    if (!answer.empty()) put(answer.text());
    return exit_code;
}

}  // namespace scgen
