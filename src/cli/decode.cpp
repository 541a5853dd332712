#include <fnmatch.h>

#include <algorithm>

#include "commands.hpp"
#include "reading.hpp"
#include "scgen/report/records.hpp"
#include "verdict.hpp"

namespace scgen {
namespace {

bool matches_any(const std::vector<std::string>& patterns, const std::string& name) {
    return patterns.empty() || std::any_of(patterns.begin(), patterns.end(), [&](const std::string& pattern) {
               return ::fnmatch(pattern.c_str(), name.c_str(), 0) == 0;
           });
}

/// Whether a single record is wanted: decode does not join threads to processes, because it must speak at
/// once.
class Filter {
  public:
    explicit Filter(Selection selection) : selection_(std::move(selection)) {
        constexpr std::size_t comm_bytes = 15;
        for (std::string& pattern : selection_.comm)
            if (pattern.find_first_of("*?[\\") > comm_bytes && pattern.size() > comm_bytes)
                pattern.resize(comm_bytes);
    }

    bool wants(const Record& record) const {
        const auto& pids = selection_.pid;
        if (!pids.empty() && std::find(pids.begin(), pids.end(), record.pid) == pids.end()) return false;
        return (selection_.comm.empty() || matches_any(selection_.comm, interpret(record.comm))) &&
               (selection_.exe.empty() || matches_any(selection_.exe, interpret(record.exe))) &&
               (selection_.subj.empty() || matches_any(selection_.subj, std::string(record.subj)));
    }

  private:
    Selection selection_;
};

}  // namespace

int run_decode(const Options& options, Terminal& terminal) {
    constexpr std::size_t enough = std::size_t{1} << 16U;
    const Filter filter(options.selection);
    const bool json = options.format == Format::json;
    Ingest ingest(options.input.ingest);
    std::string pending;
    std::uint64_t shown = 0;
    const auto flush = [&] {
        if (pending.empty()) return;
        terminal.wipe();
        put(pending);
        pending.clear();
    };
    ingest.on_record([&](const Record& record, bool) {
        if (!filter.wants(record)) return;
        pending += json ? record_json(record) : record_text(record);
        pending += '\n';
        ++shown;
        if (pending.size() >= enough) flush();
    });
    read_logs(options.input, ingest, terminal, [&](bool) { flush(); });
    InputFacts facts = facts_of(ingest);
    facts.over_limit = 0;  // every record was shown, whether or not its process was kept
    terminal.remarks(input_summary(facts));
    if (shown > 0) return 0;
    if (facts.tally[Outcome::observed] == 0)
        terminal.error(no_record_reason(facts.tally));
    else
        terminal.error("no record matches. `scgen list` shows which names are there.");
    return 1;
}

}  // namespace scgen
