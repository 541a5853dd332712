#include <utility>

#include "commands.hpp"
#include "reading.hpp"
#include "scgen/report/completeness.hpp"
#include "scgen/report/workloads.hpp"
#include "verdict.hpp"

namespace scgen {

int run_list(const Options& options, Terminal& terminal) {
    Ingest ingest(options.input.ingest);
    options.containers->hear(ingest, {});
    read_logs(options.input, ingest, terminal, [](bool) {});
    InputFacts facts = facts_at_end(ingest, options.input);
    WorkloadTable table;
    WorkloadArray array;
    const bool as_json = options.format == ReportFormat::json;
    const auto add = [&](const Workload& workload) {
        facts.unnamed += unnamed_records(workload);
        if (as_json)
            array.add(workload);
        else
            table.add(workload);
    };
    const Attribution found = attribute(ingest.observations(), group_of(options), options.selection,
                                        options.containers->now(), Detail::calls, add);
    const auto [errors, exit_code] = nothing_found(facts, found);
    if (as_json)
        put(errors.empty() ? std::move(array).text() : WorkloadArray().text());
    else if (errors.empty())
        put(table.text());
    terminal.remarks(input_summary(facts));
    if (const std::string text = unattributed_text(found.unattributed); !text.empty()) terminal.warning(text);
    if (const std::string text = unplaced_text(found.unplaced, *options.containers); !text.empty())
        terminal.warning(text);
    for (const std::string& error : errors)
        terminal.error(error);
    if (!errors.empty()) return exit_code;
    const Completeness completeness = assess(facts);
    if (!options.strict || !fails_strict(completeness)) return 0;
    terminal.error(strict_error(completeness, "the list may lack calls"));
    return 1;
}

}  // namespace scgen
