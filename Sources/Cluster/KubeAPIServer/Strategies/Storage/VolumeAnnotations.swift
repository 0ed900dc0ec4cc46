import KubeAPI

enum VolumeAnnotations {
    private static let storageClass = "volume.beta.kubernetes.io/storage-class"

    /// The class of a volume or a claim was an annotation once.
    static func warnings(_ metadata: ObjectMeta) -> [String] {
        guard metadata.annotations[storageClass] != nil else { return [] }
        return [
            "metadata.annotations[\(storageClass)]: deprecated since v1.8; use \"storageClassName\" attribute instead"
        ]
    }
}
