/// A generated top-level kind: `Pod`, `Deployment`.
public protocol Resource: ProtobufCodable {
    /// The entry of this kind in the catalogue.
    static var kind: ResourceKind { get }
    var metadata: ObjectMeta { get set }
    init()
    /// Whether everything but metadata and status is equal: no new generation is due.
    func hasSameSpec(as other: Self) -> Bool
    /// Whether the status is equal; true for kinds without one.
    func hasSameStatus(as other: Self) -> Bool
    /// Takes the status of another object; nothing for kinds without one.
    mutating func setStatus(of other: Self)
    /// Writes the object's members, with or without `kind` and `apiVersion` before them.
    func encode(into writer: inout JSONWriter, withKind: Bool)
}

extension Resource {
    public init(name: String, namespace: String = "") {
        self.init()
        metadata.name = name
        if !namespace.isEmpty { metadata.namespace = namespace }
    }

    public var name: String { metadata.name ?? "" }
    public var namespace: String { metadata.namespace ?? "" }
    public var uid: String { metadata.uid ?? "" }
    public var labels: StringMap<String> { metadata.labels }
    public var annotations: StringMap<String> { metadata.annotations }
    public var key: ObjectKey { ObjectKey(Self.kind, namespace: namespace, name: name) }
    public var boxed: Boxed<Self> { Boxed(self) }
}

/// Where an object is: kind, namespace (empty for cluster-scoped kinds) and name. Ordered by their UTF-8 bytes.
public struct ObjectKey: Hashable, Comparable, Sendable {
    public let kind: ResourceKind
    public let namespace: String
    public let name: String

    @inlinable
    public init(_ kind: ResourceKind, namespace: String = "", name: String) {
        self.kind = kind
        self.namespace = namespace
        self.name = name
    }

    /// By bytes, as the order is.
    @inlinable
    public static func == (left: ObjectKey, right: ObjectKey) -> Bool {
        left.kind.rawValue == right.kind.rawValue && equalUTF8(left.name, right.name)
            && equalUTF8(left.namespace, right.namespace)
    }

    /// The store alone looks ten keys up for each write, so the bytes are not fed through the hasher one by one.
    @inlinable
    public func hash(into hasher: inout Hasher) {
        hasher.combine(quickHash)
    }

    /// What dictionaries ask for: without it they would hash the hash once more.
    @inlinable
    public func _rawHashValue(seed: Int) -> Int { tableHash(quickHash, seed: seed) }

    @inlinable var quickHash: UInt64 {
        KubeTypes.quickHash(name, KubeTypes.quickHash(namespace, UInt64(kind.rawValue)))
    }

    @inlinable
    public static func < (left: ObjectKey, right: ObjectKey) -> Bool {
        if left.kind.rawValue != right.kind.rawValue { return left.kind.rawValue < right.kind.rawValue }
        let order = compareUTF8(left.namespace, right.namespace)
        return order != 0 ? order < 0 : compareUTF8(left.name, right.name) < 0
    }

    /// As queues and messages name it: `namespace/name`, or `name` for cluster-scoped kinds.
    public var namespacedName: String { namespace.isEmpty ? name : namespace + "/" + name }
}

/// An object of any kind, immutable and shared: one reference count to hold it.
public class KubeObject: @unchecked Sendable {
    public final let kind: ResourceKind
    public final let metadata: ObjectMeta

    init(kind: ResourceKind, metadata: ObjectMeta) {
        self.kind = kind
        self.metadata = metadata
    }

    /// Writes the object as JSON.
    public func encode(into writer: inout JSONWriter, withKind: Bool = true) {
        preconditionFailure("every KubeObject is a Boxed")
    }

    /// Writes the object as a protobuf message, without its kind.
    public func encode(protobuf writer: inout ProtobufWriter) { preconditionFailure("every KubeObject is a Boxed") }

    /// The same object with other metadata.
    public func with(metadata: ObjectMeta) -> KubeObject { preconditionFailure("every KubeObject is a Boxed") }

    public final var key: ObjectKey {
        ObjectKey(kind, namespace: metadata.namespace ?? "", name: metadata.name ?? "")
    }
    public final var name: String { metadata.name ?? "" }
    public final var namespace: String { metadata.namespace ?? "" }
    public final var uid: String { metadata.uid ?? "" }

    /// The value, if it is of the kind asked for.
    @inline(__always)
    public final func `as`<Value: Resource>(_: Value.Type) -> Value? {
        kind == Value.kind ? unsafeDowncast(self, to: Boxed<Value>.self).value : nil
    }

    /// The object as JSON, `kind` and `apiVersion` included.
    public final var json: [UInt8] {
        var writer = JSONWriter()
        encode(into: &writer)
        return writer.bytes
    }
}

/// The one subclass of `KubeObject`.
public final class Boxed<Value: Resource>: KubeObject, @unchecked Sendable {
    public let value: Value

    public init(_ value: Value) {
        self.value = value
        super.init(kind: Value.kind, metadata: value.metadata)
    }

    public override func encode(into writer: inout JSONWriter, withKind: Bool = true) {
        value.encode(into: &writer, withKind: withKind)
    }

    public override func encode(protobuf writer: inout ProtobufWriter) { value.encode(protobuf: &writer) }

    // Every write comes through here. Without a version of its own for a kind that is written often, the method looks
    // its types up at run time.
    @_specialize(where Value == Pod)
    @_specialize(where Value == Event)
    @_specialize(where Value == Lease)
    @_specialize(where Value == Node)
    @_specialize(where Value == ReplicaSet)
    @_specialize(where Value == Deployment)
    @_specialize(where Value == EndpointSlice)
    public override func with(metadata: ObjectMeta) -> KubeObject {
        var copy = value
        copy.metadata = metadata
        return Boxed(copy)
    }
}

/// Decodes objects whose kind is known only at run time, and compares and joins them as the registry needs.
public protocol KindCoder: SendableMetatype {
    static func decode(from reader: inout JSONReader) -> KubeObject
    static func decode(protobuf reader: inout ProtobufReader) -> KubeObject
    /// An object with metadata alone.
    static func make(metadata: ObjectMeta) -> KubeObject
    static func hasSameSpec(_ left: KubeObject, _ right: KubeObject) -> Bool
    static func hasSameStatus(_ left: KubeObject, _ right: KubeObject) -> Bool
    /// `object` with the status of `other`.
    static func settingStatus(_ object: KubeObject, of other: KubeObject) -> KubeObject
    static func isEqual(_ left: KubeObject, _ right: KubeObject) -> Bool
}

public enum TypedKindCoder<Value: Resource>: KindCoder {
    private static func value(_ object: KubeObject) -> Value {
        guard let value = object.as(Value.self) else { preconditionFailure("an object of another kind") }
        return value
    }

    public static func decode(from reader: inout JSONReader) -> KubeObject { Boxed(Value(from: &reader)) }

    public static func decode(protobuf reader: inout ProtobufReader) -> KubeObject { Boxed(Value(protobuf: &reader)) }

    public static func make(metadata: ObjectMeta) -> KubeObject {
        var value = Value()
        value.metadata = metadata
        return Boxed(value)
    }

    public static func hasSameSpec(_ left: KubeObject, _ right: KubeObject) -> Bool {
        value(left).hasSameSpec(as: value(right))
    }

    public static func hasSameStatus(_ left: KubeObject, _ right: KubeObject) -> Bool {
        value(left).hasSameStatus(as: value(right))
    }

    public static func settingStatus(_ object: KubeObject, of other: KubeObject) -> KubeObject {
        var result = value(object)
        result.setStatus(of: value(other))
        return Boxed(result)
    }

    public static func isEqual(_ left: KubeObject, _ right: KubeObject) -> Bool {
        left === right || value(left) == value(right)
    }
}
