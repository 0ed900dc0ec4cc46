import ClusterCore
import KubeAPI

/// Tokens by which new nodes join: `abcdef.0123456789abcdef`, kept in a secret `kube-system/bootstrap-token-abcdef`.
///
/// Follows kubernetes plugin/pkg/auth/authenticator/token/bootstrap/bootstrap.go.
enum BootstrapTokens {
    private static let secretType = "bootstrap.kubernetes.io/token"
    private static let group = "system:bootstrappers"

    /// Whose a token is; nil for any other text, and for a token that is over or not for this.
    static func user(_ token: String, view: some ObjectView, now: Time) -> UserInfo? {
        let parts = token.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, isWord(parts[0], 6), isWord(parts[1], 16),
            let secret = view.get(Secret.self, namespace: "kube-system", name: "bootstrap-token-\(parts[0])"),
            secret.metadata.deletionTimestamp == nil, secret.type == secretType
        else { return nil }
        func text(_ key: String) -> String { String(decoding: secret.data[key]?.bytes ?? [], as: UTF8.self) }
        guard equalUTF8(text("token-secret"), String(parts[1])), equalUTF8(text("token-id"), String(parts[0])),
            text("usage-bootstrap-authentication") == "true", !isOver(text("expiration"), now)
        else { return nil }
        let extra = text("auth-extra-groups").split(separator: ",").map(String.init)
        guard extra.allSatisfy(isGroup) else { return nil }
        var user = UserInfo()
        user.username = "system:bootstrap:\(parts[0])"
        user.groups = [group] + extra.sorted(by: precedesUTF8)
        return user
    }

    private static func isWord(_ text: Substring, _ length: Int) -> Bool {
        text.utf8.count == length && text.utf8.allSatisfy(isLowerOrDigit)
    }

    private static func isLowerOrDigit(_ unit: UInt8) -> Bool {
        unit >= UInt8(ascii: "a") && unit <= UInt8(ascii: "z") || unit >= UInt8(ascii: "0") && unit <= UInt8(ascii: "9")
    }

    /// A time that cannot be read has passed.
    private static func isOver(_ expiration: String, _ now: Time) -> Bool {
        if expiration.isEmpty { return false }
        guard let time = Time(rfc3339: expiration) else { return true }
        return time <= now
    }

    /// As in `system:bootstrappers:kubeadm:default-node-token`.
    private static func isGroup(_ name: String) -> Bool {
        guard name.hasPrefix(group + ":"), let last = name.utf8.last, isLowerOrDigit(last) else { return false }
        let rest = name.utf8.dropFirst(group.utf8.count + 1)
        return rest.count <= 256
            && rest.allSatisfy { isLowerOrDigit($0) || $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: "-") }
    }
}
