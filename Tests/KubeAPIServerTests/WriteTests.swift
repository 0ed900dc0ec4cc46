import ClusterCore
import KubeAPI
import KubeAPIServer
import KubeClient
import Testing

@Suite struct WriteTests {
    private func deployment(_ test: TestServer) throws -> Deployment {
        var deployment = Deployment(name: "web", namespace: "default")
        deployment.spec.replicas = 2
        deployment.spec.selector = LabelSelector(matchLabels: ["app": "web"])
        deployment.spec.template.metadata.labels = ["app": "web"]
        deployment.spec.template.spec = TestServer.pod("x").spec
        return try test.client.create(deployment)
    }

    private var request: Request { Request(Requester(author: "tester", user: Requester.user(of: "tester"))) }

    @Test func namesAreGeneratedFromTheSeed() throws {
        func names(seed: UInt64) throws -> [String] {
            let test = try TestServer(seed: seed)
            return try (0..<3).map { _ in
                var map = ConfigMap()
                map.metadata.namespace = "default"
                map.metadata.generateName = "map-"
                return try test.client.create(map).name
            }
        }
        let first = try names(seed: 1)
        #expect(first.allSatisfy { $0.hasPrefix("map-") && $0.count == 9 })
        #expect(Set(first).count == 3)
        #expect(try names(seed: 1) == first)
        #expect(try names(seed: 2) != first)
    }

    /// What has other bytes is another text, though Swift takes its characters for the same.
    @Test func otherBytesOfTheSameCharactersAreAChange() throws {
        let test = try TestServer()
        var map = ConfigMap(name: "a", namespace: "default")
        map.data = ["name": "caf\u{E9}"]
        map = try test.client.create(map)
        #expect(try test.client.update(map).metadata.resourceVersion == map.metadata.resourceVersion)
        var other = map
        other.data = ["name": "cafe\u{301}"]
        #expect(try test.client.update(other).metadata.resourceVersion != map.metadata.resourceVersion)
        let stored = try #require(test.client.get(ConfigMap.self, map.key)?.data["name"])
        #expect(Array(stored.utf8) == Array("cafe\u{301}".utf8))
    }

    @Test func longPrefixesLeaveRoomForChance() throws {
        let test = try TestServer()
        var map = ConfigMap()
        map.metadata.namespace = "default"
        map.metadata.generateName = String(repeating: "a", count: 80) + "-"
        #expect(try test.client.create(map).name.count == 63)
    }

    @Test func aNameIsTakenOnce() throws {
        let test = try TestServer()
        var map = ConfigMap(name: "a", namespace: "default")
        map.metadata.finalizers = ["example.com/x"]
        try test.client.create(map)
        let error = TestServer.failure { () throws(StatusError) in try test.client.create(map) }
        #expect(error?.message == "configmaps \"a\" already exists")
        try test.client.delete(map.key)
        let deleting = TestServer.failure { () throws(StatusError) in try test.client.create(map) }
        #expect(deleting?.message == "object is being deleted: configmaps \"a\" already exists")
        #expect(deleting?.isAlreadyExists == true)
    }

    /// Who owns an object twice owns it once; what is said of it differs between a whole object and a patch.
    @Test func ownersAreKeptOnce() throws {
        let test = try TestServer()
        func owner(_ name: String, uid: String) -> OwnerReference {
            var owner = OwnerReference()
            owner.apiVersion = "v1"
            owner.kind = "ConfigMap"
            owner.name = name
            owner.uid = uid
            return owner
        }
        func warnings(_ write: (Request) throws(StatusError) -> Void) throws(StatusError) -> [String] {
            var request = request
            let warnings = Warnings()
            request.options.warnings = warnings
            try write(request)
            return warnings.texts
        }
        func text(_ when: String) -> String {
            ".metadata.ownerReferences contains duplicate entries\(when); API server dedups owner references in 1.20+, and "
                + "may reject such requests as early as 1.24; please fix your requests; duplicate UID(s) observed: u-1"
        }
        let first = owner("a", uid: "u-1")
        var map = ConfigMap(name: "dependent", namespace: "default")
        map.metadata.ownerReferences = [first, first]
        let key = map.key
        func owners() -> [OwnerReference]? { test.client.object(key)?.metadata.ownerReferences }
        #expect(
            try warnings { (request) throws(StatusError) in _ = try test.server.create(map.boxed, request) }
                == [text("")])
        #expect(owners() == [first])
        #expect(
            try warnings { (request) throws(StatusError) in _ = try test.server.update(map.boxed, nil, request) }
                == [text("")])
        let patch = Array(
            """
            [{"op":"add","path":"/metadata/ownerReferences/-","value":\
            {"apiVersion":"v1","kind":"ConfigMap","name":"a","uid":"u-1"}}]
            """.utf8)
        #expect(
            try warnings { (request) throws(StatusError) in
                _ = try test.server.patch(key, patch, type: .json, nil, request)
            } == [text(" after mutating admission happens")])
        #expect(owners() == [first])
        // One owner in two ways, as upstream leaves it: nobody knows which is meant.
        map.metadata.ownerReferences = [first, owner("b", uid: "u-1"), owner("b", uid: "u-2")]
        #expect(
            try warnings { (request) throws(StatusError) in _ = try test.server.update(map.boxed, nil, request) }
                .isEmpty)
        #expect(owners() == map.metadata.ownerReferences)
    }

    /// Of a driver there is no first generation, only those that follow.
    @Test func driversAreCountedFromTheirFirstChangeOn() throws {
        let test = try TestServer()
        var driver = try test.client.create(CSIDriver(name: "d"))
        #expect(driver.metadata.generation == nil)
        driver.spec.podInfoOnMount = true
        driver = try test.client.update(driver)
        #expect(driver.metadata.generation == 1)
        driver.metadata.labels["a"] = "b"
        #expect(try test.client.update(driver).metadata.generation == 1)
    }

    @Test func whatElseIsANewGeneration() throws {
        let test = try TestServer()
        var slice = EndpointSlice(name: "s", namespace: "default")
        slice.addressType = "IPv4"
        slice = try test.client.create(slice)
        slice.metadata.annotations["a"] = "b"
        slice = try test.client.update(slice)
        #expect(slice.metadata.generation == 1)
        slice.metadata.labels["a"] = "b"
        slice = try test.client.update(slice)
        #expect(slice.metadata.generation == 2)
        var priorityClass = PriorityClass(name: "p")
        priorityClass.value = 1
        priorityClass = try test.client.create(priorityClass)
        priorityClass.description = "changed"
        priorityClass = try test.client.update(priorityClass)
        #expect(priorityClass.metadata.generation == 1)
    }

    @Test func specAndStatusAreWrittenApart() throws {
        let test = try TestServer()
        let stored = try deployment(test)
        #expect(stored.metadata.generation == 1)
        var both = stored
        both.spec.replicas = 5
        both.status.replicas = 9
        both = try test.client.update(both)
        #expect(both.spec.replicas == 5 && both.status.replicas == nil)
        #expect(both.metadata.generation == 2)
        both.spec.replicas = 7
        both.status.replicas = 9
        let status = try test.client.updateStatus(both)
        #expect(status.spec.replicas == 5 && status.status.replicas == 9)
        #expect(status.metadata.generation == 2)
        let labelled = try #require(
            try test.client.mutate(Deployment.self, stored.key) { $0.metadata.labels["a"] = "b" })
        #expect(labelled.metadata.generation == 2)
        #expect(labelled.status.replicas == 9)
        let annotated = try #require(
            try test.client.mutate(Deployment.self, stored.key) { $0.metadata.annotations["a"] = "b" })
        #expect(annotated.metadata.generation == 3)
    }

    @Test func anotherUIDIsAnotherObject() throws {
        let test = try TestServer()
        var map = try test.client.create(ConfigMap(name: "a", namespace: "default"))
        let found = map.uid
        map.metadata.uid = "other"
        let error = TestServer.failure { () throws(StatusError) in try test.client.update(map) }
        #expect(
            error?.message
                == "Operation cannot be fulfilled on configmaps \"a\": StorageError: invalid object, Code: 4, "
                + "Key: /registry/configmaps/default/a, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in "
                + "precondition: other, UID in object meta: \(found)")
    }

    @Test func whatTheSystemSetStaysWhenLeftOut() throws {
        let test = try TestServer()
        let stored = try test.client.create(ConfigMap(name: "a", namespace: "default"))
        var bare = ConfigMap(name: "a", namespace: "default")
        bare.data["x"] = "y"
        let updated = try test.client.update(bare)
        #expect(updated.uid == stored.uid)
        #expect(updated.metadata.creationTimestamp == stored.metadata.creationTimestamp)
    }

    @Test func otherTimesOfCreationAndDeletionArePassedOver() throws {
        let test = try TestServer()
        var map = ConfigMap(name: "a", namespace: "default")
        map.metadata.finalizers = ["example.com/keep"]
        let stored = try test.client.create(map)
        map.metadata.creationTimestamp = Time(seconds: 1)
        map.data["x"] = "y"
        let updated = try test.client.update(map)
        #expect(updated.data == ["x": "y"])
        #expect(updated.metadata.creationTimestamp == stored.metadata.creationTimestamp)
        map.metadata.deletionTimestamp = Time(seconds: 1)
        let error = TestServer.failure { () throws(StatusError) in try test.client.update(map) }
        #expect(error?.causes.map(\.field) == ["metadata.deletionTimestamp"])
        let deleting = try #require(try test.client.delete(map.key))
        #expect(try test.client.update(map).metadata.deletionTimestamp == deleting.metadata.deletionTimestamp)
    }

    @Test func scaleIsAViewOfReplicas() throws {
        let test = try TestServer()
        let stored = try deployment(test)
        var scale = try test.server.scale(of: stored.key)
        #expect(scale.spec.replicas == 2 && scale.status.selector == "app=web")
        scale.spec.replicas = 10
        let set = try test.server.setScale(scale, of: stored.key, request)
        #expect(set.spec.replicas == 10)
        #expect(test.client.get(Deployment.self, stored.key)?.spec.replicas == 10)
        #expect(
            TestServer.failure { () throws(StatusError) in
                _ = try test.server.setScale(scale, of: stored.key, request)
            }?.isConflict == true)
        scale.metadata.resourceVersion = nil
        scale.spec.replicas = -1
        #expect(
            TestServer.failure { () throws(StatusError) in
                _ = try test.server.setScale(scale, of: stored.key, request)
            }?.message
                == "Scale.autoscaling \"web\" is invalid: spec.replicas: Invalid value: -1: must be greater than or "
                + "equal to 0")
    }

    @Test func bindingTakesOverTheZoneOfTheNode() throws {
        let test = try TestServer()
        var node = Node(name: "node-1")
        node.metadata.labels = [
            "topology.kubernetes.io/zone": "zone-a", "topology.kubernetes.io/region": "r", "other": "x",
        ]
        try test.client.create(node)
        let pod = try test.client.create(TestServer.pod("web"))
        try test.client.bind(pod: pod.key, uid: "", to: "node-1")
        #expect(
            test.client.get(Pod.self, pod.key)?.labels
                == ["topology.kubernetes.io/region": "r", "topology.kubernetes.io/zone": "zone-a"])
        let gone = try test.client.create(TestServer.pod("db"))
        let error = TestServer.failure { () throws(StatusError) in
            try test.client.bind(pod: gone.key, uid: "other", to: "node-1")
        }
        #expect(error?.isConflict == true)
        var gated = TestServer.pod("gated")
        var gate = PodSchedulingGate()
        gate.name = "example.com/wait"
        gated.spec.schedulingGates = [gate]
        let waiting = try test.client.create(gated)
        #expect(
            TestServer.failure { () throws(StatusError) in
                try test.client.bind(pod: waiting.key, uid: waiting.uid, to: "node-1")
            }?.message == "Operation cannot be fulfilled on pods/binding \"gated\": pod gated has non-empty "
                + ".spec.schedulingGates")
    }

    @Test func evictionIsADeletion() throws {
        let test = try TestServer()
        let pod = try test.client.create(TestServer.pod("web"))
        try test.client.evict(pod.key)
        #expect(test.client.object(pod.key) == nil)
    }

    @Test func everyWriteKnowsItsAuthorAndItsCause() throws {
        let test = try TestServer()
        let controller = LocalClient(test.server, component: "deployment-controller")
        controller.cause = 3
        try controller.create(ConfigMap(name: "a", namespace: "default"))
        let change = test.server.store.history[test.server.store.revision]
        #expect(change.author == "deployment-controller" && change.cause == 3)
        #expect(change.time == test.loop.now)
    }
}
