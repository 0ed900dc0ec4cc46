import ClusterCore
import Foundation
import KubeAPI
import KubeGateway
import TestSupport
import Testing

/// From a request for a certificate to a client that is known by it.
@Suite("Requests for certificates over HTTPS")
struct CertificateRequestTests {
    private let gateway = TestGateway.shared
    private let path = "/apis/certificates.k8s.io/v1/certificatesigningrequests"
    private let json = [("Content-Type", "application/json")]

    /// Asks for a certificate, approves that, and waits for what becomes of it.
    private func outcome(_ name: String, _ text: String, seconds: Int) throws -> CertificateSigningRequestStatus {
        let watch = try TestWatch(gateway, path + "?watch=1&fieldSelector=metadata.name%3D" + name)
        var wanted = CertificateSigningRequest(name: name)
        wanted.spec.request = Base64Data(Array(text.utf8))
        wanted.spec.signerName = "kubernetes.io/kube-apiserver-client"
        wanted.spec.usages = ["client auth", "digital signature"]
        wanted.spec.expirationSeconds = seconds
        let created = try gateway.request(
            "POST", path, headers: json, body: String(decoding: wanted.boxed.json, as: UTF8.self))
        #expect(created.status == 201)
        #expect(created.header("Warning") == nil)
        let approval = #"{"status":{"conditions":[{"type":"Approved","status":"True","reason":"Test"}]}}"#
        let approved = try gateway.request(
            "PATCH", "\(path)/\(name)/approval", headers: [("Content-Type", "application/merge-patch+json")],
            body: approval)
        #expect(approved.status == 200)
        while let event = try watch.next() {
            let found = try CertificateSigningRequest.decode(event["object"]?.json ?? [])
            if found.status.certificate != nil || found.status.conditions.contains(where: { $0.type == "Failed" }) {
                return found.status
            }
        }
        throw TestFailure(description: "the watch ended before anything came of \(name)")
    }

    @Test func aCertificateOpensTheGateway() throws {
        let before = Int(Date().timeIntervalSince1970)
        let status = try outcome("round-trip", CertificateSamples.jane, seconds: 7200)
        let bytes = status.certificate?.bytes ?? []
        let end = try #require(CertificateText(pem: bytes)).notAfter.seconds
        // Certificates have whole seconds, rounded either way.
        #expect(end >= before + 7200 && end <= Int(Date().timeIntervalSince1970) + 7201)
        let jane = CertificateAuthority.Identity(
            certificate: String(decoding: bytes, as: UTF8.self), privateKey: CertificateSamples.keyOfJane)

        let connection = try gateway.connect(as: jane)
        defer { connection.close() }
        let review = try connection.request(
            "POST", "/apis/authentication.k8s.io/v1/selfsubjectreviews", headers: json, body: "{}")
        let user = try review.json["status"]?["userInfo"]
        #expect(user?["username"]?.stringValue == "jane")
        #expect(user?["groups"]?.arrayValue?.compactMap(\.stringValue) == ["dev", "system:authenticated"])

        let pods = "/api/v1/namespaces/round-trip/pods"
        let refused = try connection.request("GET", pods)
        #expect(refused.status == 403)
        #expect(try refused.json["message"]?.stringValue?.contains(#"User "jane" cannot list resource "pods""#) == true)
        let binding = """
            {"metadata":{"name":"dev"},
            "roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole","name":"view"},
            "subjects":[{"apiGroup":"rbac.authorization.k8s.io","kind":"Group","name":"dev"}]}
            """
        let space = #"{"metadata":{"name":"round-trip"}}"#
        #expect(try gateway.request("POST", "/api/v1/namespaces", headers: json, body: space).status == 201)
        let bound = try gateway.request(
            "POST", "/apis/rbac.authorization.k8s.io/v1/namespaces/round-trip/rolebindings", headers: json,
            body: binding)
        #expect(bound.status == 201)
        #expect(try connection.request("GET", pods).status == 200)
        #expect(try connection.request("GET", "/api/v1/namespaces/default/pods").status == 403)
    }

    @Test func aRequestThatIsNotSignedByItsKeyFails() throws {
        // Somebody else's name under the same signature.
        let forged = CertificateSamples.jane.replacingOccurrences(of: "RqYW5l", with: "RqYW1l")
        #expect(forged != CertificateSamples.jane)
        let status = try outcome("forged", forged, seconds: 3600)
        let failure = status.conditions.first { $0.type == "Failed" }
        #expect(failure?.reason == "SignerValidationFailure")
        #expect(failure?.message == "unable to verify certificate request signature: x509: invalid signature")
        #expect(status.certificate == nil)
    }
}
