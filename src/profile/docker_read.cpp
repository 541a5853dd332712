#include <array>
#include <charconv>

#include "oci_fields.hpp"
#include "scgen/profile/docker.hpp"
#include "scgen/profile/errno_name.hpp"

namespace scgen {
namespace {

constexpr std::array<std::string_view, 9> document_fields{
    "defaultAction",    "defaultErrnoRet", "architectures", "flags",       "listenerPath",
    "listenerMetadata", "syscalls",        "archMap",       "defaultErrno"};
constexpr std::array<std::string_view, 9> rule_fields{"names",   "action",   "errnoRet", "args", "name",
                                                      "comment", "includes", "excludes", "errno"};
constexpr std::array<std::string_view, 3> when_fields{"caps", "arches", "minKernel"};
constexpr std::array<std::string_view, 2> arch_map_fields{"architecture", "subArchitectures"};

std::set<std::string> read_words(const JsonValue& object, std::string_view key, const Place& place) {
    const JsonValue* value = object.find(key);
    if (value == nullptr) return {};
    const auto words = read_texts(*value, place / key);
    return {words.begin(), words.end()};
}

KernelVersion read_kernel(const JsonValue& value, const Place& place) {
    const std::string text = read_text(value, place);
    const char* const end = text.data() + text.size();
    KernelVersion version{};
    const auto major = std::from_chars(text.data(), end, version.first);
    if (major.ec == std::errc{} && major.ptr != end && *major.ptr == '.') {
        const auto minor = std::from_chars(major.ptr + 1, end, version.second);
        // Docker prints the version again and compares, so "04.8" and "4.-8" are refused as well.
        const std::string again = std::to_string(version.first) + "." + std::to_string(version.second);
        if (minor.ec == std::errc{} && minor.ptr == end && again == text && version.first >= 0 &&
            version.second >= 0)
            return version;
    }
    place.fail(shown(text) + " is no kernel version; Docker takes exactly two numbers, as in \"4.8\"");
}

When read_when(const JsonValue& rule, std::string_view key, const Place& rule_place,
               std::vector<std::string>& notes) {
    const JsonValue* value = rule.find(key);
    if (value == nullptr) return {};
    const Place place = rule_place / key;
    expect_object(*value, place);
    note_unknown(*value, place, when_fields, notes);
    When when{read_words(*value, "caps", place), read_words(*value, "arches", place), std::nullopt};
    if (const JsonValue* kernel = value->find("minKernel"); kernel != nullptr && !kernel->text.empty())
        when.min_kernel = read_kernel(*kernel, place / "minKernel");
    return when;
}

std::optional<std::uint32_t> read_named_errno(const JsonValue& object, std::string_view key,
                                              const Place& place, std::vector<std::string>& notes) {
    const JsonValue* value = object.find(key);
    if (value == nullptr) return std::nullopt;
    const std::string text = read_text(*value, place / key);
    if (text.empty()) return std::nullopt;
    const auto number = errno_from_name(text);
    if (!number)
        (place / key).fail(shown(text) + " is no errno; use a name like \"ENOSYS\" or its number in digits");
    notes.push_back(
        (place / key)
            .note(
                "only podman, buildah and CRI-O read it; Docker and plain OCI runtimes read the number in " +
                std::string(key == "errno" ? "errnoRet" : "defaultErrnoRet")));
    return number;
}

void read_name(const JsonValue& value, const Place& place, Rule& rule) {
    const JsonValue* name = value.find("name");
    if (name != nullptr) {
        const std::string text = read_text(*name, place / "name");
        if (!text.empty() && !rule.names.empty())
            (place / "name").fail("both name and names are given, which Docker refuses; move it into names");
        if (!text.empty()) rule.names.insert(text);
    }
    if (rule.names.empty()) (place / "names").fail("missing or empty; a rule names at least one syscall");
}

ConditionalRule read_conditional(const JsonValue& value, const Place& place,
                                 std::vector<std::string>& notes) {
    ConditionalRule result;
    result.rule = read_rule(value, place, notes);
    read_name(value, place, result.rule);
    result.includes = read_when(value, "includes", place, notes);
    result.excludes = read_when(value, "excludes", place, notes);
    if (const JsonValue* comment = value.find("comment"); comment != nullptr)
        result.comment = read_text(*comment, place / "comment");
    result.named_errno = read_named_errno(value, "errno", place, notes);
    note_unknown(value, place, rule_fields, notes);
    return result;
}

void read_arch_map(const JsonValue& value, const Place& place, DockerProfile& result) {
    if (value.kind != JsonValue::Kind::array) place.fail("this must be an array of objects");
    for (std::size_t i = 0; i < value.items.size(); ++i) {
        const JsonValue& entry = expect_object(value.items[i], place / i);
        note_unknown(entry, place / i, arch_map_fields, result.notes);
        const JsonValue* architecture = entry.find("architecture");
        if (architecture == nullptr) (place / i / "architecture").fail("missing");
        const Arch arch = read_arch(*architecture, place / i / "architecture");
        std::set<Arch> brought;
        if (const JsonValue* sub = entry.find("subArchitectures"); sub != nullptr)
            brought = read_archs(*sub, place / i / "subArchitectures");
        // The engines stop at the first entry of the native architecture.
        if (!result.arch_map.emplace(arch, std::move(brought)).second)
            result.notes.push_back(
                (place / i).note("a second entry for this architecture: the first one counts"));
    }
}

bool has_items(const JsonValue& document, std::string_view key) {
    const JsonValue* value = document.find(key);
    return value != nullptr && !value->items.empty();
}

}  // namespace

DockerProfile read_docker_profile(std::string_view json, const std::string& origin) {
    const JsonValue document = parse_json(json, origin, profile_document);
    const Place root(origin);
    expect_object(document, root);
    DockerProfile result;
    if (document.items.empty()) {
        result.head.default_action = Action::allow;
        result.notes.push_back("an empty profile: Docker runs the container unconfined");
        return result;
    }
    result.head = read_head(document, root, result.notes);
    result.named_default_errno = read_named_errno(document, "defaultErrno", root, result.notes);
    if (has_items(document, "architectures") && has_items(document, "archMap"))
        (root / "archMap").fail("both architectures and archMap are given, which Docker refuses; keep one");
    if (const JsonValue* value = document.find("architectures"); value != nullptr)
        result.head.architectures = read_archs(*value, root / "architectures");
    if (const JsonValue* value = document.find("archMap"); value != nullptr)
        read_arch_map(*value, root / "archMap", result);
    note_unknown(document, root, document_fields, result.notes);
    const JsonValue* syscalls = document.find("syscalls");
    if (syscalls == nullptr) return result;
    const Place place = root / "syscalls";
    if (syscalls->kind != JsonValue::Kind::array) place.fail("this must be an array of rules");
    for (std::size_t i = 0; i < syscalls->items.size(); ++i) {
        result.rules.push_back(read_conditional(syscalls->items[i], place / i, result.notes));
        note_surprises(result.rules.back().rule, result.head, place / i, result.notes);
    }
    return result;
}

}  // namespace scgen
