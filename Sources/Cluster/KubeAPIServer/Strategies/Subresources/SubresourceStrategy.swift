import KubeAPI
import KubeClient

/// What the registry needs to know of a part of a kind that is written apart, other than its status: what an update of
/// it may change, and to what.
///
/// Follows the strategies of subresources in kubernetes pkg/registry, such as `podResizeStrategy`.
protocol SubresourceStrategy: SendableMetatype {
    associatedtype Value: Resource
    static var subresource: Subresource { get }
    /// Whether a change of the spec is a new generation, as a change by way of the main resource is.
    static var countsGenerations: Bool { get }
    /// Puts back what the update may not change.
    static func prepare(_ value: inout Value, old: Value, now: Time)
    /// The kind's own errors; those of the metadata come before them.
    static func validate(_ value: Value, old: Value) -> [FieldError]
}

extension SubresourceStrategy {
    static var countsGenerations: Bool { false }
}

/// A subresource's strategy with its kind erased.
class AnySubresourceStrategy: @unchecked Sendable {
    final let kind: ResourceKind
    final let subresource: Subresource
    final let countsGenerations: Bool

    fileprivate init(_ kind: ResourceKind, _ subresource: Subresource, countsGenerations: Bool) {
        self.kind = kind
        self.subresource = subresource
        self.countsGenerations = countsGenerations
    }

    func prepare(_ object: KubeObject, old: KubeObject, now: Time) -> KubeObject {
        preconditionFailure("every AnySubresourceStrategy is typed")
    }

    func validate(_ object: KubeObject, old: KubeObject) -> [FieldError] {
        preconditionFailure("every AnySubresourceStrategy is typed")
    }
}

private final class TypedSubresourceStrategy<Kind: SubresourceStrategy>: AnySubresourceStrategy, @unchecked Sendable {
    init(_: Kind.Type) {
        super.init(Kind.Value.kind, Kind.subresource, countsGenerations: Kind.countsGenerations)
    }

    private func value(_ object: KubeObject) -> Kind.Value {
        guard let value = object.as(Kind.Value.self) else { preconditionFailure("an object of another kind") }
        return value
    }

    override func prepare(_ object: KubeObject, old: KubeObject, now: Time) -> KubeObject {
        var result = value(object)
        Kind.prepare(&result, old: value(old), now: now)
        return Boxed(result)
    }

    override func validate(_ object: KubeObject, old: KubeObject) -> [FieldError] {
        MetadataValidation.validateUpdate(object.metadata, old: old.metadata, of: kind)
            + Kind.validate(value(object), old: value(old))
    }
}

enum SubresourceStrategies {
    /// Nil for a subresource that the kind does not have, or that is not a part of the object.
    static func strategy(for kind: ResourceKind, _ subresource: Subresource) -> AnySubresourceStrategy? {
        all.first { $0.kind == kind && $0.subresource == subresource }
    }

    private static let all: [AnySubresourceStrategy] = [
        TypedSubresourceStrategy(NamespaceFinalizeStrategy.self),
        TypedSubresourceStrategy(EphemeralContainersStrategy.self), TypedSubresourceStrategy(PodResizeStrategy.self),
        TypedSubresourceStrategy(CertificateApprovalStrategy.self),
    ]
}

extension Resource {
    /// The old metadata, but for what server-side apply keeps in it: what a subresource without metadata of its own
    /// leaves of an update. Follows apimachinery `ResetObjectMetaForStatus`.
    mutating func keepMetadata(of old: Self) {
        if metadata.isIdentical(to: old.metadata) { return }
        var kept = old.metadata
        kept.managedFields = metadata.managedFields
        metadata = kept
    }
}

/// `namespaces/finalize`: the finalizers of the spec and nothing else.
///
/// Follows kubernetes pkg/registry/core/namespace/strategy.go `namespaceFinalizeStrategy`.
enum NamespaceFinalizeStrategy: SubresourceStrategy {
    static var subresource: Subresource { .finalize }

    static func prepare(_ namespace: inout Namespace, old: Namespace, now: Time) {
        var result = old
        result.metadata = namespace.metadata
        result.spec.finalizers = namespace.spec.finalizers
        namespace = result
    }

    static func validate(_ namespace: Namespace, old: Namespace) -> [FieldError] {
        NamespaceStrategy.finalizerErrors(namespace, areNumbered: true)
    }
}
