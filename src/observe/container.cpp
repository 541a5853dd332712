#include "scgen/observe/container.hpp"

#include <charconv>
#include <cstddef>
#include <limits>
#include <map>

#include "scgen/error.hpp"
#include "scgen/text/json_value.hpp"

// What a document is shows in the members that its first container has: "ociVersion" (runc, crun and their state),
// "status" (crictl inspect), "State" and "Id" (docker and podman inspect), or ours. What it says of one container is
// read whole or refused: a container that was passed over in silence would leave its processes nowhere.
//
// Names come from the annotations and labels that the kubelet, containerd and CRI-O set.
// Source: containerd pkg/cri/annotations, cri-o pkg/annotations, kubelet pkg/kubelet/types/labels.go.

namespace scgen {
namespace {

using Kind = JsonValue::Kind;

constexpr std::string_view known_forms =
    "wanted is the output of `runc list -f json`, `crictl inspect -o json`, `docker inspect` or `podman "
    "inspect`, or "
    "{\"containers\": [{\"id\", \"namespace\", \"pod\", \"container\", \"pids\"}]}";
constexpr DocumentKind snapshot_document{"list of containers", known_forms};

const JsonValue& expect(const JsonValue& value, Kind kind, const char* what, const Place& place) {
    if (value.kind != kind) place.fail(std::string(what) + " is wanted");
    return value;
}

/// The text of a member, empty where there is none.
std::string text_of(const JsonValue& object, std::string_view key, const Place& place) {
    const JsonValue* const value = object.find(key);
    return value == nullptr ? "" : expect(*value, Kind::string, "a string", place / key).text;
}

std::string id_of(const JsonValue& object, std::string_view key, const Place& place) {
    std::string id = text_of(object, key, place);
    if (id.empty()) (place / key).fail("the container has no id");
    return id;
}

/// A member that is an object; null where there is none.
const JsonValue* object_of(const JsonValue& object, std::string_view key, const Place& place) {
    const JsonValue* const value = object.find(key);
    return value == nullptr ? nullptr : &expect(*value, Kind::object, "an object", place / key);
}

/// Adds a pid; 0 is what runtimes say of a container that has ended.
void add_pid(Container& container, const JsonValue& value, const Place& place) {
    std::int32_t pid = -1;
    const char* const end = value.text.data() + value.text.size();
    const auto [stop, error] = std::from_chars(value.text.data(), end, pid);
    if (value.kind != Kind::number || error != std::errc{} || stop != end || pid < 0)
        place.fail("a process number is wanted, from 0 to " +
                   std::to_string(std::numeric_limits<std::int32_t>::max()));
    if (pid > 0) container.pids.insert(pid);
}

void add_pid_of(Container& container, const JsonValue& object, std::string_view key, const Place& place) {
    if (const JsonValue* const pid = object.find(key)) add_pid(container, *pid, place / key);
}

/// Where one writer keeps the three names.
struct NameKeys {
    std::string_view pod_namespace, pod, name;
};
constexpr NameKeys kubelet_labels{"io.kubernetes.pod.namespace", "io.kubernetes.pod.name",
                                  "io.kubernetes.container.name"};
constexpr NameKeys containerd_annotations{"io.kubernetes.cri.sandbox-namespace",
                                          "io.kubernetes.cri.sandbox-name",
                                          "io.kubernetes.cri.container-name"};

/// Takes the names that `object`, which may be null, has.
void take_names(Container& container, const JsonValue* object, const NameKeys& keys, const Place& place) {
    if (object == nullptr || object->find(keys.pod) == nullptr) return;
    container.pod_namespace = text_of(*object, keys.pod_namespace, place);
    container.pod = text_of(*object, keys.pod, place);
    if (std::string name = text_of(*object, keys.name, place); !name.empty())
        container.name = std::move(name);
}

Container of_snapshot(const JsonValue& value, const Place& place) {
    const JsonValue* const pids = value.find("pids");
    if (pids == nullptr)
        place.fail("no \"pids\": this names a container and none of its processes (as `crictl ps` does); " +
                   std::string(known_forms));
    Container container{id_of(value, "id", place),
                        text_of(value, "namespace", place),
                        text_of(value, "pod", place),
                        text_of(value, "container", place),
                        {}};
    expect(*pids, Kind::array, "an array of process numbers", place / "pids");
    for (std::size_t i = 0; i < pids->items.size(); ++i)
        add_pid(container, pids->items[i], place / "pids" / i);
    return container;
}

Container of_runc(const JsonValue& value, const Place& place) {
    Container container{id_of(value, "id", place), {}, {}, {}, {}};
    const JsonValue* const annotations = object_of(value, "annotations", place);
    take_names(container, annotations, kubelet_labels, place / "annotations");
    take_names(container, annotations, containerd_annotations, place / "annotations");
    add_pid_of(container, value, "pid", place);
    return container;
}

Container of_crictl(const JsonValue& value, const Place& place) {
    const Place at = place / "status";
    const JsonValue& status = *object_of(value, "status", place);
    Container container{id_of(status, "id", at), {}, {}, {}, {}};
    if (const JsonValue* const metadata = object_of(status, "metadata", at))
        container.name = text_of(*metadata, "name", at / "metadata");
    take_names(container, object_of(status, "labels", at), kubelet_labels, at / "labels");
    if (const JsonValue* const info = object_of(value, "info", place))
        add_pid_of(container, *info, "pid", place / "info");
    return container;
}

Container of_docker(const JsonValue& value, const Place& place) {
    Container container{id_of(value, "Id", place), {}, {}, text_of(value, "Name", place), {}};
    if (container.name.starts_with('/')) container.name.erase(0, 1);
    if (const JsonValue* const config = object_of(value, "Config", place))
        take_names(container, object_of(*config, "Labels", place / "Config"), kubelet_labels,
                   place / "Config" / "Labels");
    add_pid_of(container, *object_of(value, "State", place), "Pid", place / "State");
    return container;
}

/// Reads a container as the program wrote it that its members tell of.
Container read_container(const JsonValue& value, const Place& place) {
    expect(value, Kind::object, "an object", place);
    const auto has = [&value](std::string_view key) { return value.find(key) != nullptr; };
    Container container;
    if (has("ociVersion"))
        container = of_runc(value, place);
    else if (has("status") && value.find("status")->kind == Kind::object)
        container = of_crictl(value, place);
    else if (has("Id") && has("State"))
        container = of_docker(value, place);
    else
        place.fail("this is no container; " + std::string(known_forms));
    return container;
}

}  // namespace

std::string container_label(const Container& container) {
    const std::string& name = container.name.empty() ? container.id : container.name;
    return container.pod.empty() ? name : pod_label(container) + "/" + name;
}

std::string pod_label(const Container& container) {
    if (container.pod.empty()) return container_label(container);
    return container.pod_namespace + "/" + container.pod;
}

std::vector<Container> read_containers(std::string_view json, const std::string& origin) {
    const JsonValue document = parse_json(json, origin, snapshot_document);
    const Place place(origin);
    std::vector<Container> containers;
    const JsonValue* const list = document.find("containers");
    if (list != nullptr) {
        const Place at = place / "containers";
        expect(*list, Kind::array, "an array", at);
        for (std::size_t i = 0; i < list->items.size(); ++i)
            containers.push_back(
                of_snapshot(expect(list->items[i], Kind::object, "an object", at / i), at / i));
    } else if (document.kind == Kind::array) {
        for (std::size_t i = 0; i < document.items.size(); ++i)
            containers.push_back(read_container(document.items[i], place / i));
    } else {
        containers.push_back(read_container(document, place));
    }
    if (containers.empty()) place.fail("there is no container in it; take it while they run");
    return containers;
}

std::vector<Container> joined(const std::vector<std::vector<Container>>& snapshots) {
    std::map<std::string, Container> by_id;
    for (const auto& snapshot : snapshots)
        for (const Container& container : snapshot) {
            Container& known = by_id.try_emplace(container.id, container).first->second;
            if (known.pod.empty() && (!container.pod.empty() || known.name.empty())) {
                known.pod_namespace = container.pod_namespace;
                known.pod = container.pod;
                known.name = container.name;
            }
            known.pids.insert(container.pids.begin(), container.pids.end());
        }
    std::vector<Container> containers;
    for (auto& [id, container] : by_id)
        containers.push_back(std::move(container));
    return containers;
}

}  // namespace scgen
