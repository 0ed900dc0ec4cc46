import ClusterCore
import KubeAPI
import KubeAPIServer
import KubeClient
import Testing

@Suite struct DeletionTests {
    private func boundPod(_ test: TestServer, _ name: String = "web", grace: Int? = 30) throws -> Pod {
        var pod = TestServer.pod(name)
        pod.spec.terminationGracePeriodSeconds = grace
        let created = try test.client.create(pod)
        try test.client.bind(pod: created.key, uid: created.uid, to: "node-1")
        return try #require(test.client.get(Pod.self, created.key))
    }

    private func verbs(_ test: TestServer, after revision: Revision) -> [String] {
        var verbs: [String] = []
        test.server.store.forEachChange(after: revision) {
            verbs.append($0.verb.rawValue); return true
        }
        return verbs
    }

    @Test func anUnboundPodGoesAtOnce() throws {
        let test = try TestServer()
        let pod = try test.client.create(TestServer.pod("web"))
        let revision = test.client.revision
        #expect(try test.client.delete(pod.key) == nil)
        #expect(test.client.object(pod.key) == nil)
        // As upstream: marked with no grace first, then removed.
        #expect(verbs(test, after: revision) == ["update", "delete"])
    }

    @Test func aBoundPodGetsItsGracePeriod() throws {
        let test = try TestServer()
        let pod = try boundPod(test)
        let now = test.loop.now.time.seconds
        let deleting = try #require(try test.client.delete(pod.key)?.as(Pod.self))
        #expect(deleting.metadata.deletionTimestamp == Time(seconds: now + 30))
        #expect(deleting.metadata.deletionGracePeriodSeconds == 30)
        #expect(deleting.metadata.generation == 2)
        // A longer period changes nothing, a shorter one does.
        let revision = test.client.revision
        _ = try test.client.delete(pod.key, DeleteOptions(gracePeriodSeconds: 60))
        #expect(test.client.revision == revision)
        let hurried = try #require(try test.client.delete(pod.key, DeleteOptions(gracePeriodSeconds: 5))?.as(Pod.self))
        #expect(hurried.metadata.deletionTimestamp == Time(seconds: now + 5))
        #expect(hurried.metadata.deletionGracePeriodSeconds == 5)
        #expect(hurried.metadata.generation == 2)
        #expect(try test.client.delete(pod.key, DeleteOptions(gracePeriodSeconds: 0)) == nil)
        #expect(test.client.object(pod.key) == nil)
    }

    @Test(arguments: ["Succeeded", "Failed"]) func aFinishedPodGoesAtOnce(phase: String) throws {
        let test = try TestServer()
        let pod = try boundPod(test)
        try test.client.mutate(Pod.self, pod.key, .status) { $0.status.phase = phase }
        #expect(try test.client.delete(pod.key) == nil)
        #expect(test.client.object(pod.key) == nil)
    }

    @Test func finalizersHoldAnObjectUntilTheyAreGone() throws {
        let test = try TestServer()
        var map = ConfigMap(name: "settings", namespace: "default")
        map.metadata.finalizers = ["example.com/one", "example.com/two"]
        let key = try test.client.create(map).key
        let deleting = try #require(try test.client.delete(key)?.as(ConfigMap.self))
        #expect(deleting.metadata.deletionTimestamp == test.loop.now.time)
        #expect(deleting.metadata.deletionGracePeriodSeconds == 0)
        // Asked for again, it is no news.
        let asked = test.client.revision
        #expect(try test.client.delete(key) != nil)
        #expect(test.client.revision == asked)
        try test.client.mutate(ConfigMap.self, key) { $0.metadata.finalizers.removeFirst() }
        #expect(test.client.object(key) != nil)
        let revision = test.client.revision
        try test.client.mutate(ConfigMap.self, key) { $0.metadata.finalizers = [] }
        #expect(test.client.object(key) == nil)
        #expect(verbs(test, after: revision) == ["delete"])
    }

    @Test func aPodWithFinalizersOutlivesItsGracePeriod() throws {
        let test = try TestServer()
        let pod = try boundPod(test)
        try test.client.mutate(Pod.self, pod.key) { $0.metadata.finalizers = ["example.com/one"] }
        _ = try test.client.delete(pod.key)
        let left = try #require(try test.client.delete(pod.key, DeleteOptions(gracePeriodSeconds: 0))?.as(Pod.self))
        #expect(left.metadata.deletionGracePeriodSeconds == 0)
        try test.client.mutate(Pod.self, pod.key) { $0.metadata.finalizers = [] }
        #expect(test.client.object(pod.key) == nil)
    }

    @Test(arguments: [("Foreground", ["foregroundDeletion"]), ("Orphan", ["orphan"]), ("Background", [])])
    func propagationBecomesAFinalizer(policy: String, finalizers: [String]) throws {
        let test = try TestServer()
        let key = try test.client.create(ConfigMap(name: "settings", namespace: "default")).key
        var options = DeleteOptions()
        options.propagationPolicy = policy
        let left = try test.client.delete(key, options)
        #expect(left?.metadata.finalizers ?? [] == finalizers)
        #expect((left == nil) == finalizers.isEmpty)
    }

    @Test func preconditionsMustHold() throws {
        let test = try TestServer()
        let map = try test.client.create(ConfigMap(name: "settings", namespace: "default"))
        let error = TestServer.failure { () throws(StatusError) in
            _ = try test.client.delete(map.key, DeleteOptions(uid: "another"))
        }
        #expect(error?.code == 409)
        #expect(
            error?.message == "Operation cannot be fulfilled on ConfigMap \"settings\": the UID in the precondition "
                + "(another) does not match the UID in record (\(map.uid)). The object might have been deleted and then "
                + "recreated")
        var options = DeleteOptions()
        var preconditions = Preconditions()
        preconditions.resourceVersion = "1"
        options.preconditions = preconditions
        let stale = TestServer.failure { () throws(StatusError) in _ = try test.client.delete(map.key, options) }
        #expect(stale?.isConflict == true)
        #expect(try test.client.delete(map.key, DeleteOptions(uid: map.uid)) == nil)
    }

    @Test func theClustersOwnPriorityClassesStay() throws {
        let test = try TestServer()
        var own = PriorityClass(name: "system-node-critical")
        own.value = 2_000_001_000
        var others = PriorityClass(name: "high")
        others.value = 1000
        let (key, other) = (try test.client.create(own).key, try test.client.create(others).key)
        let error = TestServer.failure { () throws(StatusError) in _ = try test.client.delete(key) }
        #expect(error?.code == 403)
        #expect(
            error?.message == "priorityclasses.scheduling.k8s.io \"system-node-critical\" is forbidden: this is a "
                + "system priority class and cannot be deleted")
        #expect(try test.client.delete(other) == nil)
        #expect(test.client.object(key) != nil)
    }

    @Test func deletingWhatIsNotThereSaysSo() throws {
        let test = try TestServer()
        let error = TestServer.failure { () throws(StatusError) in
            try test.client.delete(ObjectKey(.deployment, namespace: "default", name: "web"))
        }
        #expect(error?.message == "deployments.apps \"web\" not found")
    }

    @Test func aDryRunLeavesEverything() throws {
        let test = try TestServer()
        let map = try test.client.create(ConfigMap(name: "settings", namespace: "default"))
        let revision = test.client.revision
        var options = DeleteOptions()
        options.dryRun = ["All"]
        _ = try test.client.delete(map.key, options)
        var write = WriteOptions()
        write.isDryRun = true
        let other = try test.client.create(ConfigMap(name: "other", namespace: "default"), write)
        #expect(!other.uid.isEmpty)
        var changed = map
        changed.data["a"] = "b"
        #expect(try test.client.update(changed, nil, write).data["a"] == "b")
        #expect(test.client.revision == revision)
    }

    @Test func aNamespaceEndsByItsOwnFinalizers() throws {
        let test = try TestServer()
        var namespace = Namespace(name: "team")
        namespace.spec.finalizers = ["kubernetes"]
        let key = try test.client.create(namespace).key
        try test.client.create(ServiceAccount(name: "default", namespace: "team"))
        _ = try test.client.delete(key)
        let ending = try #require(test.client.get(Namespace.self, key))
        #expect(ending.status.phase == "Terminating")
        #expect(ending.metadata.deletionTimestamp != nil)
        let refused = TestServer.failure { () throws(StatusError) in
            try test.client.create(TestServer.pod("web", namespace: "team"))
        }
        #expect(
            refused?.message == "pods \"web\" is forbidden: unable to create new content in namespace team because it "
                + "is being terminated")
        #expect(refused?.hasCause("NamespaceTerminating") == true)
        var finalized = ending
        finalized.spec.finalizers = []
        try test.client.update(finalized, .finalize)
        #expect(test.client.object(key) == nil)
        let immortal = TestServer.failure { () throws(StatusError) in
            try test.client.delete(Namespace.self, name: "default")
        }
        #expect(immortal?.message == "namespaces \"default\" is forbidden: this namespace may not be deleted")
    }

    @Test func aCollectionGoesBySelector() throws {
        let test = try TestServer()
        for number in 0..<6 {
            var map = ConfigMap(name: "map-\(number)", namespace: "default")
            map.metadata.labels["even"] = number % 2 == 0 ? "yes" : "no"
            try test.client.create(map)
        }
        var list = ListOptions(namespace: "default")
        list.labels = Selector(["even": "yes"])
        let user = Requester(author: "tester", user: Requester.user(of: "tester"))
        let gone = try test.server.deleteCollection(.configMap, list, DeleteOptions(), Request(user))
        #expect(gone.map(\.name) == ["map-0", "map-2", "map-4"])
        #expect(test.client.list(ConfigMap.self, namespace: "default").map(\.name) == ["map-1", "map-3", "map-5"])
    }
}
