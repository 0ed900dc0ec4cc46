import ClusterConsole
import KubeAPI
import KubeClient
import KubeCluster
import Testing

/// What kubectl tells of pods that few have: volumes of plugins that are gone, and resources of the pod as a whole.
@Suite struct PluginVolumeDescriptionTests {
    private func describe(_ change: (inout Pod) -> Void) -> String {
        var cluster = SampleCluster()
        var pod = SampleCluster.pod("web")
        change(&pod)
        cluster.put(pod)
        let snapshot = cluster.snapshot
        guard let object = snapshot.objects.object(ObjectKey(.pod, namespace: "default", name: "web")) else {
            return ""
        }
        return ObjectDescriber.lines(object, snapshot).joined(separator: "\n")
    }

    @Test func volumesOfPluginsThatAreGoneAreNamed() {
        let text = describe { pod in
            var cinder = CinderVolumeSource()
            cinder.volumeID = "disk-1"
            var secret = LocalObjectReference()
            secret.name = "keys"
            cinder.secretRef = secret
            var flex = FlexVolumeSource()
            flex.driver = "example.com/disk"
            flex.options = ["size": "1", "zone": "b"]
            var disk = Volume()
            disk.name = "disk"
            disk.cinder = cinder
            var other = Volume()
            other.name = "other"
            other.flexVolume = flex
            pod.spec.volumes = [disk, other]
        }
        for line in [
            "  disk:\n    Type:       Cinder (a Persistent Disk resource in OpenStack)\n    VolumeID:   disk-1\n",
            "    SecretRef:  &LocalObjectReference{Name:keys,}\n",
            "    Type:        FlexVolume (a generic volume resource that is provisioned/attached using an exec based "
                + "plugin)\n    Driver:      example.com/disk\n",
            "    SecretRef:   nil\n", "    Options:     map[size:1 zone:b]\n",
        ] { #expect(text.contains(line), "\(text)") }
        #expect(!text.contains("<unknown>"))
    }

    @Test func resourcesOfThePodStandBeforeItsContainers() {
        let text = describe { pod in
            var resources = ResourceRequirements()
            resources.limits["cpu"] = Quantity("2")
            resources.requests["memory"] = Quantity("1Gi")
            pod.spec.resources = resources
        }
        let words = text.split { " \n".contains($0) }.joined(separator: " ")
        #expect(words.contains("Resources: Limits: cpu: 2 Requests: memory: 1Gi Containers:"), "\(text)")
    }
}
