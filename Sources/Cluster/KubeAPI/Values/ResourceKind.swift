/// One served kind, as a small number: an index into the catalogue. Kinds are ordered by group, then resource.
@usableFromInline
package struct ResourceKind: RawRepresentable, Hashable, Comparable, Sendable {
    @usableFromInline package let rawValue: UInt16

    @inlinable
    package init(rawValue: UInt16) { self.rawValue = rawValue }

    @inlinable
    package static func == (left: ResourceKind, right: ResourceKind) -> Bool { left.rawValue == right.rawValue }
    @inlinable
    package static func < (left: ResourceKind, right: ResourceKind) -> Bool { left.rawValue < right.rawValue }
}

/// What the schema knows about a kind.
package final class KindInfo: Sendable {
    package let kind: ResourceKind
    /// The API group; empty for the core group.
    package let group: String
    package let version: String
    /// As in `Deployment`.
    package let name: String
    /// As in `deployments`.
    package let plural: String
    package let singular: String
    package let shortNames: [String]
    package let categories: [String]
    package let isNamespaced: Bool
    /// As in `get`, `list`, `watch`; in discovery's order.
    package let verbs: [String]
    /// As in `status`, `scale`, `eviction`.
    package let subresources: [String]
    /// Decodes and encodes values of this kind.
    package let coder: any KindCoder.Type

    package init(
        kind: ResourceKind, group: String, version: String, name: String, plural: String, singular: String,
        shortNames: [String], categories: [String], isNamespaced: Bool, verbs: [String], subresources: [String],
        coder: any KindCoder.Type
    ) {
        self.kind = kind
        self.group = group
        self.version = version
        self.name = name
        self.plural = plural
        self.singular = singular
        self.shortNames = shortNames
        self.categories = categories
        self.isNamespaced = isNamespaced
        self.verbs = verbs
        self.subresources = subresources
        self.coder = coder
    }

    /// As in `apps/v1`, or `v1` for the core group.
    package var apiVersion: String { group.isEmpty ? version : group + "/" + version }
    /// As in `deployments.apps`, or `pods` for the core group.
    package var groupResource: String { group.isEmpty ? plural : plural + "." + group }
    package var hasStatus: Bool { subresources.contains("status") }
}
