import KubeAPI

/// A strategy with its kind erased, so that one registry serves every kind. One call of a closure a step; inside, all
/// dispatch is static.
package final class AnyStrategy: Sendable {
    package let kind: ResourceKind
    package let allowsCreateOnUpdate: Bool
    package let allowsUnconditionalUpdate: Bool
    private let steps: StrategySteps

    init<Kind: Strategy>(_ strategy: Kind.Type) {
        kind = Kind.Value.kind
        allowsCreateOnUpdate = Kind.allowsCreateOnUpdate
        allowsUnconditionalUpdate = Kind.allowsUnconditionalUpdate
        steps = StrategySteps(strategy)
    }

    /// The object with its defaults filled in; the same object if none was missing.
    package func setDefaults(_ object: KubeObject, now: Time) -> KubeObject { steps.setDefaults(object, now) }

    package func prepareForCreate(_ object: KubeObject, _ context: WriteContext) -> KubeObject {
        steps.prepareForCreate(object, context)
    }

    /// The object once it has its UID and its name, which may be a generated one.
    package func prepareIdentified(_ object: KubeObject) -> KubeObject { steps.prepareIdentified(object) }

    package func prepareForUpdate(_ object: KubeObject, old: KubeObject) -> KubeObject {
        steps.prepareForUpdate(object, old)
    }

    package func prepareForStatusUpdate(_ object: KubeObject, old: KubeObject, now: Time) -> KubeObject {
        steps.prepareForStatusUpdate(object, old, now)
    }

    /// The errors of the metadata, then the kind's own.
    package func validate(_ object: KubeObject) -> [FieldError] { steps.validate(object) }

    package func validateUpdate(_ object: KubeObject, old: KubeObject) -> [FieldError] {
        steps.validateUpdate(object, old)
    }

    package func validateStatusUpdate(_ object: KubeObject, old: KubeObject) -> [FieldError] {
        steps.validateStatusUpdate(object, old)
    }

    package func warnings(_ object: KubeObject, old: KubeObject?) -> [String] { steps.warnings(object, old) }

    package func validateName(_ name: String, isPrefix: Bool) -> [String] { steps.validateName(name, isPrefix) }

    /// Whether two objects of the kind are equal in everything.
    package func isEqual(_ left: KubeObject, _ right: KubeObject) -> Bool { steps.isEqual(left, right) }

    /// Whether everything but metadata and status is equal.
    package func hasSameSpec(_ left: KubeObject, _ right: KubeObject) -> Bool { steps.hasSameSpec(left, right) }
}

/// What a strategy does, as closures: these are compiled for their kind, where methods of a generic class would look
/// its types up at run time for every write.
private struct StrategySteps: Sendable {
    let setDefaults: @Sendable (KubeObject, _ now: Time) -> KubeObject
    let prepareForCreate: @Sendable (KubeObject, WriteContext) -> KubeObject
    let prepareIdentified: @Sendable (KubeObject) -> KubeObject
    let prepareForUpdate: @Sendable (KubeObject, _ old: KubeObject) -> KubeObject
    let prepareForStatusUpdate: @Sendable (KubeObject, _ old: KubeObject, _ now: Time) -> KubeObject
    let validate: @Sendable (KubeObject) -> [FieldError]
    let validateUpdate: @Sendable (KubeObject, _ old: KubeObject) -> [FieldError]
    let validateStatusUpdate: @Sendable (KubeObject, _ old: KubeObject) -> [FieldError]
    let warnings: @Sendable (KubeObject, _ old: KubeObject?) -> [String]
    let validateName: @Sendable (String, _ isPrefix: Bool) -> [String]
    let isEqual: @Sendable (KubeObject, KubeObject) -> Bool
    let hasSameSpec: @Sendable (KubeObject, KubeObject) -> Bool

    init<Kind: Strategy>(_: Kind.Type) {
        typealias Value = Kind.Value
        let kind = Value.kind
        setDefaults = { object, now in
            changed(object, as: Value.self) { value in Kind.setDefaults(&value, now: now) }
        }
        prepareForCreate = { object, context in
            changed(object, as: Value.self) { value in
                Kind.prepareForCreate(&value, context)
                Kind.dropDisabledFields(&value, old: nil)
            }
        }
        prepareIdentified = { object in
            guard Kind.needsIdentity else { return object }
            return changed(object, as: Value.self) { value in Kind.prepareIdentified(&value) }
        }
        prepareForUpdate = { object, old in
            changed(object, as: Value.self) { value in
                let old = typed(old, as: Value.self)
                Kind.prepareForUpdate(&value, old: old)
                Kind.dropDisabledFields(&value, old: old)
            }
        }
        prepareForStatusUpdate = { object, old, now in
            changed(object, as: Value.self) { value in
                Kind.prepareForStatusUpdate(&value, old: typed(old, as: Value.self), now: now)
            }
        }
        validate = { object in
            MetadataValidation.validate(object.metadata, of: kind, name: { Kind.validateName($0, isPrefix: $1) })
                + Kind.validate(typed(object, as: Value.self))
        }
        validateUpdate = { object, old in
            MetadataValidation.validateUpdate(object.metadata, old: old.metadata, of: kind)
                + Kind.validateUpdate(typed(object, as: Value.self), old: typed(old, as: Value.self))
        }
        validateStatusUpdate = { object, old in
            MetadataValidation.validateUpdate(object.metadata, old: old.metadata, of: kind)
                + Kind.validateStatusUpdate(typed(object, as: Value.self), old: typed(old, as: Value.self))
        }
        warnings = { object, old in
            Kind.warnings(typed(object, as: Value.self), old: old.map { typed($0, as: Value.self) })
        }
        validateName = { name, isPrefix in Kind.validateName(name, isPrefix: isPrefix) }
        isEqual = { left, right in
            left === right || typed(left, as: Value.self) == typed(right, as: Value.self)
        }
        hasSameSpec = { left, right in
            typed(left, as: Value.self).hasSameSpec(as: typed(right, as: Value.self))
        }
    }
}

/// The object as what it is known to be.
@inline(__always)
func typed<Value: Resource>(_ object: KubeObject, as: Value.Type) -> Value {
    guard let value = object.as(Value.self) else { preconditionFailure("an object of another kind") }
    return value
}

/// The object after a change; the same object if nothing came of it.
@inline(__always)
private func changed<Value: Resource>(
    _ object: KubeObject, as type: Value.Type, _ change: (inout Value) -> Void
) -> KubeObject {
    let before = typed(object, as: type)
    var after = before
    change(&after)
    // Most values are a few references, and the same references are the same value.
    let isSame = withUnsafeBytes(of: before) { before in
        withUnsafeBytes(of: after) { isSameBytes(before, $0) }
    }
    return isSame ? object : Boxed(after)
}

/// Of two values of one type: word by word, as nearly all are made of words.
@inline(__always)
private func isSameBytes(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Bool {
    var offset = 0
    while offset &+ 8 <= left.count {
        let word = left.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
        if word != right.loadUnaligned(fromByteOffset: offset, as: UInt64.self) { return false }
        offset &+= 8
    }
    return left[offset...].elementsEqual(right[offset...])
}
