import KubeAPI
import KubeAPIServer
import KubeClient
import KubeControllers
import Testing

@Suite struct StorageProtectionTests {
    private func cluster() throws -> ControllerCluster {
        let cluster = try ControllerCluster()
        let claims = PersistentVolumeClaimProtectionController(
            cluster.context(PersistentVolumeClaimProtectionController.component))
        let volumes = PersistentVolumeProtectionController(
            cluster.context(PersistentVolumeProtectionController.component))
        claims.start()
        volumes.start()
        cluster.keep(claims)
        cluster.keep(volumes)
        return cluster
    }

    private func claim() -> PersistentVolumeClaim {
        var claim = PersistentVolumeClaim(name: "data", namespace: "default")
        claim.spec.accessModes = ["ReadWriteOnce"]
        claim.spec.resources = VolumeResourceRequirements()
        claim.spec.resources?.requests["storage"] = "1Gi"
        return claim
    }

    @Test func aClaimGoesWhenNoPodUsesIt() throws {
        let cluster = try cluster()
        try cluster.user.create(claim())
        var volume = Volume()
        volume.name = "data"
        volume.persistentVolumeClaim = PersistentVolumeClaimVolumeSource()
        volume.persistentVolumeClaim?.claimName = "data"
        var container = Container()
        container.name = "main"
        container.image = "nginx:1.29"
        var pod = Pod(name: "web", namespace: "default")
        pod.spec.containers = [container]
        pod.spec.volumes = [volume]
        pod.spec.nodeName = "node-1"
        try cluster.user.create(pod)
        try cluster.user.delete(claim().key)
        cluster.settle()
        #expect(cluster.user.object(claim().key) != nil)
        _ = try cluster.user.delete(pod.key, DeleteOptions(gracePeriodSeconds: 0))
        cluster.settle()
        #expect(cluster.user.object(claim().key) == nil)
    }

    @Test func aClaimThatNobodyUsesGoesAtOnce() throws {
        let cluster = try cluster()
        try cluster.user.create(claim())
        try cluster.user.delete(claim().key)
        cluster.settle()
        #expect(cluster.user.object(claim().key) == nil)
    }

    @Test func aVolumeGoesWhenItIsNotBound() throws {
        let cluster = try cluster()
        var volume = PersistentVolume(name: "disk")
        volume.spec.capacity = ["storage": "1Gi"]
        volume.spec.accessModes = ["ReadWriteOnce"]
        volume.spec.hostPath = HostPathVolumeSource()
        volume.spec.hostPath?.path = "/disk"
        let stored = try cluster.user.create(volume)
        #expect(stored.metadata.finalizers == ["kubernetes.io/pv-protection"])
        try cluster.user.mutate(PersistentVolume.self, volume.key, .status) { $0.status.phase = "Bound" }
        try cluster.user.delete(volume.key)
        cluster.settle()
        #expect(cluster.user.object(volume.key) != nil)
        try cluster.user.mutate(PersistentVolume.self, volume.key, .status) { $0.status.phase = "Released" }
        cluster.settle()
        #expect(cluster.user.object(volume.key) == nil)
    }
}
