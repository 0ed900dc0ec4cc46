import ClusterCore
import KubeAPI
import KubeAPIServer
import KubeClient
import TestSupport
import Testing

/// Storage, runtime classes, ingress classes and certificates.
@Suite struct OtherAdmissionTests {
    private func claim(_ name: String = "data", size: Quantity = "1Gi") -> PersistentVolumeClaim {
        var claim = PersistentVolumeClaim(name: name, namespace: "default")
        claim.spec.accessModes = ["ReadWriteOnce"]
        claim.spec.resources = VolumeResourceRequirements()
        claim.spec.resources?.requests["storage"] = size
        return claim
    }

    private func storageClass(_ name: String, isDefault: Bool = true, grows: Bool? = nil) -> StorageClass {
        var storageClass = StorageClass(name: name)
        storageClass.provisioner = "example.com/disk"
        storageClass.allowVolumeExpansion = grows
        if isDefault { storageClass.metadata.annotations["storageclass.kubernetes.io/is-default-class"] = "true" }
        return storageClass
    }

    @Test func claimsGetTheDefaultClassAndProtection() throws {
        let test = try SecureServer()
        #expect(try test.client.create(claim("early")).spec.storageClassName == nil)
        try test.client.create(storageClass("b"))
        try test.client.create(storageClass("a"))
        try test.client.create(storageClass("plain", isDefault: false))
        let stored = try test.client.create(claim())
        #expect(stored.spec.storageClassName == "a")
        #expect(stored.metadata.finalizers == ["kubernetes.io/pvc-protection"])
        // The newest wins over the first by name.
        test.loop.run(until: test.loop.now + .seconds(5))
        try test.client.create(storageClass("c"))
        #expect(try test.client.create(claim("later")).spec.storageClassName == "c")
        var none = claim("none")
        none.spec.storageClassName = ""
        #expect(try test.client.create(none).spec.storageClassName == "")
    }

    /// As a static pod's mirror is, and what `kubectl debug node/…` makes.
    @Test func aPodThatIsMadeOnANodeTakesOverItsZone() throws {
        let test = try SecureServer()
        var node = Node(name: "node-1")
        node.metadata.labels = [
            "topology.kubernetes.io/zone": "zone-a", "topology.kubernetes.io/region": "r", "other": "x",
        ]
        try test.client.create(node)
        func labels(on node: String?) throws -> StringMap<String> {
            var pod = TestServer.pod("web-\(node ?? "anywhere")")
            pod.metadata.labels = ["app": "web", "topology.kubernetes.io/zone": "elsewhere"]
            pod.spec.nodeName = node
            return try test.client.create(pod).labels
        }
        #expect(
            try labels(on: "node-1")
                == ["app": "web", "topology.kubernetes.io/region": "r", "topology.kubernetes.io/zone": "zone-a"])
        #expect(try labels(on: "node-9") == ["app": "web", "topology.kubernetes.io/zone": "elsewhere"])
        #expect(try labels(on: nil) == ["app": "web", "topology.kubernetes.io/zone": "elsewhere"])
    }

    @Test func claimsGrowIfTheirClassLetsThem() throws {
        let test = try SecureServer()
        try test.client.create(storageClass("fixed", grows: false))
        let stored = try test.client.create(claim())
        func grow() -> String? {
            TestServer.failure { () throws(StatusError) in
                try test.client.mutate(PersistentVolumeClaim.self, stored.key) {
                    $0.spec.resources?.requests["storage"] = "2Gi"
                }
            }?.message
        }
        // The kind's own validation speaks first of a claim that is not bound.
        #expect(grow()?.contains("spec is immutable after creation except resources.requests") == true)
        try test.client.mutate(PersistentVolumeClaim.self, stored.key, .status) { $0.status.phase = "Bound" }
        #expect(
            grow()
                == "persistentvolumeclaims \"data\" is forbidden: only dynamically provisioned pvc can be resized and the "
                + "storageclass that provisions the pvc must support resize")
        try test.client.mutate(StorageClass.self, ObjectKey(.storageClass, name: "fixed")) {
            $0.allowVolumeExpansion = true
        }
        #expect(grow() == nil)
    }

    @Test func ingressesGetTheDefaultClass() throws {
        let test = try SecureServer()
        var ingressClass = IngressClass(name: "edge")
        ingressClass.metadata.annotations["ingressclass.kubernetes.io/is-default-class"] = "true"
        ingressClass.spec.controller = "example.com/edge"
        try test.client.create(ingressClass)
        var ingress = Ingress(name: "web", namespace: "default")
        ingress.spec.defaultBackend = IngressBackend()
        ingress.spec.defaultBackend?.service = IngressServiceBackend()
        ingress.spec.defaultBackend?.service?.name = "web"
        ingress.spec.defaultBackend?.service?.port = ServiceBackendPort()
        ingress.spec.defaultBackend?.service?.port?.number = 80
        #expect(try test.client.create(ingress).spec.ingressClassName == "edge")
    }

    @Test func runtimeClassesSayWhatTheyCost() throws {
        let test = try SecureServer()
        var runtimeClass = RuntimeClass(name: "vm")
        runtimeClass.handler = "vm"
        runtimeClass.overhead = Overhead()
        runtimeClass.overhead?.podFixed = ["memory": "120Mi"]
        runtimeClass.scheduling = Scheduling()
        runtimeClass.scheduling?.nodeSelector = ["vm": "yes"]
        try test.client.create(runtimeClass)
        var pod = TestServer.pod("p")
        pod.spec.runtimeClassName = "vm"
        let stored = try test.client.create(pod)
        #expect(stored.spec.overhead == ["memory": "120Mi"])
        #expect(stored.spec.nodeSelector == ["vm": "yes"])
        func refusal(_ pod: Pod) -> String? {
            TestServer.failure { () throws(StatusError) in try test.client.create(pod) }?.message
        }
        pod.metadata.name = "q"
        pod.spec.nodeSelector = ["vm": "no"]
        #expect(
            refusal(pod)
                == "pods \"q\" is forbidden: conflict: runtimeClass.scheduling.nodeSelector[vm] = yes; "
                + "pod.spec.nodeSelector[vm] = no")
        pod.spec.runtimeClassName = "gone"
        #expect(refusal(pod) == "pods \"q\" is forbidden: pod rejected: RuntimeClass \"gone\" not found")
        var bare = TestServer.pod("r")
        bare.spec.overhead = ["cpu": "1"]
        #expect(
            refusal(bare)
                == "pods \"r\" is forbidden: pod rejected: Pod Overhead set without corresponding RuntimeClass defined "
                + "Overhead")
    }

    // MARK: Certificates

    private func signing(
        _ name: String, _ signer: String = "kubernetes.io/kube-apiserver-client"
    ) -> CertificateSigningRequest {
        var request = CertificateSigningRequest(name: name)
        request.spec.request = Base64Data(Array(CertificateSamples.mallory.utf8))
        request.spec.signerName = signer
        request.spec.usages = ["client auth"]
        request.spec.username = "somebody else"
        return request
    }

    @Test func requestsForCertificatesSayWhoAsks() throws {
        let test = try SecureServer()
        let alice = SecureServer.user("alice", "devs")
        let stored = try test.create(signing("mine", "example.com/signer"), as: alice)
        #expect(stored.spec.username == "alice" && stored.spec.groups == ["devs", "system:authenticated"])
        #expect(
            TestServer.failure { () throws(StatusError) in try test.create(signing("root"), as: alice) }?.message
                == "certificatesigningrequests.certificates.k8s.io \"root\" is forbidden: use of "
                + "kubernetes.io/kube-apiserver-client signer with system:masters group is not allowed")
    }

    @Test func signersHaveTheirApproversAndTheirSigners() throws {
        let test = try SecureServer()
        let stored = try test.client.create(signing("mine", "example.com/signer"))
        let alice = SecureServer.user("alice")
        func sign() -> String? {
            TestServer.failure { () throws(StatusError) in
                _ = try test.server.mutate(stored.key, .status, SecureServer.request(alice)) { object in
                    guard var request = object.as(CertificateSigningRequest.self) else { return nil }
                    request.status.certificate = Base64Data([1, 2, 3])
                    return request.boxed
                }
            }?.message
        }
        #expect(
            sign()
                == "certificatesigningrequests.certificates.k8s.io \"mine\" is forbidden: user not permitted to sign requests "
                + "with signerName \"example.com/signer\"")
        try test.clusterRole(
            "signer", SecureServer.rule(["sign"], ["signers"], ["certificates.k8s.io"], names: ["example.com/*"]))
        try test.bind("signer", to: SecureServer.subject("User", "alice"))
        #expect(sign() == nil)
    }

    /// Upstream's e2e test "validate ResourceClaimTemplate and ResourceClaim for admin access".
    @Test func devicesInUseAreClaimedWhereALabelAllowsIt() throws {
        let test = try SecureServer()
        var request = DeviceRequest()
        request.name = "r"
        var exactly = ExactDeviceRequest()
        exactly.deviceClassName = "gpu"
        exactly.adminAccess = true
        request.exactly = exactly
        var devices = DeviceClaim()
        devices.requests = [request]
        var claim = ResourceResourceClaim(name: "c", namespace: "default")
        claim.spec.devices = devices
        var template = ResourceClaimTemplate(name: "t", namespace: "default")
        template.spec.spec.devices = devices
        let refused =
            "spec.devices.requests[0].adminAccess: Forbidden: admin access to devices requires the "
            + "`resource.kubernetes.io/admin-access: true` label on the containing namespace"
        let failure = TestServer.failure { () throws(StatusError) in _ = try test.client.create(claim) }
        #expect(failure?.message == "ResourceClaim.resource.k8s.io \"c\" is invalid: " + refused)
        #expect(
            TestServer.failure { () throws(StatusError) in _ = try test.client.create(template) }?.message
                == "ResourceClaimTemplate.resource.k8s.io \"t\" is invalid: " + refused)
        var namespace = try #require(test.client.get(Namespace.self, name: "default"))
        namespace.metadata.labels["resource.kubernetes.io/admin-access"] = "true"
        try test.client.update(namespace)
        try test.client.create(claim)
        try test.client.create(template)
    }
}
