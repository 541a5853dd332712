#include "commands.hpp"
#include "documents.hpp"
#include "profile_values.hpp"
#include "scgen/report/validation_report.hpp"

namespace scgen {
namespace {

ValidateOptions options_for(const std::optional<RuntimeChoice>& runtime) {
    if (!runtime) return {};
    return {measured_calls(*runtime)};
}

}  // namespace

int run_validate(const Options& options, Terminal& terminal) {
    const ValidateOptions wanted = options_for(options.runtime);
    std::vector<Validated> all;
    bool trouble = false;
    bool valid = true;
    for (const std::string& path : options.profiles.paths) {
        try {
            all.push_back({path, validate(load_profile(path, options.profiles, terminal), wanted)});
            valid = valid && all.back().validation.ok();
        } catch (const Error& error) {  // the others are still worth a look
            terminal.error(error.what());
            trouble = true;
        }
    }
    if (options.format == ReportFormat::json)
        put(validation_json(all));
    else
        for (const Validated& validated : all)
            put(validation_text(validated));
    if (trouble) return 2;
    return valid ? 0 : 1;
}

}  // namespace scgen
