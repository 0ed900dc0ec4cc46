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
