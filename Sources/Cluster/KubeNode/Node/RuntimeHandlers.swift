import KubeAPI
import KubeClient

/// What the simulated runtime can run pods with, as a containerd that nothing was configured for: `runc`, which is also
/// what it takes when nothing is asked for.
enum RuntimeHandlers {
    static let names = ["", "runc"]
}

extension Kubelet {
    /// Why no sandbox can be made for pods of a class; nil if one can.
    /// Follows kubernetes `pkg/kubelet/runtimeclass/runtimeclass_manager.go` and containerd `internal/cri/config`
    /// (`GetSandboxRuntime`).
    func sandboxError(runtimeClass name: String) -> SandboxError? {
        if name.isEmpty { return nil }
        guard let runtimeClass = client.get(RuntimeClass.self, name: name) else {
            return .kubelet("runtimeclass.node.k8s.io \(GoText.quoted(name)) not found")
        }
        let handler = runtimeClass.handler
        if RuntimeHandlers.names.contains(handler) { return nil }
        return .runtime(
            "unable to get OCI runtime for sandbox", "no runtime for \(GoText.quoted(handler)) is configured")
    }
}
