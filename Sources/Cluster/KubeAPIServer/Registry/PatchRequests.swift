import KubeAPI
import KubeClient

extension APIServer {
    /// Changes an object by a patch document and returns it as stored.
    package func patch(
        _ key: ObjectKey, _ patch: [UInt8], type: PatchType, _ subresource: Subresource?, _ request: Request
    ) throws(StatusError) -> KubeObject {
        throw .methodNotSupported(kind: key.kind, action: "patch")
    }
}
