#include "scgen/observe/container.hpp"

#include <charconv>
#include <cstddef>
#include <limits>
#include <optional>

#include "scgen/error.hpp"
#include "scgen/text/json_value.hpp"

// What a document is shows in its members. Of lists: "containers" (ours, crictl ps) and "items" (kubectl's pods, crictl
// pods). Of what stands alone or in an array: "ociVersion" (runc, crun and their state), "status" (crictl inspect, one
// after another before 1.28, and inspectp), "Id" with "State" (docker and podman inspect) or "Pid" (podman ps). What it
// says of one container is read whole or refused: one that was passed over in silence would leave its processes nowhere.
//
// Names come from the annotations and labels that the kubelet, containerd and CRI-O set.
// Source: containerd pkg/cri/annotations, cri-o pkg/annotations, kubelet pkg/kubelet/types/labels.go; core/v1
//         ContainerStatus, whose containerID is "RUNTIME://ID"; cri-api v1 ListContainersResponse, ListPodSandboxResponse.

namespace scgen {
namespace {

using Kind = JsonValue::Kind;

constexpr std::string_view known_forms =
    "wanted is what `scgen containers`, `runc list -f json`, `crictl inspect -o json $(crictl ps -q)`, "
    "`docker inspect "
    "$(docker ps -q)` or `podman inspect $(podman ps -q)` print on the node; or names alone, beside one of "
    "these: "
    "`kubectl get pods -A -o json`, `crictl ps -o json`";
constexpr std::size_t most_values = std::size_t{1} << 22U;
constexpr DocumentKind snapshot_document{
    "list of containers", known_forms, containers_max_bytes, most_values,
    "ask for one node's pods: kubectl get pods -A -o json --field-selector spec.nodeName=NODE"};

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

/// The array of a list, each of whose items is an object.
template <class Each>
void for_each_object(const JsonValue& list, const Place& place, Each&& each) {
    expect(list, Kind::array, "an array", place);
    for (std::size_t i = 0; i < list.items.size(); ++i)
        each(expect(list.items[i], Kind::object, "an object", place / i), place / i);
}

template <class Number>
std::optional<Number> to_number(const JsonValue& value) {
    Number number = 0;
    const char* const end = value.text.data() + value.text.size();
    const auto [stop, error] = std::from_chars(value.text.data(), end, number);
    if (value.kind != Kind::number || error != std::errc{} || stop != end) return std::nullopt;
    return number;
}

std::int32_t pid_of(const JsonValue& value, const Place& place) {
    const auto pid = to_number<std::int32_t>(value);
    if (!pid || *pid < 0)
        place.fail("a process number is wanted, from 0 to " +
                   std::to_string(std::numeric_limits<std::int32_t>::max()));
    return *pid;
}

/// Adds a pid; 0 is what runtimes say of a container that has ended.
void add_pid(Container& container, const JsonValue& value, const Place& place) {
    if (const std::int32_t pid = pid_of(value, place); pid > 0) container.pids.insert(pid);
}

void add_stay(Container& container, const JsonValue& value, const Place& place) {
    const auto time = [&](std::string_view key) -> std::optional<std::int64_t> {
        const JsonValue* const member = value.find(key);
        if (member == nullptr) return std::nullopt;
        const auto ms = to_number<std::int64_t>(*member);
        constexpr std::int64_t year_10000 = 253'402'300'800'000;
        if (!ms || *ms < 0 || *ms >= year_10000)
            (place / key)
                .fail("milliseconds since the Unix epoch are wanted, of a time before the year 10000");
        return ms;
    };
    const JsonValue* const pid = value.find("pid");
    if (pid == nullptr) place.fail("the process has no pid");
    const Stay stay{pid_of(*pid, place / "pid"), time("from_ms"), time("until_ms")};
    if (!container.pids.contains(stay.pid)) (place / "pid").fail("this is none of the \"pids\"");
    container.stays.push_back(stay);
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
    if (pids == nullptr) place.fail("no \"pids\"; " + std::string(known_forms));
    Container container{id_of(value, "id", place),
                        text_of(value, "namespace", place),
                        text_of(value, "pod", place),
                        text_of(value, "container", place),
                        {}};
    expect(*pids, Kind::array, "an array of process numbers", place / "pids");
    for (std::size_t i = 0; i < pids->items.size(); ++i)
        add_pid(container, pids->items[i], place / "pids" / i);
    if (const JsonValue* const processes = value.find("processes"))
        for_each_object(*processes, place / "processes",
                        [&](const JsonValue& process, const Place& at) { add_stay(container, process, at); });
    return container;
}

/// crictl: a container's name, or for a sandbox its pod's, which has a namespace.
void take_metadata(Container& container, const JsonValue& object, const Place& place) {
    const JsonValue* const metadata = object_of(object, "metadata", place);
    if (metadata == nullptr) return;
    const Place at = place / "metadata";
    std::string name = text_of(*metadata, "name", at);
    container.pod_namespace = text_of(*metadata, "namespace", at);
    (container.pod_namespace.empty() ? container.name : container.pod) = std::move(name);
}

/// A row of crictl ps or crictl pods: no pids.
Container of_crictl_row(const JsonValue& value, const Place& place) {
    Container container{id_of(value, "id", place), {}, {}, {}, {}};
    take_metadata(container, value, place);
    take_names(container, object_of(value, "labels", place), kubelet_labels, place / "labels");
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
    take_metadata(container, status, at);
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

Container of_podman_ps(const JsonValue& value, const Place& place) {
    Container container{id_of(value, "Id", place), {}, {}, {}, {}};
    if (const JsonValue* const names = value.find("Names")) {
        expect(*names, Kind::array, "an array of names", place / "Names");
        if (!names->items.empty())
            container.name =
                expect(names->items.front(), Kind::string, "a string", place / "Names" / 0U).text;
    }
    add_pid_of(container, value, "Pid", place);
    return container;
}

/// Adds the container of one state of one container, if it has an id yet.
void add_of_status(std::vector<Container>& containers, const Container& named, const JsonValue* object,
                   const Place& place) {
    if (object == nullptr) return;
    const std::string id = text_of(*object, "containerID", place);
    const std::size_t scheme = id.find("://");
    if (id.empty()) return;
    if (scheme == std::string::npos) (place / "containerID").fail("RUNTIME://ID is wanted");
    Container container = named;
    container.id = id.substr(scheme + 3);
    if (container.id.empty()) (place / "containerID").fail("the container has no id");
    for (const Container& known : containers)
        if (known.id == container.id) return;
    containers.push_back(std::move(container));
}

/// A pod of the Kubernetes API: its containers now, and those that ran before them.
void add_pod(std::vector<Container>& containers, const JsonValue& pod, const Place& place) {
    const std::string kind = text_of(pod, "kind", place);
    const JsonValue* const metadata = object_of(pod, "metadata", place);
    if (kind != "Pod" || metadata == nullptr)
        place.fail("this is no pod; wanted is what `kubectl get pods -A -o json` prints");
    const Container of_pod{{},
                           text_of(*metadata, "namespace", place / "metadata"),
                           text_of(*metadata, "name", place / "metadata"),
                           {},
                           {}};
    const JsonValue* const status = object_of(pod, "status", place);
    if (status == nullptr) return;
    std::vector<Container> found;
    for (const auto* const key :
         {"containerStatuses", "initContainerStatuses", "ephemeralContainerStatuses"}) {
        const JsonValue* const list = status->find(key);
        if (list == nullptr) continue;
        const Place at = place / "status" / key;
        expect(*list, Kind::array, "an array", at);
        for (std::size_t i = 0; i < list->items.size(); ++i) {
            const JsonValue& each = expect(list->items[i], Kind::object, "an object", at / i);
            Container named = of_pod;
            named.name = text_of(each, "name", at / i);
            add_of_status(found, named, &each, at / i);
            for (const auto* const state : {"state", "lastState"})
                if (const JsonValue* const of_state = object_of(each, state, at / i))
                    add_of_status(found, named, object_of(*of_state, "terminated", at / i / state),
                                  at / i / state / "terminated");
        }
    }
    containers.insert(containers.end(), found.begin(), found.end());
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
    else if (has("Id") && has("Pid"))
        container = of_podman_ps(value, place);
    else if (has("Id") && has("State"))
        container = of_docker(value, place);
    else if (has("ID") && has("Names"))
        place.fail("`docker ps` prints neither whole ids nor pids; `docker inspect $(docker ps -q)` does");
    else
        place.fail("this is no container; " + std::string(known_forms));
    return container;
}

void add_document(std::vector<Container>& containers, const JsonValue& document, const Place& place) {
    const auto add = [&containers](Container container) { containers.push_back(std::move(container)); };
    if (const JsonValue* const list = document.find("containers")) {
        for_each_object(*list, place / "containers", [&](const JsonValue& value, const Place& at) {
            const bool of_crictl = value.find("pids") == nullptr && value.find("metadata") != nullptr;
            add(of_crictl ? of_crictl_row(value, at) : of_snapshot(value, at));
        });
    } else if (const JsonValue* const items = document.find("items")) {
        for_each_object(*items, place / "items", [&](const JsonValue& value, const Place& at) {
            if (value.find("id") != nullptr)
                add(of_crictl_row(value, at));
            else
                add_pod(containers, value, at);
        });
    } else if (document.kind == Kind::array) {
        for (std::size_t i = 0; i < document.items.size(); ++i)
            add(read_container(document.items[i], place / i));
    } else if (document.find("apiVersion") != nullptr) {
        add_pod(containers, document, place);
    } else {
        add(read_container(document, place));
    }
}

}  // namespace

std::vector<Container> read_containers(std::string_view json, const std::string& origin) {
    std::vector<Container> containers;
    const std::vector<std::string_view> documents = json_documents(json);
    for (std::size_t i = 0; i < documents.size(); ++i) {
        const std::string name = i == 0 ? origin : origin + " (document " + std::to_string(i + 1) + ")";
        add_document(containers, parse_json(documents[i], name, snapshot_document), Place(name));
    }
    if (containers.empty()) Place(origin).fail("there is no container in it; take it while they run");
    return containers;
}

}  // namespace scgen
