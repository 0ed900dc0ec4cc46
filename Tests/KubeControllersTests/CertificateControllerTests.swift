import ClusterCore
import KubeAPI
import KubeAPIServer
import KubeClient
import KubeControllers
import TestSupport
import Testing

/// The controllers of requests for certificates.
@Suite struct CertificateControllerTests {
    /// Issues the order in words.
    private struct Clerk: CertificateSigner {
        var refusal: String?
        func sign(_ order: CertificateOrder) throws(CertificateRefusal) -> [UInt8] {
            if let refusal { throw CertificateRefusal(refusal) }
            return Array("\(order.usages.joined(separator: ", ")) for \(order.lifetime) s".utf8)
        }
    }

    private static let client = "kubernetes.io/kube-apiserver-client"
    private static let kubeletClient = "kubernetes.io/kube-apiserver-client-kubelet"
    private static let kubeletServing = "kubernetes.io/kubelet-serving"

    private func request(
        _ name: String, _ text: String = CertificateSamples.jane, signer: String = client,
        usages: [String] = ["client auth"], seconds: Int? = nil
    ) -> CertificateSigningRequest {
        var request = CertificateSigningRequest(name: name)
        request.spec.request = Base64Data(Array(text.utf8))
        request.spec.signerName = signer
        request.spec.usages = usages
        request.spec.expirationSeconds = seconds
        return request
    }

    private func decide(_ cluster: ControllerCluster, _ name: String, _ type: String = "Approved") throws {
        try cluster.user.mutate(
            CertificateSigningRequest.self, ObjectKey(.certificateSigningRequest, name: name), .approval
        ) { request in
            var condition = CertificateSigningRequestCondition()
            condition.type = type
            condition.status = "True"
            request.status.conditions.append(condition)
        }
        cluster.settle()
    }

    private func status(_ cluster: ControllerCluster, _ name: String) throws -> String {
        let status = try cluster.get(CertificateSigningRequest.self, name).status
        let certificate = String(decoding: status.certificate?.bytes ?? [], as: UTF8.self)
        let failures = status.conditions.filter { $0.type == "Failed" }
        return certificate + failures.map { "\($0.reason ?? ""): \($0.message ?? "")" }.joined()
    }

    // MARK: Signing

    private func signingCluster(_ signer: (any CertificateSigner)? = Clerk()) throws -> ControllerCluster {
        let cluster = try ControllerCluster()
        let controller = CertificateSigningController(
            cluster.context(CertificateSigningController.component), signer: signer)
        controller.start()
        cluster.keep(controller)
        return cluster
    }

    @Test func anApprovedRequestIsSignedOnce() throws {
        let cluster = try signingCluster()
        try cluster.user.create(request("jane"))
        cluster.settle()
        #expect(cluster.actions(by: CertificateSigningController.component).isEmpty)
        try decide(cluster, "jane")
        #expect(
            cluster.actions(by: CertificateSigningController.component) == [
                "update CertificateSigningRequest jane status"
            ])
        #expect(try status(cluster, "jane") == "client auth for 31536000 s")
        #expect(cluster.isQuiet(CertificateSigningController.component))
    }

    @Test func aDeniedRequestIsNot() throws {
        let cluster = try signingCluster()
        try cluster.user.create(request("jane"))
        try decide(cluster, "jane", "Denied")
        #expect(cluster.actions(by: CertificateSigningController.component).isEmpty)
    }

    @Test(arguments: [(600, 600), (3600, 3600), (1 << 30, 31_536_000)])
    func lifetimesHaveBounds(wanted: Int, given: Int) throws {
        let cluster = try signingCluster()
        try cluster.user.create(request("jane", seconds: wanted))
        try decide(cluster, "jane")
        #expect(try status(cluster, "jane") == "client auth for \(given) s")
    }

    @Test(
        arguments: [
            (client, CertificateSamples.jane, ["client auth", "key encipherment", "digital signature"], ""),
            (
                client, CertificateSamples.jane, ["client auth", "server auth"],
                "invalid usage for client certificate: server auth"
            ),
            (
                client, CertificateSamples.jane, ["digital signature"],
                "missing required usage for client certificate: client auth"
            ),
            (kubeletClient, CertificateSamples.kubelet, ["client auth", "digital signature"], ""),
            (kubeletClient, CertificateSamples.kubelet, ["client auth", "key encipherment", "digital signature"], ""),
            (
                kubeletClient, CertificateSamples.kubelet, ["client auth"],
                "usages did not match [client auth digital signature key encipherment]"
            ),
            (
                kubeletClient, CertificateSamples.jane, ["client auth", "digital signature"],
                "subject organization is not system:nodes"
            ),
            (
                kubeletClient, CertificateSamples.kubeletServing, ["client auth", "digital signature"],
                "DNS subjectAltNames are not allowed"
            ),
            (kubeletServing, CertificateSamples.kubeletServing, ["server auth", "digital signature"], ""),
            (
                kubeletServing, CertificateSamples.kubelet, ["server auth", "digital signature"],
                "DNS or IP subjectAltName is required"
            ),
            (
                kubeletServing, CertificateSamples.kubeletServing, ["client auth", "digital signature"],
                "usages did not match [digital signature key encipherment server auth]"
            ),
        ] as [(String, String, [String], String)])
    func everySignerHasItsRules(signer: String, text: String, usages: [String], refusal: String) throws {
        let cluster = try signingCluster()
        try cluster.user.create(request("asked", text, signer: signer, usages: usages))
        try decide(cluster, "asked")
        let expected =
            refusal.isEmpty
            ? "\(usages.joined(separator: ", ")) for 31536000 s" : "SignerValidationFailure: \(refusal)"
        #expect(try status(cluster, "asked") == expected)
        #expect(cluster.isQuiet(CertificateSigningController.component))
    }

    @Test func whatTheSignerRefusesHasFailed() throws {
        let cluster = try signingCluster(Clerk(refusal: "unable to verify certificate request signature"))
        try cluster.user.create(request("jane"))
        try decide(cluster, "jane")
        #expect(
            try status(cluster, "jane")
                == "SignerValidationFailure: unable to verify certificate request signature")
        #expect(cluster.isQuiet(CertificateSigningController.component))
    }

    @Test func otherSignersAreForOthers() throws {
        let cluster = try signingCluster()
        try cluster.user.create(request("jane", signer: "example.com/clients"))
        try decide(cluster, "jane")
        #expect(cluster.actions(by: CertificateSigningController.component).isEmpty)
    }

    @Test func withoutAKeyAnEventSaysSo() throws {
        let cluster = try signingCluster(nil)
        try cluster.user.create(request("jane"))
        try decide(cluster, "jane")
        #expect(
            cluster.actions(by: CertificateSigningController.component) == [
                "event NoSigningKey: Nobody connects to this cluster, and it has no key to sign with: no certificate "
                    + "is issued"
            ])
        #expect(try status(cluster, "jane") == "")
    }

    // MARK: Approving

    /// A cluster in which nodes may renew their certificates, and `joiner` may ask for a first one.
    private func approvingCluster() throws -> ControllerCluster {
        let cluster = try ControllerCluster()
        for (subresource, subject) in [("selfnodeclient", "system:nodes"), ("nodeclient", "joiners")] {
            var rule = PolicyRule()
            rule.verbs = ["create"]
            rule.apiGroups = ["certificates.k8s.io"]
            rule.resources = ["certificatesigningrequests/" + subresource]
            var role = ClusterRole(name: subresource)
            role.rules = [rule]
            try cluster.user.create(role)
            try bind(subresource, to: subject, cluster)
        }
        let controller = CertificateApprovingController(
            cluster.context(CertificateApprovingController.component))
        controller.start()
        cluster.keep(controller)
        return cluster
    }

    private func bind(_ role: String, to group: String, _ cluster: ControllerCluster) throws {
        var binding = ClusterRoleBinding(name: "\(role)-\(group)")
        binding.roleRef.kind = "ClusterRole"
        binding.roleRef.name = role
        binding.roleRef.apiGroup = "rbac.authorization.k8s.io"
        var subject = Subject()
        subject.kind = "Group"
        subject.apiGroup = "rbac.authorization.k8s.io"
        subject.name = group
        binding.subjects = [subject]
        try cluster.user.create(binding)
    }

    private func user(_ name: String, _ group: String) -> UserInfo {
        var user = UserInfo()
        user.username = name
        user.groups = [group, "system:authenticated"]
        return user
    }

    @Test(arguments: [
        (
            "system:node:node-1", "system:nodes",
            "Auto approving self kubelet client certificate after SubjectAccessReview."
        ),
        ("joiner", "joiners", "Auto approving kubelet client certificate after SubjectAccessReview."),
        ("system:node:node-2", "system:nodes", ""), ("jane", "dev", ""),
    ])
    func whatKubeletsMayHaveIsApproved(name: String, group: String, message: String) throws {
        let cluster = try approvingCluster()
        let client = LocalClient(cluster.server, component: "kubelet", user: user(name, group))
        let usages = ["digital signature", "client auth"]
        try client.create(
            request("node", CertificateSamples.kubelet, signer: Self.kubeletClient, usages: usages))
        cluster.settle()
        let conditions = try cluster.get(CertificateSigningRequest.self, "node").status.conditions
        if message.isEmpty {
            #expect(conditions.isEmpty)
            #expect(cluster.actions(by: CertificateApprovingController.component).isEmpty)
        } else {
            #expect(conditions.map(\.type) == ["Approved"])
            #expect(conditions.first?.reason == "AutoApproved")
            #expect(conditions.first?.message == message)
            #expect(
                cluster.actions(by: CertificateApprovingController.component) == [
                    "update CertificateSigningRequest node status"
                ])
        }
        #expect(cluster.isQuiet(CertificateApprovingController.component))
    }

    /// The right may come after the request, which is looked at again after 0.2 s, 0.4 s more, and so on.
    @Test func aRightThatComesLaterIsFound() throws {
        let cluster = try approvingCluster()
        let client = LocalClient(cluster.server, component: "kubelet", user: user("joiner", "late"))
        try client.create(
            request(
                "node", CertificateSamples.kubelet, signer: Self.kubeletClient,
                usages: ["digital signature", "client auth"]))
        cluster.advance(.milliseconds(300))
        try bind("nodeclient", to: "late", cluster)
        cluster.advance(.milliseconds(299))
        #expect(try cluster.get(CertificateSigningRequest.self, "node").status.conditions.isEmpty)
        cluster.advance(.milliseconds(1))
        #expect(try cluster.get(CertificateSigningRequest.self, "node").status.conditions.map(\.type) == ["Approved"])
    }

    @Test func otherRequestsAreForPeople() throws {
        let cluster = try approvingCluster()
        let client = LocalClient(cluster.server, component: "kubelet", user: user("system:node:node-1", "system:nodes"))
        try client.create(request("client", CertificateSamples.kubelet))
        try client.create(
            request("usages", CertificateSamples.kubelet, signer: Self.kubeletClient, usages: ["client auth"]))
        try client.create(
            request(
                "names", CertificateSamples.kubeletServing, signer: Self.kubeletClient,
                usages: ["digital signature", "client auth"]))
        cluster.settle()
        #expect(cluster.actions(by: CertificateApprovingController.component).isEmpty)
    }

    // MARK: Cleaning

    @Test func whatIsOverGoes() throws {
        let cluster = try signingCluster()
        let cleaner = CertificateCleaner(cluster.context(CertificateCleaner.component))
        cleaner.start()
        for name in ["approved", "denied", "failed", "pending", "unsigned"] {
            let isOthers = name == "unsigned"
            try cluster.user.create(
                request(
                    name, signer: isOthers ? "example.com/clients" : Self.client,
                    usages: name == "failed" ? ["server auth"] : ["client auth"]))
            if name == "pending" { continue }
            try decide(cluster, name, name == "denied" ? "Denied" : "Approved")
        }
        func names() -> [String] { cluster.user.list(CertificateSigningRequest.self).map(\.name) }
        // After exactly an hour none is older than an hour.
        cluster.advance(.hours(1))
        #expect(names() == ["approved", "denied", "failed", "pending", "unsigned"])
        cluster.advance(.hours(1))
        #expect(names() == ["pending", "unsigned"])
        #expect(
            cluster.actions(by: CertificateCleaner.component) == [
                "delete CertificateSigningRequest approved", "delete CertificateSigningRequest denied",
                "delete CertificateSigningRequest failed",
            ])
        cluster.advance(.hours(22))
        #expect(names() == ["pending", "unsigned"])
        cluster.advance(.hours(1))
        #expect(names() == [], "what is approved and not issued is waited for as long as what nobody decides")
    }

    @Test func whatHasExpiredGoesBefore() throws {
        let cluster = try ControllerCluster()
        let cleaner = CertificateCleaner(cluster.context(CertificateCleaner.component))
        cleaner.start()
        cluster.advance(.minutes(30))
        for (name, certificate) in [("ended", CertificateSamples.certificate), ("strange", "no certificate")] {
            try cluster.user.create(request(name))
            try decide(cluster, name)
            try cluster.user.mutate(
                CertificateSigningRequest.self, ObjectKey(.certificateSigningRequest, name: name), .status
            ) { $0.status.certificate = Base64Data(Array(certificate.utf8)) }
        }
        cluster.advance(.minutes(30))
        #expect(cluster.user.list(CertificateSigningRequest.self).map(\.name) == ["strange"])
    }

    @Test func theEndOfACertificateIsRead() throws {
        let text = try #require(CertificateText(pem: Array(CertificateSamples.certificate.utf8)))
        #expect(text.notAfter.rfc3339 == "2026-01-01T00:20:00Z")
        #expect(CertificateText(pem: Array(CertificateSamples.jane.utf8)) == nil)
        #expect(CertificateText(pem: []) == nil)
    }
}
