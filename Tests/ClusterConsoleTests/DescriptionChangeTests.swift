import ClusterConsole
import ClusterCore
import KubeAPI
import TerminalUI
import Testing

/// A description that stands open follows what it tells of other objects.
@Suite struct DescriptionChangeTests {
    @Test func aClaimNamesThePodsThatComeToUseIt() {
        var cluster = SampleCluster.small()
        var claim = PersistentVolumeClaim(name: "data", namespace: "default")
        claim.status.phase = "Bound"
        cluster.put(claim)
        let desk = Desk(cluster, size: Size(width: 100, height: 30))
        desk.press(":pvc<enter>d")
        #expect(desk.text.contains("Used By:       <none>"))
        desk.change { cluster in
            var pod = SampleCluster.pod("reader")
            var volume = Volume()
            volume.name = "data"
            volume.persistentVolumeClaim = PersistentVolumeClaimVolumeSource()
            volume.persistentVolumeClaim?.claimName = "data"
            pod.spec.volumes = [volume]
            cluster.put(pod)
        }
        #expect(desk.text.contains("Used By:       reader"))
    }

    @Test func aNamespaceShowsItsNewQuota() {
        let desk = Desk(size: Size(width: 100, height: 30))
        desk.press(":ns<enter>d")
        #expect(desk.text.contains("No resource quota."))
        desk.change { cluster in
            var quota = ResourceQuota(name: "small", namespace: "default")
            quota.status.hard["pods"] = Quantity("10")
            cluster.put(quota)
        }
        #expect(desk.text.contains("Resource Quotas") && desk.text.contains("small"))
    }

    /// Its node's events name the pod there and not the mirror; `kubectl describe` finds them too.
    @Test func aMirrorHasTheEventsOfItsStaticPod() {
        var cluster = SampleCluster.small()
        var mirror = SampleCluster.pod("a-static-pod")
        mirror.metadata.annotations[Pod.mirrorAnnotation] = "hash"
        cluster.put(mirror)
        let desk = Desk(cluster, size: Size(width: 100, height: 60))
        desk.press(":pods<enter>/a-static<enter>d")
        #expect(desk.text.contains("Events:") && desk.text.contains("<none>"))
        desk.change { cluster in
            var event = Event(name: "a-static-pod.1", namespace: "default")
            event.involvedObject = ObjectReference(to: mirror)
            event.involvedObject.uid = "hash"
            event.type = "Normal"
            event.reason = "Started"
            event.message = "Container started"
            cluster.put(event)
        }
        #expect(desk.text.contains("Container started"))
        desk.press("<esc>e")
        #expect(desk.text.contains("Container started"))
    }

    /// A text cannot steer the terminal.
    @Test func controlCharactersAreSpelt() throws {
        try expectDescription(
            of: """
                apiVersion: v1
                kind: ConfigMap
                metadata: {name: odd, namespace: default}
                data: {text: "a\\r\\nb\\e[31m"}
                """,
            """
            Name:         odd
            Namespace:    default
            Labels:       <none>
            Annotations:  <none>

            Data
            ====
            text:
            ----
            a\\r
            b^[[31m


            BinaryData
            ====

            Events:  <none>
            """)
    }
}
