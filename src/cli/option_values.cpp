#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

#include "options.hpp"
#include "scgen/abi/arch.hpp"
#include "scgen/abi/syscall_table.hpp"
#include "scgen/profile/errno_name.hpp"
#include "scgen/report/escape.hpp"
#include "scgen/report/nearest.hpp"
#include "scgen/report/time_text.hpp"

namespace scgen {
namespace {

using Words = std::vector<std::string>;

[[noreturn]] void refuse(const std::string& key, const std::string& value, const std::string& wanted) {
    throw Error(key + ": '" + escape(value) + "' is not " + wanted);
}

template <class Value>
struct Choice {
    std::string_view name;
    Value value;
};

/// Reads options out of Arguments; what was not given leaves the default alone.
class Reader {
  public:
    explicit Reader(const Arguments& arguments) : arguments_(arguments) {}

    const Words& all(const std::string& key) const {
        static const Words none;
        const auto found = arguments_.values.find(key);
        return found == arguments_.values.end() ? none : found->second;
    }

    bool flag(const std::string& key) const { return arguments_.values.count(key) > 0; }

    const std::string* one(const std::string& key) const {
        const Words& values = all(key);
        return values.empty() ? nullptr : &values.front();
    }

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
        refuse(key, *value, wanted + ".");
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
            refuse(key, text,
                   "a whole number from " + std::to_string(least) +
                       (sizeof(Number) < sizeof(std::uint64_t)
                            ? " to " + std::to_string(std::numeric_limits<Number>::max()) + "."
                            : " up."));
        return number;
    }

    void time(const std::string& key, std::optional<std::int64_t>& out) const {
        const std::string* value = one(key);
        if (value == nullptr) return;
        out = parse_time(*value);
        if (!out)
            refuse(key, *value,
                   "a time. Write 2020-07-06T20:17:40Z, 2020-07-06, '2020-07-06 20:17:40' (UTC), or "
                   "@1594066660.");
    }

    void duration(const std::string& key, std::optional<std::chrono::milliseconds>& out) const {
        const std::string* value = one(key);
        if (value == nullptr) return;
        out = parse_duration(*value);
        if (!out) refuse(key, *value, "a duration. Write a number with its unit: 500ms, 30s, 5m, 1h or 2d.");
    }

    void bytes(const std::string& key, std::size_t& out) const {
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
            refuse(key, *value, "a size from 1K to 1024M. Write bytes, or a number with K or M.");
        out = number << shift;
    }

  private:
    const Arguments& arguments_;
};

std::vector<std::string_view> arch_names() {
    std::vector<std::string_view> names;
    for (const ArchInfo& info : known_archs())
        names.push_back(info.name);
    return names;
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
    refuse(key, word, wanted);
}

Words split_commas(const std::string& list) {
    Words words;
    std::size_t from = 0;
    for (;;) {
        const std::size_t comma = list.find(',', from);
        words.push_back(list.substr(from, comma == std::string::npos ? comma : comma - from));
        if (comma == std::string::npos) return words;
        from = comma + 1;
    }
}

std::set<Arch> read_profile_archs(const std::string& list) {
    std::set<Arch> archs;
    const Words words = split_commas(list);
    for (const std::string& word : words) {
        if (word != "observed") {
            const Arch arch = to_arch("--arch", word);
            const auto info = arch_info(arch);
            if (!info || info->scmp.empty()) refuse("--arch", word, "an ABI that an OCI profile can name.");
            archs.insert(arch);
        } else if (words.size() > 1) {
            throw Error("--arch: observed stands alone; name every ABI, or none.");
        }
    }
    return archs;
}

std::vector<Arch> read_table_archs(const std::string& list) {
    std::vector<Arch> archs;
    for (const std::string& word : split_commas(list)) {
        if (word == "all") {
            for (const ArchInfo& info : known_archs())
                if (info.has_table) archs.push_back(info.arch);
            continue;
        }
        const Arch arch = to_arch("--arch", word);
        if (syscalls_of(arch).empty()) refuse("--arch", word, "an ABI whose table is built in.");
        archs.push_back(arch);
    }
    return archs;
}

/// How many bytes of a glob stand for themselves before its first special character.
std::size_t literal_prefix(std::string_view glob) noexcept {
    return std::min(glob.find_first_of("*?[\\"), glob.size());
}

void read_selection(const Reader& reader, Options& options) {
    constexpr std::size_t comm_bytes = 15;
    Selection& selection = options.selection;
    selection.comm = reader.all("--comm");
    selection.exe = reader.all("--exe");
    selection.subj = reader.all("--subj");
    for (const auto* const patterns : {&selection.comm, &selection.exe, &selection.subj})
        for (const std::string& pattern : *patterns)
            if (pattern.empty())
                throw Error("an empty name selects nothing; leave the option out to select everything.");
    for (const std::string& pid : reader.all("--pid"))
        selection.pid.push_back(Reader::to_number<std::int32_t>("--pid", pid, 1));
    for (const std::string& pattern : selection.comm)
        if (literal_prefix(pattern) > comm_bytes)
            options.notes.push_back("--comm " + escape(pattern) +
                                    ": the kernel keeps 15 bytes of a name, so it is compared as " +
                                    escape(pattern.substr(0, comm_bytes)));
}

void read_input(const Reader& reader, Options& options) {
    constexpr std::array trusts{Choice<Trust>{"kernel", Trust::kernel}, Choice<Trust>{"any", Trust::any}};
    InputOptions& input = options.input;
    reader.choice("--trust", trusts, input.ingest.trust);
    reader.time("--since", input.ingest.since_ms);
    reader.time("--until", input.ingest.until_ms);
    if (input.ingest.since_ms && input.ingest.until_ms && *input.ingest.since_ms > *input.ingest.until_ms)
        throw Error("--since is later than --until: no record can be both; swap them.");
    reader.number<std::size_t>("--max-workloads", 1, input.ingest.max_subjects);
    reader.bytes("--max-line", input.max_line);
    reader.duration("--for", input.run_for);
    reader.duration("--idle", input.idle);
}

void read_errno(const Reader& reader, GenerateOptions& generate) {
    const std::string* value = reader.one("--errno");
    if (value == nullptr) return;
    if (generate.default_action != Action::errno_)
        throw Error("--errno: only --default-action errno has an error; leave one of the two out.");
    const auto number = errno_from_name(*value);
    if (!number || *number == 0)
        refuse("--errno", *value,
               "an error. Write a name as in EPERM or ENOSYS, or a number from 1 to 4095 (0 would make a "
               "forbidden call look successful).");
    generate.errno_ret = *number;
}

void read_denied(const Reader& reader, GenerateOptions& generate) {
    for (const std::string& name : reader.all("--deny")) {
        if (!is_known_syscall(name)) {
            std::vector<std::string_view> names;
            for (const ArchInfo& info : known_archs())
                for (const SyscallRow& row : syscalls_of(info.arch))
                    names.push_back(row.name);
            refuse("--deny", name, "a system call." + did_you_mean(nearest(name, names)));
        }
        generate.deny.insert(name);
    }
}

void read_profile_options(const Reader& reader, Options& options) {
    constexpr std::array learns{Choice<Learn>{"log", Learn::log}, Choice<Learn>{"denied", Learn::denied},
                                Choice<Learn>{"all", Learn::all}};
    constexpr std::array closures{Choice<Closure>{"none", Closure::none},
                                  Choice<Closure>{"implicit", Closure::implicit}};
    constexpr std::array actions{Choice<Action>{"errno", Action::errno_},
                                 Choice<Action>{"kill-process", Action::kill_process},
                                 Choice<Action>{"kill-thread", Action::kill_thread},
                                 Choice<Action>{"trap", Action::trap}, Choice<Action>{"log", Action::log}};
    constexpr std::array runtimes{Choice<bool>{"auto", true}, Choice<bool>{"none", false}};
    GenerateOptions& generate = options.generate;
    reader.choice("--learn", learns, generate.learn);
    reader.choice("--closure", closures, generate.closure);
    reader.choice("--default-action", actions, generate.default_action);
    reader.choice("--runtime", runtimes, options.keep_startup);
    read_errno(reader, generate);
    if (const std::string* list = reader.one("--arch")) generate.architectures = read_profile_archs(*list);
    read_denied(reader, generate);
    reader.number<std::uint64_t>("--min-count", 1, generate.min_count);
    if (const std::string* path = reader.one("--base")) options.base = *path;
}

void read_output(const Reader& reader, Options& options) {
    if (const std::string* path = reader.one("-o")) options.file = *path;
    if (const std::string* path = reader.one("-O")) options.directory = *path;
    if (options.file && options.directory)
        throw Error("-o writes one file and -O one for each workload: leave one of the two out.");
    if ((options.file && options.file->empty()) || (options.directory && options.directory->empty()))
        throw Error(std::string(options.file ? "-o" : "-O") + ": the name is empty; give one.");
    constexpr std::array formats{Choice<Format>{"text", Format::text}, Choice<Format>{"json", Format::json}};
    reader.choice("--format", formats, options.format);
}

void read_grouping(const Reader& reader, Options& options) {
    constexpr std::array groups{Choice<GroupBy>{"all", GroupBy::all}, Choice<GroupBy>{"comm", GroupBy::comm},
                                Choice<GroupBy>{"exe", GroupBy::exe}, Choice<GroupBy>{"pid", GroupBy::pid},
                                Choice<GroupBy>{"subj", GroupBy::subj}};
    if (!reader.flag("--group-by")) return;
    GroupBy group_by = GroupBy::all;
    reader.choice("--group-by", groups, group_by);
    options.group_by = group_by;
}

}  // namespace

Options read_options(const Arguments& arguments) {
    constexpr std::array colors{Choice<Color>{"auto", Color::automatic},
                                Choice<Color>{"always", Color::always}, Choice<Color>{"never", Color::never}};
    const Reader reader(arguments);
    Options options;
    options.command = arguments.command;
    options.implicit = arguments.implicit;
    options.help = reader.flag("--help");
    options.version = reader.flag("--version");
    options.quiet = reader.flag("--quiet");
    if (options.help || options.version) return options;
    reader.choice("--color", colors, options.color);
    if (arguments.command == Command::syscalls) {
        options.words = arguments.words;
        if (const std::string* list = reader.one("--arch")) options.archs = read_table_archs(*list);
        return options;
    }
    options.input.logs = arguments.words;
    read_selection(reader, options);
    read_input(reader, options);
    read_grouping(reader, options);
    read_output(reader, options);
    if (arguments.command == Command::generate) read_profile_options(reader, options);
    return options;
}

}  // namespace scgen
