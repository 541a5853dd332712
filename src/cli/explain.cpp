#include "commands.hpp"
#include "reading.hpp"
#include "scgen/report/explanation.hpp"
#include "scgen/report/workloads.hpp"
#include "verdict.hpp"

namespace scgen {

int run_explain(const Options& options, Terminal& terminal) {
    Ingest ingest(options.input.ingest);
    Witnesses witnesses;
    options.containers->hear(ingest, [&](const Ingest::Sighting& sighting) { witnesses.saw(sighting); });
    read_logs(options.input, ingest, terminal, [](bool) {});
    const Attribution found =
        attribute(ingest.observations(), group_of(options), options.selection, options.containers->now());
    const InputFacts facts = facts_at_end(ingest, options.input);
    terminal.remarks(input_summary(facts));
    if (const std::string text = unplaced_text(found.unplaced, *options.containers); !text.empty())
        terminal.warning(text);
    if (const auto [errors, exit_code] = nothing_found(facts, found); !errors.empty()) {
        for (const std::string& error : errors)
            terminal.error(error);
        return exit_code;
    }
    std::string text;
    for (const Workload& workload : found.workloads) {
        const std::string part =
            explanation_text(show_workload(workload, group_of(options)), workload, witnesses, options.words);
        if (!text.empty() && !part.empty()) text += "\n";
        text += part;
    }
    if (options.format == ReportFormat::json)
        put(explanation_json(found.workloads, witnesses, options.words));
    else
        put(text);
    if (const std::string left = unattributed_text(found.unattributed); !left.empty()) terminal.warning(left);
    if (!text.empty()) return 0;
    terminal.error("--syscall: no such call was seen. Leave it out to see all.");
    return 1;
}

}  // namespace scgen
