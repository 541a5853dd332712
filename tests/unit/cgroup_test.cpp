#include "scgen/observe/cgroup.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace scgen {
namespace {

using Ids = std::vector<std::string>;

const std::string a(64, 'a');
const std::string b(64, 'b');
const std::string uid = "7c3cd63a-770d-5463-7898-09a10ab23eef";
const std::string uid_in_slice = "7c3cd63a_770d_5463_7898_09a10ab23eef";
const std::string static_uid = "0123456789abcdef0123456789abcdef";

TEST(Cgroup, IsReadInEverySpelling) {
    struct Case {
        const char* what;
        std::string text;
        Ids ids;
        std::string pod_uid;
    };
    const std::string pods =
        "/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod" + uid_in_slice + ".slice/";
    const Case cases[] = {
        {"containerd, systemd, v2", "0::" + pods + "cri-containerd-" + a + ".scope\n", {a}, uid},
        {"guaranteed",
         "0::/kubepods.slice/kubepods-pod" + uid_in_slice + ".slice/cri-containerd-" + a + ".scope\n",
         {a},
         uid},
        {"containerd, cgroupfs, v1",
         "12:memory:/kubepods/besteffort/pod" + uid + "/" + a + "\n1:name=systemd:/kubepods/besteffort/pod" +
             uid + "/" + a + "\n0::/\n",
         {a},
         uid},
        {"a static pod", "0::/kubepods/burstable/pod" + static_uid + "/" + a + "\n", {a}, static_uid},
        {"containerd that was told of no systemd",
         "0::/system.slice/containerd.service/kubepods-burstable-pod" + uid_in_slice +
             ".slice:cri-containerd:" + a + "\n",
         {a},
         ""},
        {"CRI-O, systemd", "0::" + pods + "crio-" + a + ".scope\n", {a}, uid},
        {"CRI-O, and a group in it", "0::" + pods + "crio-" + a + ".scope/container\n", {a}, uid},
        {"CRI-O, cgroupfs", "3:cpu,cpuacct:/kubepods/burstable/pod" + uid + "/crio-" + a + "\n", {a}, uid},
        {"CRI-O's monitor", "0::" + pods + "crio-conmon-" + a + ".scope\n", {}, ""},
        {"Docker, systemd, v2", "0::/system.slice/docker-" + a + ".scope\n", {a}, ""},
        {"Docker, cgroupfs, v1", "11:pids:/docker/" + a + "\n10:cpuset:/docker/" + a + "\n", {a}, ""},
        {"Docker, and systemd in it", "0::/system.slice/docker-" + a + ".scope/init.scope\n", {a}, ""},
        {"Podman, systemd, v2", "0::/machine.slice/libpod-" + a + ".scope/container\n", {a}, ""},
        {"Podman, cgroupfs", "0::/libpod_parent/libpod-" + a + "\n", {a}, ""},
        {"Podman of a user",
         "0::/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-" + a + ".scope/container\n",
         {a},
         ""},
        {"Podman, in a pod of its own",
         "0::/machine.slice/machine-libpod_pod_" + b + ".slice/libpod-" + a + ".scope\n",
         {a},
         ""},
        {"a pod of Podman", "0::/machine.slice/machine-libpod_pod_" + b + ".slice\n", {}, ""},
        {"Podman's monitor", "0::/machine.slice/libpod-conmon-" + a + ".scope\n", {}, ""},
        {"Podman's monitor, cgroupfs", "0::/libpod_parent/conmon\n", {}, ""},
        {"hybrid, in version 2 only",
         "9:name=systemd:/\n4:memory:/process_api/b4376553eb847dcc7349e4d3280dbd83\n0::/" + a + "\n",
         {a},
         ""},
        {"hybrid, in version 1 only", "9:name=systemd:/system.slice/docker-" + a + ".scope\n0::/\n", {a}, ""},
        {"a container in a container",
         "0::/docker/" + a + "/kubelet/kubepods/burstable/pod" + uid + "/" + b + "\n",
         {a, b},
         ""},
        {"one hierarchy that says more",
         "2:cpu:/docker/" + a + "\n1:name=systemd:/docker/" + a + "/" + b + "\n",
         {a},
         ""},
        {"and the other way round",
         "2:cpu:/docker/" + a + "/" + b + "\n1:name=systemd:/docker/" + a + "\n",
         {a},
         ""},
        {"a group that a container named for a monitor", "0::/docker/" + a + "/conmon\n", {a}, ""},
        {"a service", "0::/system.slice/cron.service\n", {}, ""},
        {"the root", "0::/\n", {}, ""},
        {"63 digits", "0::/docker/" + a.substr(1) + "\n", {}, ""},
        {"65 digits", "0::/docker/a" + a + "\n", {}, ""},
        {"capitals", "0::/docker/" + std::string(64, 'A') + "\n", {}, ""},
        {"no path", "0:\n\n::\nx", {}, ""},
        {"nothing", "", {}, ""},
        {"the last line without its end", "0::/docker/" + a, {a}, ""},
        {"a pod that is none", "0::/kubepods/podium/" + a, {a}, ""},
        {"a UID in the wrong form", "0::/kubepods/pod7c3cd63a770d-5463-7898-09a10ab23eef0/" + a, {a}, ""},
    };
    for (const Case& each : cases) {
        const CgroupPlace place = read_cgroup(each.text);
        EXPECT_EQ(place.ids, each.ids) << each.what;
        EXPECT_EQ(place.pod_uid, each.pod_uid) << each.what;
    }
}

TEST(Cgroup, KnowsIdsThatRuntimesTellOf) {
    const ContainerIds known{"web", "my-web"};
    const auto ids = [&known](const std::string& path) {
        return read_cgroup("0::" + path + "\n", known).ids;
    };
    EXPECT_EQ(ids("/web"), Ids{"web"});
    EXPECT_EQ(ids("/user.slice/web/deeper"), Ids{"web"});
    EXPECT_EQ(ids("/system.slice/runc-web.scope"), Ids{"web"});
    EXPECT_EQ(ids("/system.slice/crun-my-web.scope"), Ids{"my-web"});
    EXPECT_EQ(ids("/system.slice/web.service"), Ids{});
    EXPECT_EQ(ids("/webs"), Ids{});
    EXPECT_EQ(read_cgroup("0::/web\n").ids, Ids{});
}

}  // namespace
}  // namespace scgen
