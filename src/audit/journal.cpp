// The systemd journal, by its own library: indexed matches instead of a search, and the fields that journald vouches
// for instead of text. What comes out is what `journalctl -o json` prints of these fields, so that the one grammar
// reads both.
//
// Entries of every audit type are wanted, not only of SECCOMP: journald loses records in silence when its socket
// overflows, and only the serials, which all types share, show it. Besides what the kernel printed, journald's
// own word that it missed kernel messages.
//
// Source: sd-journal(3), sd_journal_add_match(3), systemd.journal-fields(7); src/systemd/sd-messages.h for the id.
#include <systemd/sd-journal.h>

#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>

#include "late_library.hpp"
#include "scgen/error.hpp"
#include "source_state.hpp"

namespace scgen {
namespace {

using std::string_view;

/// SD_MESSAGE_JOURNAL_MISSED: "Missed 12 kernel messages"
constexpr const char* journal_missed = "MESSAGE_ID=e9bf28e6e834481bb6f48f548ad13606";

constexpr std::array<string_view, 11> wanted{"_TRANSPORT",
                                             "_HOSTNAME",
                                             "_BOOT_ID",
                                             "_AUDIT_TYPE",
                                             "_AUDIT_TYPE_NAME",
                                             "_AUDIT_ID",
                                             "_SOURCE_REALTIME_TIMESTAMP",
                                             "SYSLOG_FACILITY",
                                             "SYSLOG_IDENTIFIER",
                                             "MESSAGE_ID",
                                             "MESSAGE"};

bool is_wanted(string_view field) noexcept {
    for (const string_view name : wanted)
        if (name == field) return true;
    return false;
}

/// Bytes that are no UTF-8 stay what they are: nobody but our own grammar reads this.
void append_json_string(std::string& out, string_view text) {
    constexpr string_view digits = "0123456789abcdef";
    out += '"';
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x20) {
            out.append("\\u00");
            out += digits[byte >> 4U];
            out += digits[byte & 0xfU];
            continue;
        }
        if (c == '"' || c == '\\') out += '\\';
        out += c;
    }
    out += '"';
}

struct LibSystemd : LateLibrary {
    LibSystemd()
        : LateLibrary("libsystemd.so.0",
                      "to read the journal, or give scgen what `journalctl -o json` prints") {}

    decltype(&::sd_journal_add_disjunction) add_disjunction = function("sd_journal_add_disjunction");
    decltype(&::sd_journal_add_match) add_match = function("sd_journal_add_match");
    decltype(&::sd_journal_close) close = function("sd_journal_close");
    decltype(&::sd_journal_enumerate_data) enumerate_data = function("sd_journal_enumerate_data");
    decltype(&::sd_journal_get_fd) get_fd = function("sd_journal_get_fd");
    decltype(&::sd_journal_get_usage) get_usage = function("sd_journal_get_usage");
    decltype(&::sd_journal_next) next = function("sd_journal_next");
    decltype(&::sd_journal_open) open = function("sd_journal_open");
    decltype(&::sd_journal_open_directory) open_directory = function("sd_journal_open_directory");
    decltype(&::sd_journal_open_files) open_files = function("sd_journal_open_files");
    decltype(&::sd_journal_process) process = function("sd_journal_process");
    decltype(&::sd_journal_restart_data) restart_data = function("sd_journal_restart_data");
    decltype(&::sd_journal_seek_head) seek_head = function("sd_journal_seek_head");
    decltype(&::sd_journal_set_data_threshold) set_data_threshold = function("sd_journal_set_data_threshold");
};

int open_journal(const LibSystemd& library, sd_journal*& journal, const std::string& place) {
    if (place.empty()) return library.open(&journal, SD_JOURNAL_LOCAL_ONLY | SD_JOURNAL_SYSTEM);
    struct stat status {};
    if (::stat(place.c_str(), &status) != 0) return -errno;
    if (S_ISDIR(status.st_mode)) return library.open_directory(&journal, place.c_str(), 0);
    std::array<const char*, 2> paths{place.c_str(), nullptr};
    return library.open_files(&journal, paths.data(), 0);
}

class JournalState : public Source::State {
  public:
    JournalState(const std::string& place, bool follow, std::size_t max_line)
        : State(place.empty() ? "--journal" : place), max_line_(max_line), following_(follow) {
        sd_journal* opened = nullptr;
        const int result = open_journal(library_, opened, place);
        journal_.reset(opened);
        if (result == -EBADMSG || result == -EPROTONOSUPPORT || result == -ENODATA)
            throw Error(
                name() +
                ": is no journal that can be read here: it is damaged, empty, or of a newer systemd.");
        if (result < 0) fail_input(name(), "open", -result);
        refuse_nothing(place);
        match();
        // Asked for before the first entry is read, so that none can come between.
        if (following_) fd_ = check(library_.get_fd(journal_.get()), "watch");
        check(library_.set_data_threshold(journal_.get(), max_line_ + longest_name + 1), "set up");
        check(library_.seek_head(journal_.get()), "go to its start");
    }

    int fd() const noexcept override { return waiting_ && !stopping_ ? fd_ : -1; }

    Block next() override {
        constexpr std::size_t enough = std::size_t{256} * 1024;
        Block block;
        block.every_type = true;
        if (ended()) return block;
        if (std::exchange(waiting_, false) && !stopping_) check(library_.process(journal_.get()), "watch");
        text_.clear();
        bool more = !(stopping_ && !following_);
        while (more && text_.size() < enough) {
            more = check(library_.next(journal_.get()), "read") > 0;
            if (more) read_entry(block);
        }
        if (!more) {
            waiting_ = following_ && !stopping_;
            block.end = !waiting_;
            if (block.end) set_ended();
        }
        count_read(text_.size());
        block.text = text_;
        return block;
    }

    void stop() override { stopping_ = true; }

  private:
    static constexpr std::size_t longest_name = 64;

    int check(int result, const char* what) const {
        if (result < 0) fail_input(name(), what, -result);
        return result;
    }

    /// No journal at all, and one that may not be read, look the same to the library.
    void refuse_nothing(const std::string& place) {
        std::uint64_t bytes = 0;
        check(library_.get_usage(journal_.get(), &bytes), "stat");
        if (bytes > 0 || (following_ && !place.empty())) return;
        if (!place.empty())
            throw Error(name() + ": there is no journal file in it, or none that may be read.");
        struct stat status {};
        const bool kept =
            ::stat("/run/log/journal", &status) == 0 || ::stat("/var/log/journal", &status) == 0;
        if (kept && ::geteuid() != 0)
            throw Error(
                "--journal: the system's journal may not be read; run scgen as root or as a member of the "
                "group systemd-journal.");
        throw Error(
            "--journal: there is no journal here (systemd-journald keeps it in /var/log/journal or "
            "/run/log/journal); name one with --journal=DIR, or read another log.");
    }

    void match() {
        const auto add = [this](const char* text) {
            check(library_.add_match(journal_.get(), text, 0), "choose entries");
        };
        add("_TRANSPORT=audit");
        add("_TRANSPORT=kernel");
        check(library_.add_disjunction(journal_.get()), "choose entries");
        add("_TRANSPORT=driver");
        add(journal_missed);
    }

    void read_entry(Block& block) {
        const std::size_t begin = text_.size();
        const void* data = nullptr;
        std::size_t size = 0;
        int result = 0;
        bool oversized = false;
        text_ += '{';
        library_.restart_data(journal_.get());
        while ((result = library_.enumerate_data(journal_.get(), &data, &size)) > 0) {
            const string_view item(static_cast<const char*>(data), size);
            const std::size_t equals = item.find('=');
            if (!is_wanted(item.substr(0, equals))) continue;
            oversized = oversized || size - equals - 1 > max_line_;
            if (text_.size() > begin + 1) text_ += ',';
            append_json_string(text_, item.substr(0, equals));
            text_ += ':';
            append_json_string(text_, item.substr(equals + 1));
        }
        text_ += "}\n";
        if (result >= 0 && !oversized) return;
        text_.resize(begin);
        if (oversized) ++block.oversized;
        if (result < 0) lose_entry(block, -result);
    }

    /// An entry that is there and cannot be read.
    void lose_entry(Block& block, int error) {
        block.losses.push_back({Loss::Kind::journal, 1});
        if (std::exchange(told_, true)) return;
        block.notes.push_back(
            name() + ": holds an entry that cannot be read: " + std::generic_category().message(error) + ".");
    }

    const LibSystemd& library_ = loaded<LibSystemd>(name());
    std::size_t max_line_;
    bool following_;
    std::unique_ptr<sd_journal, decltype(LibSystemd::close)> journal_{nullptr, library_.close};
    std::string text_;
    int fd_ = -1;
    bool waiting_ = false;  ///< all entries were read, for now
    bool stopping_ = false;
    bool told_ = false;
};

}  // namespace

Source Source::journal(const std::string& place, bool follow, std::size_t max_line) {
    return Source(std::make_unique<JournalState>(place, follow, max_line));
}

}  // namespace scgen
