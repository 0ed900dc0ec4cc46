/// Signs and verifies JSON web tokens. Keys are inputs: whoever serves the API brings them; a cluster that nobody
/// connects to has a fixed one, so that its history depends on no key.
public protocol TokenSigner: Sendable {
    /// A token in compact form, `header.payload.signature`, for a payload in JSON.
    func sign(_ payload: [UInt8]) -> String
    /// The payload of a token that one of our keys signed; nil for any other text.
    func verify(_ token: String) -> [UInt8]?
}
