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

/// A subresource's strategy with its kind erased. One call of a closure a step.
struct AnySubresourceStrategy: Sendable {
    let kind: ResourceKind
    let subresource: Subresource
    let countsGenerations: Bool
    private let prepareStep: @Sendable (KubeObject, _ old: KubeObject, _ now: Time) -> KubeObject
    private let validateStep: @Sendable (KubeObject, _ old: KubeObject) -> [FieldError]

    init<Kind: SubresourceStrategy>(_: Kind.Type) {
        kind = Kind.Value.kind
        subresource = Kind.subresource
        countsGenerations = Kind.countsGenerations
        prepareStep = { object, old, now in
            var result = typed(object, as: Kind.Value.self)
            Kind.prepare(&result, old: typed(old, as: Kind.Value.self), now: now)
            return Boxed(result)
        }
        validateStep = { object, old in
            MetadataValidation.validateUpdate(object.metadata, old: old.metadata, of: Kind.Value.kind)
                + Kind.validate(typed(object, as: Kind.Value.self), old: typed(old, as: Kind.Value.self))
        }
    }

    func prepare(_ object: KubeObject, old: KubeObject, now: Time) -> KubeObject { prepareStep(object, old, now) }

    func validate(_ object: KubeObject, old: KubeObject) -> [FieldError] { validateStep(object, old) }
}

enum SubresourceStrategies {
    /// Nil for a subresource that the kind does not have, or that is not a part of the object.
    static func strategy(for kind: ResourceKind, _ subresource: Subresource) -> AnySubresourceStrategy? {
        all.first { $0.kind == kind && $0.subresource == subresource }
    }

    private static let all: [AnySubresourceStrategy] = [
        AnySubresourceStrategy(NamespaceFinalizeStrategy.self),
        AnySubresourceStrategy(EphemeralContainersStrategy.self), AnySubresourceStrategy(PodResizeStrategy.self),
        AnySubresourceStrategy(CertificateApprovalStrategy.self),
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
