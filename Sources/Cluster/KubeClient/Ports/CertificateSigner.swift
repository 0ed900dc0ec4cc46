/// Issues certificates for requests, by the key of the cluster's authority. Keys are inputs: whoever serves the API
/// brings them; a cluster that nobody connects to has none, and issues nothing.
public protocol CertificateSigner: Sendable {
    /// A certificate in PEM for who the request says, if the request is signed by the key that it is about.
    ///
    /// The certificate lives by the wall clock, as all that clients outside hold against their own.
    func sign(_ order: CertificateOrder) throws(CertificateRefusal) -> [UInt8]
}

/// What is to be issued.
public struct CertificateOrder: Sendable {
    /// PKCS #10 (RFC 2986) in PEM.
    public let request: [UInt8]
    /// What the key may be used for, in the words of `spec.usages`.
    public let usages: [String]
    /// For how many seconds from now.
    public let lifetime: Int

    public init(request: [UInt8], usages: [String], lifetime: Int) {
        self.request = request
        self.usages = usages
        self.lifetime = lifetime
    }
}

/// Why no certificate was issued, in one line.
public struct CertificateRefusal: Error {
    public let message: String
    public init(_ message: String) { self.message = message }
}
