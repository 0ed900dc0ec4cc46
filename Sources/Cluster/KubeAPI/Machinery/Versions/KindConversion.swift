/// How the objects of one kind are written in another version or group of it. What is stored is one object, with one
/// UID and one revision; clients read and write it by the name of either.
///
/// Follows apimachinery `pkg/runtime/converter.go`: a kind has one stored form, and each other one converts from and to
/// it.
public protocol KindConversion: SendableMetatype {
    associatedtype Served: Resource
    associatedtype Stored: Resource
    static func stored(_ served: Served) -> Stored
    static func served(_ stored: Stored) -> Served
}

/// A conversion with its kinds erased. One call of a closure an object.
struct AnyKindConversion: Sendable {
    let servedKind: ResourceKind
    let storedKind: ResourceKind
    let stored: @Sendable (KubeObject) -> KubeObject
    let served: @Sendable (KubeObject) -> KubeObject

    init<Conversion: KindConversion>(_: Conversion.Type) {
        servedKind = Conversion.Served.kind
        storedKind = Conversion.Stored.kind
        stored = { Boxed(Conversion.stored(typed($0))) }
        served = { Boxed(Conversion.served(typed($0))) }
    }
}

private func typed<Value: Resource>(_ object: KubeObject) -> Value {
    guard let value = object.as(Value.self) else { preconditionFailure("an object of another kind") }
    return value
}

/// The kinds that are served and not stored, each with the way to the one that is.
enum KindConversions {
    /// By the number of the served kind; nil for a kind that is stored as itself.
    static let all: [AnyKindConversion?] = {
        var all: [AnyKindConversion?] = Array(repeating: nil, count: Catalogue.kinds.count)
        let conversions: [AnyKindConversion] = [
            AnyKindConversion(EventConversion.self), AnyKindConversion(HorizontalPodAutoscalerConversion.self),
        ]
        for conversion in conversions { all[Int(conversion.servedKind.rawValue)] = conversion }
        return all
    }()

    /// The kind under which each kind is stored, by number.
    static let storedKinds: [ResourceKind] = Catalogue.kinds.map { info in
        all[Int(info.kind.rawValue)]?.storedKind ?? info.kind
    }
}

extension ResourceKind {
    /// The kind as which objects of this kind are stored: itself, but for a second version or group. O(1).
    public var stored: ResourceKind { KindConversions.storedKinds[Int(rawValue)] }
    public var isStored: Bool { stored == self }
}

extension ObjectKey {
    /// Where the object is stored. O(1).
    public var stored: ObjectKey {
        let kind = kind.stored
        return kind == self.kind ? self : ObjectKey(kind, namespace: namespace, name: name)
    }
}

extension KubeObject {
    /// The object as it is stored; the same one for a kind that is stored as itself.
    public final var stored: KubeObject {
        guard let conversion = KindConversions.all[Int(kind.rawValue)] else { return self }
        return conversion.stored(self)
    }

    /// A stored object as clients of `kind` read it: the kind as which it is stored, or one that converts to that.
    public final func served(as kind: ResourceKind) -> KubeObject {
        if kind == self.kind { return self }
        guard let conversion = KindConversions.all[Int(kind.rawValue)], conversion.storedKind == self.kind else {
            preconditionFailure("\(self.kind.info.name) is not served as \(kind.info.apiVersion) \(kind.info.name)")
        }
        return conversion.served(self)
    }
}
