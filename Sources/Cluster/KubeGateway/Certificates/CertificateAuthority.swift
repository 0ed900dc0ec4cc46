import Crypto
import Foundation
import SwiftASN1
import X509

/// The cluster's certificate authority: it signs the certificate that the API server shows, and those by which clients
/// say who they are. As kubeadm's, but with keys on P-256, which are made in a millisecond.
///
/// Follows kubernetes cmd/kubeadm/app/phases/certs/certlist.go.
package struct CertificateAuthority: Sendable {
    /// A certificate and its key, both as PEM.
    package struct Identity: Sendable {
        package let certificate: String
        package let privateKey: String

        package init(certificate: String, privateKey: String) {
            self.certificate = certificate
            self.privateKey = privateKey
        }
    }

    private static let lifetime: TimeInterval = 365 * 86_400
    /// Certificates begin a little early: the clocks of clients differ.
    static let headStart: TimeInterval = 300

    private let key: P256.Signing.PrivateKey
    private let certificate: Certificate
    /// As PEM; what kubeconfigs and the ConfigMap `kube-root-ca.crt` carry.
    package let pem: String

    /// Makes a new authority.
    package init() throws {
        key = P256.Signing.PrivateKey()
        let name = try DistinguishedName { CommonName("kubernetes") }
        let signer = Certificate.PrivateKey(key)
        let now = Date()
        certificate = try Certificate(
            version: .v3, serialNumber: Certificate.SerialNumber(), publicKey: signer.publicKey,
            notValidBefore: now - CertificateAuthority.headStart,
            notValidAfter: now + 10 * CertificateAuthority.lifetime, issuer: name, subject: name,
            signatureAlgorithm: .ecdsaWithSHA256,
            extensions: Certificate.Extensions {
                Critical(KeyUsage(digitalSignature: true, keyEncipherment: true, keyCertSign: true))
                Critical(BasicConstraints.isCertificateAuthority(maxPathLength: nil))
                SubjectKeyIdentifier(hash: signer.publicKey)
                SubjectAlternativeNames([.dnsName("kubernetes")])
            }, issuerPrivateKey: signer)
        pem = try certificate.serializeAsPEM().pemString + "\n"
    }

    /// Takes an authority back from its certificate and its key, both as PEM.
    package init(certificate pem: String, privateKey: String) throws {
        key = try P256.Signing.PrivateKey(pemRepresentation: privateKey)
        certificate = try Certificate(pemEncoded: pem)
        self.pem = pem
    }

    /// As PEM.
    package var privateKey: String { key.pemRepresentation }

    /// The certificate that the API server shows, for these names and IP addresses.
    package func serving(names: [String], addresses: [IPAddressBytes]) throws -> Identity {
        try issue(
            DistinguishedName { CommonName("kube-apiserver") }, usage: [.serverAuth],
            alternativeNames: names.map { .dnsName($0) }
                + addresses.map { .ipAddress(ASN1OctetString(contentBytes: ArraySlice($0.bytes))) })
    }

    /// A certificate by which a client is this user, in these groups.
    package func client(user: String, groups: [String]) throws -> Identity {
        let name = try DistinguishedName {
            for group in groups { OrganizationName(group) }
            CommonName(user)
        }
        return try issue(name, usage: [.clientAuth], alternativeNames: [])
    }

    private func issue(
        _ subject: DistinguishedName, usage: [ExtendedKeyUsage.Usage], alternativeNames: [GeneralName]
    ) throws -> Identity {
        let subjectKey = P256.Signing.PrivateKey()
        let now = Date()
        var usages = CertificateUsages(["digital signature", "key encipherment"])
        usages.extended = usage
        let pem = try issue(
            to: Certificate.PublicKey(subjectKey.publicKey), subject, from: now - CertificateAuthority.headStart,
            until: now + CertificateAuthority.lifetime, usages, alternativeNames: alternativeNames)
        return Identity(certificate: pem, privateKey: subjectKey.pemRepresentation + "\n")
    }

    /// Issues a certificate, in PEM. It does not outlive the authority's own.
    func issue(
        to subjectKey: Certificate.PublicKey, _ subject: DistinguishedName, from start: Date, until end: Date,
        _ usages: CertificateUsages, alternativeNames: [GeneralName]
    ) throws -> String {
        let issued = try Certificate(
            version: .v3, serialNumber: Certificate.SerialNumber(), publicKey: subjectKey, notValidBefore: start,
            notValidAfter: min(end, certificate.notValidAfter), issuer: certificate.subject, subject: subject,
            signatureAlgorithm: .ecdsaWithSHA256,
            extensions: Certificate.Extensions {
                if let key = usages.key { Critical(key) }
                if !usages.extended.isEmpty { try ExtendedKeyUsage(usages.extended) }
                Critical(BasicConstraints.notCertificateAuthority)
                try AuthorityKeyIdentifier(
                    keyIdentifier: certificate.extensions.subjectKeyIdentifier?.keyIdentifier)
                if !alternativeNames.isEmpty { SubjectAlternativeNames(alternativeNames) }
            }, issuerPrivateKey: Certificate.PrivateKey(key))
        return try issued.serializeAsPEM().pemString + "\n"
    }

    /// Who a client says it is by its certificate.
    package struct Subject: Equatable, Sendable {
        package let commonName: String
        package let organizations: [String]
        /// The SHA-256 of the whole certificate, in hexadecimal.
        package let fingerprint: String
    }

    /// Who a client is by its certificate.
    ///
    /// - Throws: `CertificateProblem` for a certificate of another authority, for another use, or out of its time.
    package func verify(client der: [UInt8]) throws(CertificateProblem) -> Subject {
        let presented: Certificate
        do {
            presented = try Certificate(derEncoded: der)
        } catch {
            throw CertificateProblem("x509: malformed certificate")
        }
        guard presented.issuer == certificate.subject,
            certificate.publicKey.isValidSignature(presented.signature, for: presented)
        else { throw CertificateProblem("x509: certificate signed by unknown authority") }
        let now = Date()
        guard now >= presented.notValidBefore, now <= presented.notValidAfter else {
            throw CertificateProblem("x509: certificate has expired or is not yet valid")
        }
        let usage: ExtendedKeyUsage?
        do { usage = try presented.extensions.extendedKeyUsage } catch { usage = nil }
        guard let usage, usage.contains(.clientAuth) || usage.contains(.any) else {
            throw CertificateProblem("x509: certificate specifies an incompatible key usage")
        }
        var commonName = ""
        var organizations: [String] = []
        for attribute in presented.subject.flatMap({ $0 }) {
            guard let text = String(attribute.value) else { continue }
            if attribute.type == .RDNAttributeType.commonName {
                commonName = text
            } else if attribute.type == .RDNAttributeType.organizationName {
                organizations.append(text)
            }
        }
        let digits = SHA256.hash(data: der).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }
        return Subject(commonName: commonName, organizations: organizations, fingerprint: digits.joined())
    }
}

/// Why a client's certificate tells nothing, in the words of Go's crypto/x509.
package struct CertificateProblem: Error, CustomStringConvertible {
    package let description: String
    init(_ description: String) { self.description = description }
}

/// An IP address as its 4 or 16 bytes.
package struct IPAddressBytes: Sendable {
    package let bytes: [UInt8]

    /// Nil if the text is no address.
    package init?(_ text: String) {
        var four = in_addr()
        var six = in6_addr()
        if inet_pton(AF_INET, text, &four) == 1 {
            bytes = withUnsafeBytes(of: &four) { [UInt8]($0) }
        } else if inet_pton(AF_INET6, text, &six) == 1 {
            bytes = withUnsafeBytes(of: &six) { [UInt8]($0) }
        } else {
            return nil
        }
    }
}
