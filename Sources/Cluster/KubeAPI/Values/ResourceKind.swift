/// One served kind, as a small number: an index into the catalogue. Kinds are ordered by group, then resource.
public struct ResourceKind: RawRepresentable, Hashable, Comparable, Sendable {
    public let rawValue: UInt16

    @inlinable
    public init(rawValue: UInt16) { self.rawValue = rawValue }

    @inlinable
    public static func == (left: ResourceKind, right: ResourceKind) -> Bool { left.rawValue == right.rawValue }
    @inlinable
    public static func < (left: ResourceKind, right: ResourceKind) -> Bool { left.rawValue < right.rawValue }
}

/// What the schema knows about a kind.
public final class KindInfo: Sendable {
    public let kind: ResourceKind
    /// The API group; empty for the core group.
    public let group: String
    public let version: String
    /// As in `Deployment`.
    public let name: String
    /// As in `deployments`.
    public let plural: String
    public let singular: String
    public let shortNames: [String]
    public let categories: [String]
    public let isNamespaced: Bool
    /// As in `get`, `list`, `watch`; in discovery's order.
    public let verbs: [String]
    /// Whether the verbs have `create` and `get`, which every create asks.
    public let isCreatable: Bool
    public let isReadable: Bool
    /// As in `status`, `scale`, `eviction`.
    public let subresources: [String]
    /// Decodes and encodes values of this kind.
    public let coder: any KindCoder.Type

    @inline(never)
    public init(
        kind: ResourceKind, group: String, version: String, name: String, plural: String, singular: String,
        shortNames: [String], categories: [String], isNamespaced: Bool, verbs: [String], subresources: [String],
        type: any Resource.Type
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
        isCreatable = verbs.contains("create")
        isReadable = verbs.contains("get")
        self.subresources = subresources
        coder = KindInfo.coder(of: type)
    }

    /// The type brings its conformance along. Were `TypedKindCoder<Pod>` written out for every kind, the runtime would
    /// look for each conformance among all that the program has: a tenth of a millisecond a kind, at every start.
    private static func coder<Value: Resource>(of _: Value.Type) -> any KindCoder.Type { TypedKindCoder<Value>.self }

    /// As in `apps/v1`, or `v1` for the core group.
    public var apiVersion: String { group.isEmpty ? version : group + "/" + version }
    /// As in `deployments.apps`, or `pods` for the core group.
    public var groupResource: String { group.isEmpty ? plural : plural + "." + group }
    public var hasStatus: Bool { subresources.contains("status") }
}
