import KubeAPI
import KubeAPIServer
import KubeClient
import Testing

@Suite struct LimitRangerTests {
    private func server(_ change: (inout LimitRangeItem) -> Void, type: String = "Container") throws -> SecureServer {
        let test = try SecureServer()
        var item = LimitRangeItem()
        item.type = type
        change(&item)
        var range = LimitRange(name: "limits", namespace: "default")
        range.spec.limits = [item]
        try test.client.create(range)
        return test
    }

    private func pod(_ requests: StringMap<Quantity>, _ limits: StringMap<Quantity> = [:]) -> Pod {
        var pod = TestServer.pod("p")
        pod.spec.containers[0].resources = ResourceRequirements()
        pod.spec.containers[0].resources?.requests = requests
        pod.spec.containers[0].resources?.limits = limits
        return pod
    }

    @Test func containersGetDefaults() throws {
        let test = try server {
            $0.default = ["cpu": "500m", "memory": "256Mi"]
            $0.defaultRequest = ["cpu": "100m", "memory": "64Mi"]
        }
        var given = pod(["cpu": "200m"])
        var setup = given.spec.containers[0]
        setup.name = "setup"
        setup.resources = nil
        given.spec.initContainers = [setup]
        let stored = try test.client.create(given)
        let resources = try #require(stored.spec.containers[0].resources)
        #expect(resources.requests == ["cpu": "200m", "memory": "64Mi"])
        #expect(resources.limits == ["cpu": "500m", "memory": "256Mi"])
        #expect(stored.spec.initContainers[0].resources?.requests == ["cpu": "100m", "memory": "64Mi"])
        #expect(
            stored.annotations["kubernetes.io/limit-ranger"]
                == "LimitRanger plugin set: memory request for container main; cpu, memory limit for container main; "
                + "cpu, memory request for init container setup; cpu, memory limit for init container setup")
    }

    @Test func replicasGetThemToo() throws {
        let test = try server { $0.defaultRequest = ["cpu": "100m"] }
        var owner = OwnerReference()
        owner.apiVersion = "apps/v1"
        owner.kind = "ReplicaSet"
        owner.name = "web"
        owner.uid = "uid"
        owner.controller = true
        var replica = TestServer.pod("")
        replica.metadata.name = nil
        replica.metadata.generateName = "web-"
        replica.metadata.ownerReferences = [owner]
        let first = try test.client.create(replica)
        let second = try test.client.create(replica)
        #expect(first.spec.isIdentical(to: second.spec))
        #expect(second.annotations["kubernetes.io/limit-ranger"] == first.annotations["kubernetes.io/limit-ranger"])
        #expect(second.annotations.count == 1)
        // Another range, another outcome.
        try test.client.mutate(LimitRange.self, ObjectKey(.limitRange, namespace: "default", name: "limits")) {
            $0.spec.limits[0].defaultRequest = ["cpu": "300m"]
        }
        #expect(try test.client.create(replica).spec.containers[0].resources?.requests == ["cpu": "300m"])
    }

    @Test func boundsAreKeptWithUpstreamsWords() throws {
        let test = try server {
            $0.min = ["cpu": "100m"]
            $0.max = ["cpu": "1"]
            $0.maxLimitRequestRatio = ["cpu": "4"]
        }
        func refusal(_ requests: StringMap<Quantity>, _ limits: StringMap<Quantity>) -> String? {
            let message = TestServer.failure { () throws(StatusError) in
                try test.client.create(pod(requests, limits))
            }?.message
            return message?.replacing("pods \"p\" is forbidden: ", with: "")
        }
        #expect(
            refusal(["cpu": "50m"], ["cpu": "2"])
                == "[minimum cpu usage per Container is 100m, but request is 50m, maximum cpu usage per Container is 1, but "
                + "limit is 2, cpu max limit to request ratio per Container is 4, but provided ratio is 40.000000]")
        #expect(
            refusal(["cpu": "200m"], ["cpu": "900m"])
                == "cpu max limit to request ratio per Container is 4, but provided ratio is 4.500000")
        #expect(refusal(["cpu": "250m"], ["cpu": "1"]) == nil)
    }

    @Test func podsAndClaimsHaveBounds() throws {
        let test = try server({ $0.max = ["memory": "1Gi"] }, type: "Pod")
        var two = pod(["memory": "600Mi"], ["memory": "600Mi"])
        var second = two.spec.containers[0]
        second.name = "second"
        two.spec.containers.append(second)
        #expect(
            TestServer.failure { () throws(StatusError) in try test.client.create(two) }?.message
                == "pods \"p\" is forbidden: maximum memory usage per Pod is 1Gi, but limit is 1200Mi")
        #expect(
            TestServer.failure { () throws(StatusError) in try test.client.create(TestServer.pod("p")) }?.message
                == "pods \"p\" is forbidden: maximum memory usage per Pod is 1Gi.  No limit is specified")
        let claims = try server(
            {
                $0.min = ["storage": "1Gi"]; $0.max = ["storage": "2Gi"]
            }, type: "PersistentVolumeClaim")
        var claim = PersistentVolumeClaim(name: "data", namespace: "default")
        claim.spec.accessModes = ["ReadWriteOnce"]
        claim.spec.resources = VolumeResourceRequirements()
        claim.spec.resources?.requests["storage"] = "3Gi"
        #expect(
            TestServer.failure { () throws(StatusError) in try claims.client.create(claim) }?.message
                == "persistentvolumeclaims \"data\" is forbidden: maximum storage usage per PersistentVolumeClaim is 2Gi, "
                + "but request is 3Gi")
    }
}
