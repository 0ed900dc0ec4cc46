extension Pod {
    /// Marks a pod that stands for one that a node runs from a file.
    /// Follows kubernetes `pkg/apis/core/annotation_key_constants.go`.
    public static let mirrorAnnotation = "kubernetes.io/config.mirror"

    /// Whether it stands for a static pod: one that only its node starts and ends.
    public var isMirror: Bool { annotations.contains(Pod.mirrorAnnotation) }
}
