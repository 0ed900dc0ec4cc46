import KubeAPI

/// What a client says about who it is, as far as the connection and the headers tell.
package struct Credentials: Equatable, Sendable {
    /// The subject of a client certificate that the cluster's authority signed; the connection has verified it.
    package struct Certificate: Equatable, Sendable {
        /// The user's name.
        package var commonName: String
        /// The user's groups.
        package var organizations: [String]
        /// The SHA-256 of the certificate in hexadecimal; empty if it is not told.
        package var fingerprint: String

        package init(commonName: String, organizations: [String], fingerprint: String = "") {
            self.commonName = commonName
            self.organizations = organizations
            self.fingerprint = fingerprint
        }
    }

    /// Whom the client wants to act as: `Impersonate-User`, `-Group`, `-Uid` and `-Extra-…`.
    package struct Impersonation: Equatable, Sendable {
        package var user = ""
        package var groups: [String] = []
        package var uid = ""
        /// By key, in lower case and with escapes undone.
        package var extra: StringMap<[String]> = [:]
        package init() {}

        package var isEmpty: Bool { user.isEmpty && groups.isEmpty && uid.isEmpty && extra.isEmpty }
    }

    package var certificate: Certificate?
    /// Of `Authorization: Bearer …`; nil without such a header.
    package var bearerToken: String?
    package var impersonation = Impersonation()

    package init() {}
}
