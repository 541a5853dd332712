#pragma once

#include <map>
#include <string>
#include <vector>

#include "scgen/profile/generate.hpp"
#include "scgen/report/input_facts.hpp"
#include "scgen/report/json_text.hpp"

namespace scgen {

/// Something to tell the user: a warning wants doing something about, a line is for the summary.
struct Remark {
    bool warning = false;
    std::string text;
};

/// Whether records were lost, each loss with its remedy; "12 lines: 10 records, 1 other, 1 truncated"; then a line for
/// each thing that matters: refused lines, second copies, how far the lines can be trusted, and why more may be
/// missing.
std::vector<Remark> input_summary(const InputFacts& facts);

/// The same facts as a JSON object: lines, and how many of them had each outcome; second copies; records past a limit;
/// completeness, as append_completeness() has it.
void append_input(JsonText& json, const InputFacts& facts);

/// What is in a profile that was not seen, and what was seen and is not in it, each with the option that
/// decides. `name` is escaped.
std::vector<Remark> profile_summary(const std::string& name, const Workload& workload,
                                    const Generated& generated, Learn learn);

/// Why names are in profiles that nobody saw, each reason once.
std::vector<Remark> reasons_summary(const std::map<std::string, std::string>& added);

/// Why there is no record to learn from, in sentences; for an input without a single observed record.
std::string no_record_reason(const InputFacts& facts);

/// Why nothing was learned from `workload`, though it has records, ending with what to do.
std::string nothing_learned_reason(const std::string& name, const Workload& workload,
                                   const Generated& generated, Learn learn);

}  // namespace scgen
