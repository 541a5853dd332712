// Reads a profile as containerd reads a Kubernetes Localhost profile: straight into the OCI structure. What
// Docker and containers-common add is not obeyed there, and a rule meant for some hosts holds on all; so it
// is here, and the notes say where.

#include <algorithm>
#include <array>

#include "oci_fields.hpp"
#include "scgen/profile/json.hpp"

namespace scgen {
namespace {

constexpr std::array<std::string_view, 9> document_fields{
    "defaultAction",    "defaultErrnoRet", "architectures", "flags",       "listenerPath",
    "listenerMetadata", "syscalls",        "archMap",       "defaultErrno"};
constexpr std::array<std::string_view, 9> rule_fields{"names",   "action",   "errnoRet", "args", "name",
                                                      "comment", "includes", "excludes", "errno"};

/// Old Docker profiles carry "includes": {} and "comment": "" everywhere; they say nothing.
bool says_something(const JsonValue* value) {
    return value != nullptr && !(value->text.empty() && value->items.empty());
}

struct Extension {
    std::string_view field;
    std::string_view effect;
};

constexpr std::array document_extensions{
    Extension{
        "archMap",
        "Docker's: plain OCI runtimes (containerd, Kubernetes Localhost) ignore it, and only the listed "
        "architectures count, or the native one"},
    Extension{"defaultErrno",
              "containers-common's: plain OCI runtimes ignore it and read defaultErrnoRet alone"},
};
constexpr std::array rule_extensions{
    Extension{"name", "Docker's old form: plain OCI runtimes ignore it and read names alone"},
    Extension{"includes",
              "Docker's: plain OCI runtimes (containerd, Kubernetes Localhost) ignore it, and the rule holds "
              "without this condition"},
    Extension{"excludes",
              "Docker's: plain OCI runtimes (containerd, Kubernetes Localhost) ignore it, and the rule holds "
              "without this condition"},
    Extension{"errno", "containers-common's: plain OCI runtimes ignore it and read errnoRet alone"},
    Extension{"comment", "ignored by runtimes"},
};

void note_extensions(const JsonValue& object, const Place& place, std::span<const Extension> extensions,
                     std::vector<std::string>& notes) {
    for (const auto& [field, effect] : extensions)
        if (says_something(object.find(field))) notes.push_back((place / field).note(std::string(effect)));
}

void read_rules(const JsonValue& syscalls, const Place& place, ProfileDocument& result) {
    if (syscalls.kind != JsonValue::Kind::array) place.fail("this must be an array of rules");
    for (std::size_t i = 0; i < syscalls.items.size(); ++i) {
        const JsonValue& value = syscalls.items[i];
        Rule rule = read_rule(value, place / i, result.notes);
        note_extensions(value, place / i, rule_extensions, result.notes);
        note_unknown(value, place / i, rule_fields, result.notes);
        note_surprises(rule, result.profile, place / i, result.notes);
        if (!rule.names.empty()) {
            result.profile.rules.push_back(std::move(rule));
        } else if (!says_something(value.find("name"))) {
            (place / i / "names").fail("missing or empty; a rule names at least one syscall");
        }
    }
}

}  // namespace

ProfileDocument read_profile(std::string_view json, const std::string& origin) {
    const JsonValue document = parse_json(json, origin, profile_document);
    const Place root(origin);
    expect_object(document, root);
    ProfileDocument result;
    result.profile = read_head(document, root, result.notes);
    if (const JsonValue* value = document.find("architectures"); value != nullptr)
        result.profile.architectures = read_archs(*value, root / "architectures");
    note_extensions(document, root, document_extensions, result.notes);
    note_unknown(document, root, document_fields, result.notes);
    if (const JsonValue* value = document.find("syscalls"); value != nullptr)
        read_rules(*value, root / "syscalls", result);
    return result;
}

}  // namespace scgen
