import KubeAPI

/// `meta.k8s.io` PartialObjectMetadata: of an object, what every kind has.
package enum PartialObjectMetadata {
    /// - Parameter version: `v1` or `v1beta1`.
    package static func write(_ metadata: ObjectMeta, version: String, into writer: inout JSONWriter) {
        writer.beginObject()
        writer.raw("\"kind\":\"PartialObjectMetadata\",\"apiVersion\":")
        writer.string("meta.k8s.io/" + version)
        writer.key("\"metadata\":")
        metadata.encode(into: &writer)
        writer.endObject()
    }
}
