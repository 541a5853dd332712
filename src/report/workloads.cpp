#include "scgen/report/workloads.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "scgen/profile/generate.hpp"
#include "scgen/report/escape.hpp"
#include "scgen/report/records.hpp"
#include "scgen/report/time_text.hpp"

namespace scgen {
namespace {

using NamesByArch = std::map<std::string, std::set<std::string>>;

/// What stands for a record without an ABI, so that its number is not lost.
constexpr std::string_view unknown_arch = "unknown";

NamesByArch names_of(const Workload& workload) {
    NamesByArch names;
    for (const auto& [observed, evidence] : workload.calls) {
        const Syscall call = observed.syscall;
        names[call.arch == Arch::none ? std::string(unknown_arch) : show_arch(call.arch)].insert(
            show_syscall(call));
    }
    return names;
}

/// An empty name is a name, too.
std::string show_name(const std::string& name) {
    return name.empty() ? "\"\"" : escape(name);
}

std::string show_names(const std::set<std::string>& names, std::size_t most) {
    std::vector<std::string> shown;
    for (const auto& name : names)
        shown.push_back(show_name(name));
    return shown.empty() ? "-" : enumerate(shown, most);
}

std::string show_pids(const std::set<std::int32_t>& pids) {
    std::vector<std::string> shown;
    for (const auto pid : pids)
        shown.push_back(std::to_string(pid));
    return shown.empty() ? "-" : enumerate(shown, 2);
}

void append_names(JsonText& json, const std::set<std::string>& names) {
    json.begin('[');
    for (const auto& name : names)
        json.text(std::string_view(name));
    json.end(']');
}

void append_time(JsonText& json, const Moment& moment) {
    json.text(moment.time_ms ? format_time(*moment.time_ms) : std::nullopt);
}

void append_workload(JsonText& json, const Workload& workload) {
    const NamesByArch names = names_of(workload);
    json.begin('{');
    json.key("workload").text(std::string_view(workload.name));
    append_names(json.key("comms"), workload.comms);
    append_names(json.key("exes"), workload.exes);
    json.key("pids").begin('[');
    for (const auto pid : workload.pids)
        json.number(pid);
    json.end(']');
    json.key("archs").begin('[');
    for (const auto& [arch, calls] : names)
        json.text(std::string_view(arch));
    json.end(']');
    json.key("records").count(workload.records());
    json.key("denied").count(denied_records(workload));
    json.key("syscalls").begin('{');
    for (const auto& [arch, calls] : names)
        append_names(json.key(arch), calls);
    json.end('}');
    append_time(json.key("first"), workload.first());
    append_time(json.key("last"), workload.last());
    json.end('}');
}

}  // namespace

std::uint64_t denied_records(const Workload& workload) noexcept {
    std::uint64_t count = 0;
    for (const auto& [observed, evidence] : workload.calls)
        if (teaches(Learn::denied, observed.action)) count += evidence.count;
    return count;
}

std::uint64_t unnamed_records(const Workload& workload) noexcept {
    std::uint64_t count = 0;
    for (const auto& [observed, evidence] : workload.calls)
        if (teaches(Learn::log, observed.action) && !syscall_name(observed.syscall)) count += evidence.count;
    return count;
}

std::string show_workload(const Workload& workload, GroupBy group_by) {
    constexpr std::size_t most = 3;
    return group_by == GroupBy::all && !workload.processes.empty() ? show_names(workload.processes, most)
                                                                   : show_name(workload.name);
}

std::string show_runtimes(const Workload& workload) {
    constexpr std::size_t most = 3;
    return workload.runtimes.empty() ? "a container runtime" : show_names(workload.runtimes, most);
}

WorkloadTable::WorkloadTable()
    : table_({{"WORKLOAD"},
              {"RECORDS", Table::Align::right},
              {"DENIED", Table::Align::right},
              {"SYSCALLS", Table::Align::right},
              {"ARCHS"},
              {"FIRST"},
              {"LAST"},
              {"PIDS"},
              {"EXES"}}) {}

void WorkloadTable::add(const Workload& workload) {
    std::set<std::string> archs;
    std::set<std::string> calls;
    for (const auto& [arch, of_arch] : names_of(workload)) {
        archs.insert(arch);
        calls.insert(of_arch.begin(), of_arch.end());
    }
    table_.row({show_name(workload.name), std::to_string(workload.records()),
                std::to_string(denied_records(workload)), std::to_string(calls.size()), show_names(archs, 4),
                show_time(workload.first().time_ms), show_time(workload.last().time_ms),
                show_pids(workload.pids), show_names(workload.exes, 2)});
}

void WorkloadArray::add(const Workload& workload) {
    append_workload(json_, workload);
}

std::string WorkloadArray::text() && {
    json_.end(']');
    std::string text = std::move(json_).str();
    text += '\n';
    return text;
}

}  // namespace scgen
