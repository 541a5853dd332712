#include "scgen/report/records.hpp"

#include "scgen/abi/arch.hpp"
#include "scgen/profile/wording.hpp"
#include "scgen/report/escape.hpp"
#include "scgen/report/json_text.hpp"
#include "scgen/report/time_text.hpp"

namespace scgen {
namespace {

void append_column(std::string& out, const std::string& text, std::size_t width) {
    if (!out.empty()) out += "  ";
    out += text;
    const std::size_t taken = columns(text);
    if (taken < width) out.append(width - taken, ' ');
}

std::string show_comm(Text comm) {
    if (comm.form == Text::Form::null) return "-";
    const std::string name = interpret(comm);
    return name.empty() ? "\"\"" : escape(name);
}

std::optional<std::string> name_of(Text text) {
    if (text.form == Text::Form::null) return std::nullopt;
    return interpret(text);
}

template <class Number>
void append_number(JsonText& json, const std::optional<Number>& value) {
    if (value)
        json.number(static_cast<std::int64_t>(*value));
    else
        json.null();
}

std::string show_name(const Container& container) {
    return container.name.empty() ? container.id : container.name;
}

void append_hex(JsonText& json, const std::optional<std::uint64_t>& value) {
    if (value)
        json.text(std::string_view(hex_text(*value)));
    else
        json.null();
}

}  // namespace

std::string show_syscall(Syscall syscall) {
    if (const auto name = syscall_name(syscall)) return std::string(*name);
    return std::to_string(syscall.nr);
}

std::string show_arch(Arch arch) {
    if (arch == Arch::none) return "-";
    if (const auto info = arch_info(arch)) return std::string(info->name);
    return hex_text(static_cast<std::uint32_t>(arch));
}

std::string record_text(const Record& record, const Container* container) {
    constexpr std::size_t time_width = 24;
    constexpr std::size_t comm_width = 15;
    constexpr std::size_t pid_width = 7;
    constexpr std::size_t call_width = 16;
    constexpr std::size_t arch_width = 7;
    constexpr std::size_t action_width = 12;
    std::string out;
    append_column(out, show_time(record.time_ms), time_width);
    append_column(out, show_comm(record.comm), comm_width);
    append_column(out, std::to_string(record.pid), pid_width);
    append_column(out, show_syscall(record.syscall), call_width);
    append_column(out, show_arch(record.syscall.arch), arch_width);
    append_column(out, std::string(action_name(record.action)), container == nullptr ? 0 : action_width);
    if (container != nullptr) append_column(out, escape(container_label(*container)), 0);
    return out;
}

std::string record_json(const Record& record, const Container* container) {
    JsonText json;
    const Syscall call = record.syscall;
    json.begin('{');
    json.key("time").text(record.time_ms ? format_time(*record.time_ms) : std::nullopt);
    append_number(json.key("serial"), record.serial);
    json.key("pid").number(record.pid);
    json.key("comm").text(name_of(record.comm));
    json.key("exe").text(name_of(record.exe));
    json.key("subj").text(record.subj.empty() ? std::nullopt : std::optional(std::string(record.subj)));
    json.key("arch").text(call.arch == Arch::none ? std::nullopt : std::optional(show_arch(call.arch)));
    json.key("nr").number(call.nr);
    const auto name = syscall_name(call);
    json.key("syscall").text(name ? std::optional(std::string(*name)) : std::nullopt);
    json.key("action").text(action_name(record.action));
    append_hex(json.key("code"), record.code);
    append_number(json.key("sig"), record.sig);
    append_hex(json.key("ip"), record.ip);
    append_number(json.key("uid"), record.uid);
    append_number(json.key("auid"), record.auid);
    json.key("container").text(container == nullptr ? std::nullopt : std::optional(show_name(*container)));
    json.key("pod").text(
        container == nullptr || container->pod.empty() ? std::nullopt : std::optional(pod_label(*container)));
    json.end('}');
    return json.str();
}

}  // namespace scgen
