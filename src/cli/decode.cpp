#include "commands.hpp"
#include "reading.hpp"
#include "scgen/report/records.hpp"
#include "verdict.hpp"

namespace scgen {
namespace {

/// Whether a record is wanted by itself: decode does not join threads to processes, because it must speak at
/// once.
bool wants(const Selection& selection, const Record& record) {
    if (selection.empty()) return true;
    return fits(selection, Subject{std::string(record.host), record.pid, interpret(record.exe),
                                   interpret(record.comm), std::string(record.subj)});
}

}  // namespace

int run_decode(const Options& options, Terminal& terminal) {
    constexpr std::size_t enough = std::size_t{1} << 16U;
    const bool json = options.format == ReportFormat::json;
    Ingest ingest(options.input.ingest);
    std::string pending;
    std::uint64_t shown = 0;
    const auto flush = [&] {
        if (pending.empty()) return;
        terminal.wipe();
        put(pending);
        pending.clear();
    };
    const bool places = !options.containers->empty();
    ingest.on_record([&](const Ingest::Sighting& seen) {
        const Record& record = seen.record;
        if (!wants(options.selection, record)) return;
        const std::optional<Container> found = places ? options.containers->find(record) : std::nullopt;
        const Container* const container = found ? &*found : nullptr;
        if (!fits(options.selection, container)) return;
        pending += json ? record_json(record, container) : record_text(record, container);
        pending += '\n';
        ++shown;
        if (pending.size() >= enough) flush();
    });
    read_logs(options.input, ingest, terminal, [&](bool) { flush(); });
    InputFacts facts = facts_at_end(ingest, options.input);
    facts.over_limit = 0;  // every record was shown, whether or not its process was kept
    terminal.remarks(input_summary(facts));
    if (by_container(GroupBy::all, options.selection))
        if (const std::string text = unplaced_text(options.containers->unplaced(), *options.containers);
            !text.empty())
            terminal.warning(text);
    if (shown > 0) return 0;
    if (facts.tally[Outcome::observed] == 0) {
        terminal.error(no_record_reason(facts));
        return no_record_exit_code(facts.tally);
    }
    terminal.error("no record matches. `scgen list` shows which names are there.");
    return 1;
}

}  // namespace scgen
