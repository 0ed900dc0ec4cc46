import ClusterCore
import KubeAPI
import KubeClient

/// The signers that kube-controller-manager is, by the names that requests give them, and what each asks of a request.
///
/// Follows kubernetes pkg/controller/certificates/signer/signer.go and pkg/apis/certificates/helpers.go.
enum KubernetesSigner: String {
    case clientOfAPIServer = "kubernetes.io/kube-apiserver-client"
    case kubeletAsClient = "kubernetes.io/kube-apiserver-client-kubelet"
    case kubeletAsServer = "kubernetes.io/kubelet-serving"
    case legacyUnknown = "kubernetes.io/legacy-unknown"

    /// The queue of a controller of requests. Follows kubernetes pkg/controller/certificates/certificate_controller.go.
    static func queue(_ loop: EventLoop) -> WorkQueue<ObjectKey> {
        WorkQueue(loop: loop, backoff: ExponentialBackoff(base: .milliseconds(200), cap: .seconds(1000)))
    }

    private static let nodeGroup = "system:nodes"
    private static let nodePrefix = "system:node:"

    /// Why the signer refuses a request; nil if it does not.
    func refusal(_ text: CertificateRequestText, usages: [String]) -> String? {
        switch self {
        case .clientOfAPIServer: KubernetesSigner.clientRefusal(usages)
        case .kubeletAsClient: KubernetesSigner.kubeletClientRefusal(text, usages)
        case .kubeletAsServer: KubernetesSigner.kubeletServingRefusal(text, usages)
        case .legacyUnknown: nil
        }
    }

    private static func clientRefusal(_ usages: [String]) -> String? {
        let allowed = ["client auth", "digital signature", "key encipherment"]
        if let other = usages.first(where: { !allowed.contains($0) }) {
            return "invalid usage for client certificate: \(other)"
        }
        return usages.contains("client auth") ? nil : "missing required usage for client certificate: client auth"
    }

    private static func kubeletClientRefusal(_ text: CertificateRequestText, _ usages: [String]) -> String? {
        if text.values(of: .organization) != [nodeGroup] { return "subject organization is not system:nodes" }
        if !text.dnsNames.isEmpty { return "DNS subjectAltNames are not allowed" }
        if !text.emailAddresses.isEmpty { return "Email subjectAltNames are not allowed" }
        if !text.addresses.isEmpty { return "IP subjectAltNames are not allowed" }
        if !text.uris.isEmpty { return "URI subjectAltNames are not allowed" }
        if !isNode(text) { return "subject common name does not begin with system:node:" }
        return usageRefusal(usages, "client auth")
    }

    private static func kubeletServingRefusal(_ text: CertificateRequestText, _ usages: [String]) -> String? {
        if text.values(of: .organization) != [nodeGroup] { return "subject organization is not system:nodes" }
        if text.dnsNames.isEmpty, text.addresses.isEmpty { return "DNS or IP subjectAltName is required" }
        if !text.emailAddresses.isEmpty { return "Email subjectAltNames are not allowed" }
        if !text.uris.isEmpty { return "URI subjectAltNames are not allowed" }
        if let refusal = usageRefusal(usages, "server auth") { return refusal }
        return isNode(text) ? nil : "subject common name does not begin with system:node:"
    }

    private static func isNode(_ text: CertificateRequestText) -> Bool { text.commonName.hasPrefix(nodePrefix) }

    /// Keys that cannot encipher need not be allowed to.
    private static func usageRefusal(_ usages: [String], _ purpose: String) -> String? {
        let wanted = ["digital signature", "key encipherment", purpose]
        let given = Set(usages)
        if given == Set(wanted) || given == ["digital signature", purpose] { return nil }
        return "usages did not match [\(wanted.sorted(by: precedesUTF8).joined(separator: " "))]"
    }
}

extension CertificateRequestText {
    /// Of several the last counts, as in Go's `pkix.Name`.
    var commonName: String { values(of: .commonName).last ?? "" }
}

extension CertificateSigningRequest {
    var hasCertificate: Bool { status.certificate?.bytes.isEmpty == false }

    /// Follows `GetCertApprovalCondition`.
    var isApproved: Bool { hasCondition("Approved") && !isDenied }
    var isDenied: Bool { hasCondition("Denied") }
    var hasFailed: Bool { status.conditions.contains { $0.type == "Failed" && $0.status == "True" } }

    private func hasCondition(_ type: String) -> Bool { status.conditions.contains { $0.type == type } }
}
