import Foundation
import KubeClient
import SwiftASN1
import X509

/// The authority as the signer of what clients ask for by a CertificateSigningRequest.
///
/// Follows kubernetes pkg/controller/certificates/authority/authority.go and policies.go.
extension CertificateAuthority: CertificateSigner {
    /// Certificates that live shorter are not shortened by their early beginning.
    private static let short: TimeInterval = 8 * 3600

    package func sign(_ order: CertificateOrder) throws(CertificateRefusal) -> [UInt8] {
        let request: CertificateSigningRequest
        do {
            request = try CertificateSigningRequest(pemEncoded: String(decoding: order.request, as: UTF8.self))
        } catch {
            throw CertificateRefusal("unable to parse certificate request: \(error)")
        }
        guard request.publicKey.isValidSignature(request.signature, for: request) else {
            throw CertificateRefusal("unable to verify certificate request signature: x509: invalid signature")
        }
        do {
            return Array(try certificate(for: request, order).utf8)
        } catch {
            throw CertificateRefusal("unable to sign certificate: \(error)")
        }
    }

    /// What the request says of itself is taken over as it is: who, and by which other names; of its other extensions
    /// none is.
    private func certificate(for request: CertificateSigningRequest, _ order: CertificateOrder) throws -> String {
        let names = try request.attributes.extensionRequest?.extensions.subjectAlternativeNames
        let now = Date()
        let start = now - CertificateAuthority.headStart
        let lifetime = TimeInterval(order.lifetime)
        let end = (lifetime < CertificateAuthority.short ? now : start) + lifetime
        return try issue(
            to: request.publicKey, request.subject, from: start, until: end,
            CertificateUsages(order.usages), alternativeNames: names.map { Array($0) } ?? [])
    }
}

/// `spec.usages` as certificates say it.
struct CertificateUsages {
    /// Nil if no such use is named.
    var key: KeyUsage?
    /// In the order of Go's constants, each once.
    var extended: [ExtendedKeyUsage.Usage] = []

    private static let keyUsages: [String: WritableKeyPath<KeyUsage, Bool> & Sendable] = [
        "signing": \.digitalSignature, "digital signature": \.digitalSignature,
        "content commitment": \.nonRepudiation, "key encipherment": \.keyEncipherment,
        "key agreement": \.keyAgreement, "data encipherment": \.dataEncipherment, "cert sign": \.keyCertSign,
        "crl sign": \.cRLSign, "encipher only": \.encipherOnly, "decipher only": \.decipherOnly,
    ]

    private static let extendedUsages: [(names: [String], usage: ExtendedKeyUsage.Usage)] = [
        (["any"], .any), (["server auth"], .serverAuth), (["client auth"], .clientAuth),
        (["code signing"], .codeSigning), (["email protection", "s/mime"], .emailProtection),
        (["ipsec end system"], ExtendedKeyUsage.Usage(oid: [1, 3, 6, 1, 5, 5, 7, 3, 5])),
        (["ipsec tunnel"], ExtendedKeyUsage.Usage(oid: [1, 3, 6, 1, 5, 5, 7, 3, 6])),
        (["ipsec user"], ExtendedKeyUsage.Usage(oid: [1, 3, 6, 1, 5, 5, 7, 3, 7])),
        (["timestamping"], .timeStamping), (["ocsp signing"], .ocspSigning),
        (["microsoft sgc"], ExtendedKeyUsage.Usage(oid: [1, 3, 6, 1, 4, 1, 311, 10, 3, 3])),
        (["netscape sgc"], ExtendedKeyUsage.Usage(oid: [2, 16, 840, 1, 113_730, 4, 1])),
    ]

    init(_ names: [String]) {
        for name in names {
            guard let path = CertificateUsages.keyUsages[name] else { continue }
            var usage = key ?? KeyUsage()
            usage[keyPath: path] = true
            key = usage
        }
        for entry in CertificateUsages.extendedUsages where !entry.names.allSatisfy({ !names.contains($0) }) {
            extended.append(entry.usage)
        }
    }
}
