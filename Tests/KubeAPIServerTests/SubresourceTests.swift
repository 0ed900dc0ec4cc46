import ClusterCore
import KubeAPI
import KubeAPIServer
import KubeClient
import TestSupport
import Testing

/// Parts of objects that are written apart.
@Suite struct SubresourceTests {
    private let test: TestServer

    init() throws { test = try TestServer() }

    private func causes(_ body: () throws(StatusError) -> Void) -> [String] {
        guard let error = TestServer.failure(body) else { return [] }
        if error.causes.isEmpty { return [error.message] }
        return error.causes.map { "\($0.field ?? ""): \($0.message?.split(separator: "\n").first ?? "")" }
    }

    // MARK: pods/resize

    private func pod(_ name: String = "web", cpu: Quantity = "100m", limit: Quantity? = nil) throws -> Pod {
        var pod = TestServer.pod(name)
        var resources = ResourceRequirements()
        resources.requests = ["cpu": cpu, "memory": "64Mi"]
        if let limit { resources.limits = ["cpu": limit] }
        pod.spec.containers[0].resources = resources
        return try test.client.create(pod)
    }

    private func resize(_ pod: Pod, _ change: (inout Pod) -> Void) throws(StatusError) {
        var resized = pod
        change(&resized)
        try test.client.update(resized, .resize)
    }

    @Test func aResizeChangesResourcesAndNothingElse() throws {
        let pod = try pod()
        try resize(pod) { pod in
            pod.spec.containers[0].resources?.requests["cpu"] = "250m"
            pod.spec.containers[0].image = "other:1"
            pod.spec.nodeName = "node-9"
            pod.metadata.labels["new"] = "label"
        }
        let after = try #require(test.client.get(Pod.self, pod.key))
        #expect(after.spec.containers[0].resources?.requests["cpu"] == "250m")
        #expect(after.spec.containers[0].image == "nginx:1.29" && after.spec.nodeName == nil && after.labels.isEmpty)
        #expect(after.metadata.generation == 2)
        // By way of the pod itself, resources stay as they are.
        let errors = causes { () throws(StatusError) in
            try test.client.mutate(Pod.self, pod.key) { $0.spec.containers[0].resources?.requests["cpu"] = "1" }
        }
        #expect(errors.first?.hasPrefix("spec: Forbidden: pod updates may not change fields other than ") == true)
    }

    @Test func aResizeByPatch() throws {
        let pod = try pod()
        let patch = #"{"spec":{"containers":[{"name":"main","resources":{"requests":{"cpu":"300m"}}}]}}"#
        _ = try test.client.patch(pod.key, Array(patch.utf8), type: .strategicMerge, .resize, WriteOptions())
        let after = test.client.get(Pod.self, pod.key)
        #expect(after?.spec.containers[0].resources?.requests == ["cpu": "300m", "memory": "64Mi"])
    }

    @Test func whatAResizeMayNotDo() throws {
        let pod = try pod(limit: "200m")
        #expect(
            causes { () throws(StatusError) in
                try resize(pod) { $0.spec.containers[0].resources = ResourceRequirements() }
            } == [
                "spec: Invalid value: \"Burstable\": Pod QOS Class may not change as a result of resizing",
                "spec.containers[0].resources.requests: Forbidden: resource requests cannot be removed",
                "spec.containers[0].resources.limits: Forbidden: resource limits cannot be removed",
            ])
        #expect(
            causes { () throws(StatusError) in
                try resize(pod) { $0.spec.containers[0].resources?.requests["ephemeral-storage"] = "1Gi" }
            } == ["spec: Forbidden: only cpu and memory resources are mutable"])
        #expect(
            causes { () throws(StatusError) in try resize(pod) { $0.spec.containers[0].name = "other" } }
                == ["spec.containers[0].name: Forbidden: containers may not be renamed or reordered on resize"])
        #expect(
            causes { () throws(StatusError) in
                try resize(pod) { $0.spec.containers.append($0.spec.containers[0]) }
            }.contains("spec.containers: Forbidden: containers may not be added or removed on resize"))
        #expect(
            causes { () throws(StatusError) in
                try resize(pod) { $0.spec.containers[0].resources?.requests["cpu"] = "300m" }
            } == [
                "spec.containers[0].resources.requests: Invalid value: \"300m\": must be less than or equal to cpu "
                    + "limit of 200m"
            ])
    }

    // MARK: pods/ephemeralcontainers

    @Test func debuggersAreAddedAndStay() throws {
        let pod = try pod()
        let add = { (name: String, image: String) in
            Array(#"{"spec":{"ephemeralContainers":[{"name":"\#(name)","image":"\#(image)"}]}}"#.utf8)
        }
        _ = try test.client.patch(
            pod.key, add("debugger", "busybox"), type: .strategicMerge, .ephemeralcontainers, WriteOptions())
        let after = try #require(test.client.get(Pod.self, pod.key))
        #expect(after.spec.ephemeralContainers.map(\.name) == ["debugger"])
        #expect(after.spec.ephemeralContainers[0].imagePullPolicy == "Always")
        #expect(after.metadata.generation == 2)
        #expect(
            causes { () throws(StatusError) in
                _ = try test.client.patch(
                    pod.key, add("debugger", "alpine"), type: .strategicMerge, .ephemeralcontainers, WriteOptions())
            } == [
                "spec.ephemeralContainers: Forbidden: existing ephemeral containers \"debugger\" may not be changed"
            ])
        var emptied = after
        emptied.spec.ephemeralContainers = []
        emptied.spec.nodeName = "node-1"
        #expect(
            causes { () throws(StatusError) in try test.client.update(emptied, .ephemeralcontainers) } == [
                "spec.ephemeralContainers: Forbidden: existing ephemeral containers \"debugger\" may not be removed"
            ])
    }

    // MARK: certificatesigningrequests

    private func signingRequest(_ name: String = "alice") -> CertificateSigningRequest {
        var request = CertificateSigningRequest(name: name)
        request.spec.request = Base64Data(Array(CertificateSamples.mallory.utf8))
        request.spec.signerName = "example.com/own"
        request.spec.usages = ["client auth"]
        request.spec.username = "somebody else"
        return request
    }

    private func condition(_ type: String, _ status: String = "True") -> CertificateSigningRequestCondition {
        var condition = CertificateSigningRequestCondition()
        condition.type = type
        condition.status = status
        return condition
    }

    @Test func approvalIsApart() throws {
        var request = try test.client.create(signingRequest())
        #expect(request.spec.username == "kubernetes-admin")
        #expect(request.spec.groups == ["kubeadm:cluster-admins", "system:authenticated"])
        request.status.conditions = [condition("Approved")]
        request.status.certificate = Base64Data([1])
        // Neither the object nor its status takes an approval.
        request = try test.client.update(request)
        #expect(request.status.conditions.isEmpty && request.status.certificate == nil)
        request.status.conditions = [condition("Approved")]
        request = try test.client.update(request, .status)
        #expect(request.status.conditions.isEmpty)
        request.status.conditions = [condition("Approved")]
        request = try test.client.update(request, .approval)
        #expect(request.status.conditions.map(\.type) == ["Approved"])
        #expect(request.status.conditions[0].lastUpdateTime == test.loop.now.time)
        #expect(request.status.conditions[0].lastTransitionTime == test.loop.now.time)
        request.status.certificate = Base64Data([1, 2])
        request = try test.client.update(request, .status)
        #expect(request.status.certificate?.bytes == [1, 2] && request.status.conditions.count == 1)
        var again = request
        again.status.certificate = Base64Data([3])
        #expect(
            causes { () throws(StatusError) in try test.client.update(again, .status) }
                == ["status.certificate: Forbidden: updates may not modify existing certificate content"])
        again = request
        again.status.conditions = []
        #expect(
            causes { () throws(StatusError) in try test.client.update(again, .approval) }
                == ["status.conditions: Forbidden: updates may not remove a condition of type \"Approved\""])
        again.status.conditions = request.status.conditions + [condition("Denied")]
        #expect(
            causes { () throws(StatusError) in try test.client.update(again, .approval) } == [
                "status.conditions[1].type: Invalid value: \"Denied\": Approved and Denied conditions are "
                    + "mutually exclusive"
            ])
        again.status.conditions = [condition("Approved", "False")]
        #expect(
            causes { () throws(StatusError) in try test.client.update(again, .approval) }
                == ["status.conditions[0].status: Unsupported value: \"False\": supported values: \"True\""])
    }

    @Test func requestsThatAreNone() {
        var request = signingRequest()
        request.spec.request = Base64Data([1])
        request.spec.usages = ["client auth", "client auth", "juggling"]
        request.spec.signerName = "nobody"
        request.spec.expirationSeconds = 60
        let found = causes { () throws(StatusError) in try test.client.create(request) }
        #expect(found[0] == "spec.request: Invalid value: \"AQ==\": PEM block type must be CERTIFICATE REQUEST")
        #expect(found[1].hasPrefix("spec.usages[2]: Unsupported value: \"juggling\": supported values: \"any\", "))
        #expect(found[2] == "spec.usages[1]: Duplicate value: \"client auth\"")
        #expect(found[3].hasPrefix("spec.signerName: Invalid value: \"nobody\": must be a fully qualified domain"))
        #expect(found[4].hasPrefix("spec.expirationSeconds: Invalid value: 60: may not specify a duration less than"))
    }

    // MARK: namespaces/finalize

    @Test func finalizersOfNamespaces() throws {
        var namespace = try #require(test.client.get(Namespace.self, name: "default"))
        namespace.spec.finalizers.append("example.com/own")
        namespace.metadata.labels["other"] = "change"
        let after = try test.client.update(namespace, .finalize)
        #expect(after.spec.finalizers == ["kubernetes", "example.com/own"])
        namespace = after
        namespace.spec.finalizers = ["own"]
        #expect(
            causes { () throws(StatusError) in try test.client.update(namespace, .finalize) } == [
                "spec.finalizers[0]: Invalid value: \"own\": name is neither a standard finalizer name nor is it fully "
                    + "qualified"
            ])
    }

    // MARK: scale

    @Test(arguments: [ResourceKind.deployment, .replicaSet, .statefulSet, .replicationController])
    func everyWorkloadWithReplicasHasAScale(_ kind: ResourceKind) throws {
        let selector = kind == .replicationController ? #"{"app":"web"}"# : #"{"matchLabels":{"app":"web"}}"#
        let text = #"""
            {"metadata":{"name":"web","namespace":"default"},"spec":{"replicas":2,"selector":\#(selector),
            "template":{"metadata":{"labels":{"app":"web"}},"spec":{"containers":[{"name":"c","image":"i"}]}}}}
            """#
        let object = try ObjectDecoding.decode(Array(text.utf8), as: kind).object
        let created = try test.client.create(object, WriteOptions())
        let requester = Request(Requester(author: "tester", user: UserInfo()))
        var scale = try test.server.scale(of: created.key)
        #expect(scale.spec.replicas == 2 && scale.status.selector == "app=web")
        #expect(scale.metadata.resourceVersion == created.metadata.resourceVersion && scale.metadata.uid == created.uid)
        scale.spec.replicas = 5
        var dry = requester
        dry.options.isDryRun = true
        #expect(try test.server.setScale(scale, of: created.key, dry).spec.replicas == 5)
        #expect(try test.server.scale(of: created.key).spec.replicas == 2)
        #expect(try test.server.setScale(scale, of: created.key, requester).spec.replicas == 5)
        #expect(
            TestServer.failure { () throws(StatusError) in
                _ = try test.server.setScale(scale, of: created.key, requester)
            }?.isConflict == true)
        scale.metadata.resourceVersion = nil
        scale.spec.replicas = -1
        #expect(
            causes { () throws(StatusError) in _ = try test.server.setScale(scale, of: created.key, requester) }
                == ["spec.replicas: Invalid value: -1: must be greater than or equal to 0"])
    }

    @Test func whatIsNoPartOfAKind() throws {
        let map = try test.client.create(ConfigMap(name: "a", namespace: "default"))
        let error = TestServer.failure { () throws(StatusError) in try test.client.update(map, .resize) }
        #expect(error?.code == 405)
    }
}
