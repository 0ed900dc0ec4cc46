import KubeAPI

/// What an object would take in etcd, which keeps nothing that is too large.
enum StoredSize {
    /// Follows etcd server/embed/config.go `DefaultMaxRequestBytes`.
    private static let maximum = 3 << 19
    /// What a shorter document makes is not measured: nothing grows to several times its length as it is stored.
    static let smallDocument = 256 << 10

    /// Measured is what upstream would put there: the envelope of protobuf, or JSON for the kinds of the servers that
    /// keep theirs so. O(n): only what may be too large is to be measured (`Request.checksSize`).
    ///
    /// - Throws: 413. Upstream passes etcd's complaint on, in these words, as an error of its own (500).
    static func check(_ object: KubeObject) throws(StatusError) {
        let size: Int
        switch object.kind {
        case .customResourceDefinition, .apiService:
            var writer = JSONWriter()
            object.encode(into: &writer)
            size = writer.withBytes { $0.count }
        default: size = ProtobufCoding.encode(object).count
        }
        if size > maximum { throw .requestEntityTooLarge("etcdserver: request is too large") }
    }
}
