import ClusterCore
import KubeAPI
import KubeAPIServer
import KubeClient
import Testing

@Suite struct AdmissionTests {
    private func replica(_ spec: PodSpec, owner: String = "owner-uid") -> Pod {
        var pod = Pod()
        pod.metadata.generateName = "web-"
        pod.metadata.namespace = "default"
        pod.spec = spec
        var reference = OwnerReference()
        reference.apiVersion = "apps/v1"
        reference.kind = "ReplicaSet"
        reference.name = "web"
        reference.uid = owner
        reference.controller = true
        pod.metadata.ownerReferences = [reference]
        return pod
    }

    @Test func replicasShareTheirSpecInMemory() throws {
        let test = try TestServer()
        let template = TestServer.pod("template").spec
        let first = try test.client.create(replica(template))
        let second = try test.client.create(replica(template))
        #expect(first.name != second.name)
        #expect(first.uid != second.uid)
        #expect(first.spec.isIdentical(to: second.spec))
        #expect(first.status.isIdentical(to: second.status))
        #expect(first.spec.volumes.count == 1)
        // Another box with the same content goes the long way, to the same content.
        var copy = template
        copy.hostname = "x"
        copy.hostname = nil
        let third = try test.client.create(replica(copy, owner: "another"))
        #expect(third.spec == first.spec)
    }

    @Test func boundReplicasOfANodeShareTheirSpecInMemory() throws {
        let test = try TestServer()
        let template = TestServer.pod("template").spec
        let pods = try (0..<4).map { _ in try test.client.create(replica(template)) }
        for (pod, node) in zip(pods, ["node-1", "node-2", "node-1", "node-2"]) {
            try test.client.bind(pod: pod.key, uid: pod.uid, to: node)
        }
        let bound = pods.compactMap { test.client.get(Pod.self, $0.key) }
        #expect(bound.map(\.spec.nodeName) == ["node-1", "node-2", "node-1", "node-2"])
        #expect(bound[0].spec.isIdentical(to: bound[2].spec) && bound[1].spec.isIdentical(to: bound[3].spec))
        #expect(!bound[0].spec.isIdentical(to: bound[1].spec))
        #expect(bound[0].status.isIdentical(to: bound[3].status))
        // A later moment is another status.
        let late = try test.client.create(replica(template))
        test.loop.run(until: test.loop.now + .seconds(5))
        try test.client.bind(pod: late.key, uid: late.uid, to: "node-1")
        let condition = try #require(test.client.get(Pod.self, late.key)?.status.conditions.first)
        #expect(condition.lastTransitionTime == test.loop.now.time)
        #expect(late.status.conditions.isEmpty)
    }

    @Test func whatReplicasShareFollowsTheServiceAccountAndThePriorityClasses() throws {
        let test = try TestServer()
        let template = TestServer.pod("template").spec
        let first = try test.client.create(replica(template))
        #expect(first.spec.imagePullSecrets.isEmpty)
        var secret = LocalObjectReference()
        secret.name = "registry"
        let account = ObjectKey(.serviceAccount, namespace: "default", name: "default")
        try test.client.mutate(ServiceAccount.self, account) { $0.imagePullSecrets = [secret] }
        #expect(try test.client.create(replica(template)).spec.imagePullSecrets == [secret])
        var standard = PriorityClass(name: "standard")
        standard.value = 17
        standard.globalDefault = true
        try test.client.create(standard)
        let third = try test.client.create(replica(template))
        #expect(third.spec.priority == 17)
        #expect(third.spec.priorityClassName == "standard")
        #expect(try test.client.create(replica(template)).spec.isIdentical(to: third.spec))
    }

    @Test func aPodNeedsItsServiceAccount() throws {
        let test = try TestServer()
        var pod = TestServer.pod("web")
        pod.spec.serviceAccountName = "builder"
        let error = TestServer.failure { () throws(StatusError) in try test.client.create(pod) }
        #expect(error?.code == 403)
        #expect(
            error?.message == "pods \"web\" is forbidden: error looking up service account default/builder: "
                + "serviceaccount \"builder\" not found")
    }

    @Test func tokensAreMountedUnlessDeclined() throws {
        let test = try TestServer()
        var declining = TestServer.pod("a")
        declining.spec.automountServiceAccountToken = false
        #expect(try test.client.create(declining).spec.volumes.isEmpty)
        let volumes = try test.client.create(TestServer.pod("b")).spec.volumes
        let sources = try #require(volumes.first?.projected?.sources)
        #expect(sources[0].serviceAccountToken?.expirationSeconds == 3607)
        #expect(sources[1].configMap?.name == "kube-root-ca.crt")
        #expect(sources[2].downwardAPI?.items.first?.path == "namespace")
        // The same template has the same suffix, another template another.
        let same = try test.client.create(TestServer.pod("c")).spec.volumes[0].name
        let other = try test.client.create(TestServer.pod("d", image: "redis:8")).spec.volumes[0].name
        #expect(same == volumes[0].name)
        #expect(other != same)
        #expect(same.count == "kube-api-access-".count + 5)
    }

    @Test func priorityClassesAreResolved() throws {
        let test = try TestServer()
        var high = PriorityClass(name: "high")
        high.value = 1000
        high.preemptionPolicy = "Never"
        try test.client.create(high)
        var pod = TestServer.pod("a")
        pod.spec.priorityClassName = "high"
        let stored = try test.client.create(pod)
        #expect(stored.spec.priority == 1000 && stored.spec.preemptionPolicy == "Never")
        var lying = TestServer.pod("b")
        lying.spec.priority = 5
        #expect(
            TestServer.failure { () throws(StatusError) in try test.client.create(lying) }?.message
                == "pods \"b\" is forbidden: the integer value of priority (5) must not be provided in pod spec; priority "
                + "admission controller computed 0 from the given PriorityClass name")
        var unknown = TestServer.pod("c")
        unknown.spec.priorityClassName = "low"
        #expect(
            TestServer.failure { () throws(StatusError) in try test.client.create(unknown) }?.message
                == "pods \"c\" is forbidden: no PriorityClass with name low was found")
        var first = PriorityClass(name: "first")
        first.globalDefault = true
        var second = PriorityClass(name: "second")
        second.globalDefault = true
        try test.client.create(first)
        #expect(
            TestServer.failure { () throws(StatusError) in try test.client.create(second) }?.message
                == "priorityclasses.scheduling.k8s.io \"second\" is forbidden: PriorityClass first is already marked as "
                + "default. Only one default can exist")
    }

    /// Who replaces a pod with his own file need not know what admission made of it.
    @Test func anUpdateThatLeavesThePriorityOutKeepsIt() throws {
        let test = try TestServer()
        var high = PriorityClass(name: "high")
        high.value = 1000
        high.preemptionPolicy = "Never"
        try test.client.create(high)
        var pod = TestServer.pod("a")
        pod.spec.priorityClassName = "high"
        var own = try test.client.create(pod)
        own.spec.priority = nil
        own.spec.preemptionPolicy = nil
        own.spec.tolerations = []
        own.metadata.labels["a"] = "b"
        let stored = try test.client.update(own)
        #expect(stored.labels == ["a": "b"])
        #expect(stored.spec.priority == 1000 && stored.spec.preemptionPolicy == "Never")
        own = stored
        own.spec.priority = 5
        #expect(
            TestServer.failure { () throws(StatusError) in try test.client.update(own) }?.message
                .contains("pod updates may not change fields other than") == true)
    }

    @Test func tolerationsOfTheAuthorStand() throws {
        let test = try TestServer()
        var pod = TestServer.pod("a")
        var toleration = Toleration()
        toleration.key = "node.kubernetes.io/not-ready"
        toleration.operator = "Exists"
        toleration.effect = "NoExecute"
        toleration.tolerationSeconds = 7
        pod.spec.tolerations = [toleration]
        let stored = try test.client.create(pod).spec.tolerations
        #expect(stored.map(\.key) == ["node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"])
        #expect(stored.map(\.tolerationSeconds) == [7, 300])
        var everything = Toleration()
        everything.operator = "Exists"
        var other = TestServer.pod("b")
        other.spec.tolerations = [everything]
        #expect(try test.client.create(other).spec.tolerations == [everything])
    }

    @Test func objectsNeedTheirNamespace() throws {
        let test = try TestServer()
        let error = TestServer.failure { () throws(StatusError) in
            try test.client.create(ConfigMap(name: "a", namespace: "nowhere"))
        }
        #expect(error?.message == "namespaces \"nowhere\" not found")
        #expect(error?.code == 404)
    }

    @Test func whatNothingActsOnIsSaidAloud() throws {
        let test = try TestServer()
        var options = WriteOptions()
        let warnings = Warnings()
        options.warnings = warnings
        var claim = PersistentVolumeClaim(name: "data", namespace: "default")
        claim.spec.accessModes = ["ReadWriteOnce"]
        var resources = VolumeResourceRequirements()
        resources.requests["storage"] = "1Gi"
        claim.spec.resources = resources
        try test.client.create(claim, options)
        let text =
            "Drydock has no controller for PersistentVolumeClaims yet: this object is stored and nothing acts on it"
        #expect(warnings.texts.contains(text))
        let events = test.client.list(Event.self, namespace: "default")
        #expect(events.map(\.message) == [text])
        #expect(events.first?.involvedObject.name == "data")
    }

    /// Of what a client changes as of what it creates; of what it leaves as it was, or of other things, not again.
    @Test func whatNothingActsOnIsSaidOfChanges() throws {
        let test = try TestServer()
        var options = WriteOptions()
        let warnings = Warnings()
        options.warnings = warnings
        var deployment = Deployment(name: "web", namespace: "default")
        var selector = LabelSelector()
        selector.matchLabels = ["app": "web"]
        deployment.spec.selector = selector
        deployment.spec.template.metadata.labels = ["app": "web"]
        deployment.spec.template.spec = TestServer.pod("template").spec
        deployment = try test.client.create(deployment, options)
        #expect(warnings.texts.isEmpty)
        deployment.spec.template.spec.hostIPC = true
        deployment = try test.client.update(deployment, nil, options)
        let text = "Drydock does not act on spec.template.spec.hostIPC yet: stored, without effect"
        #expect(warnings.texts == [text])
        deployment.spec.replicas = 3
        deployment = try test.client.update(deployment, nil, options)
        deployment.metadata.labels["a"] = "b"
        _ = try test.client.update(deployment, nil, options)
        #expect(warnings.texts == [text])
        #expect(test.client.list(Event.self, namespace: "default").map(\.message) == [text])

        var set = StatefulSet(name: "db", namespace: "default")
        selector.matchLabels = ["app": "db"]
        set.spec.selector = selector
        set.spec.template.metadata.labels = ["app": "db"]
        set.spec.template.spec = TestServer.pod("template").spec
        set = try test.client.create(set, WriteOptions())
        set.spec.replicas = 3
        _ = try test.client.update(set, nil, options)
        #expect(warnings.texts.count == 2 && warnings.texts[1].hasPrefix("Drydock has no controller for StatefulSets"))
    }

    /// Services and claims count no generations.
    @Test func whatNothingActsOnIsSaidOfKindsWithoutGenerations() throws {
        let test = try TestServer()
        var options = WriteOptions()
        let warnings = Warnings()
        options.warnings = warnings
        var service = Service(name: "web", namespace: "default")
        var port = ServicePort()
        port.port = 80
        service.spec.ports = [port]
        service.spec.selector = ["app": "web"]
        service = try test.client.create(service, options)
        #expect(warnings.texts.isEmpty)
        service.spec.type = "LoadBalancer"
        service = try test.client.update(service, nil, options)
        let text =
            "Drydock has no load balancers yet: the service gets an external address only if somebody else writes one "
            + "into its status"
        #expect(service.metadata.generation == nil)
        #expect(warnings.texts == [text])
        service.metadata.labels["a"] = "b"
        service = try test.client.update(service, nil, options)
        service.spec.sessionAffinity = "ClientIP"
        _ = try test.client.update(service, nil, options)
        #expect(warnings.texts == [text])
        #expect(test.client.list(Event.self, namespace: "default").map(\.message) == [text])
    }
}
