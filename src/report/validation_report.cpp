#include "scgen/report/validation_report.hpp"

#include "scgen/profile/evaluator.hpp"
#include "scgen/report/escape.hpp"
#include "scgen/report/json_text.hpp"

namespace scgen {
namespace {

std::string_view severity_text(const Finding& finding) noexcept {
    return finding.severity == Finding::Severity::error ? "error" : "warning";
}

}  // namespace

std::string validation_text(const Validated& validated) {
    const Validation& validation = validated.validation;
    std::string out = escape(validated.profile) + ": " + (validation.ok() ? "valid" : "not valid");
    if (validation.instructions)
        out += ", " + std::to_string(*validation.instructions) + " of " + std::to_string(max_instructions) +
               " instructions, " + std::to_string(validation.compared) + " calls compared";
    out += "\n";
    for (const Finding& finding : validation.findings)
        out += "  " + std::string(severity_text(finding)) + ": " + std::string(finding.kind) + ": " +
               escape_message(finding.what) + "\n";
    return out;
}

std::string validation_json(const std::vector<Validated>& all) {
    constexpr std::size_t indent = 2;
    JsonText json(indent);
    json.begin('[');
    for (const auto& [profile, validation] : all) {
        json.begin('{');
        json.key("profile").text(profile);
        json.key("valid").boolean(validation.ok());
        json.key("instructions");
        if (validation.instructions)
            json.count(*validation.instructions);
        else
            json.null();
        json.key("compared").count(validation.compared);
        json.key("findings").begin('[');
        for (const Finding& finding : validation.findings) {
            json.begin('{');
            json.key("severity").text(severity_text(finding));
            json.key("kind").text(finding.kind);
            json.key("what").text(finding.what);
            json.end('}');
        }
        json.end(']');
        json.end('}');
    }
    json.end(']');
    return json.str() + "\n";
}

}  // namespace scgen
