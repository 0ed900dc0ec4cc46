extension Pod {
    /// Marks a pod that stands for one that a node runs from a file.
    /// Follows kubernetes `pkg/apis/core/annotation_key_constants.go`.
    public static let mirrorAnnotation = "kubernetes.io/config.mirror"

    /// Whether it stands for a static pod: one that only its node starts and ends.
    public var isMirror: Bool { annotations.contains(Pod.mirrorAnnotation) }

    /// The UID that its node knows it by: a static pod has had its own before there was a mirror, and the mirror
    /// carries it. The kubelet's events name that one, and `kubectl describe` asks for them by it. Follows kubernetes
    /// `pkg/kubelet/config/common.go` (`applyDefaults`) and kubectl `pkg/describe/describe.go`.
    public var uidOnNode: String { annotations[Pod.mirrorAnnotation] ?? uid }
}
