import KubeAPI

/// A strategy with its kind erased, so that one registry serves every kind. One virtual call a step; inside, all
/// dispatch is static.
package class AnyStrategy: @unchecked Sendable {
    package final let kind: ResourceKind
    package final let allowsCreateOnUpdate: Bool
    package final let allowsUnconditionalUpdate: Bool

    fileprivate init(kind: ResourceKind, allowsCreateOnUpdate: Bool, allowsUnconditionalUpdate: Bool) {
        self.kind = kind
        self.allowsCreateOnUpdate = allowsCreateOnUpdate
        self.allowsUnconditionalUpdate = allowsUnconditionalUpdate
    }

    /// The object with its defaults filled in; the same object if none was missing.
    package func setDefaults(_ object: KubeObject) -> KubeObject { preconditionFailure("every AnyStrategy is typed") }

    package func prepareForCreate(_ object: KubeObject) -> KubeObject {
        preconditionFailure("every AnyStrategy is typed")
    }

    /// The object once it has its UID and its name, which may be a generated one.
    package func prepareIdentified(_ object: KubeObject) -> KubeObject {
        preconditionFailure("every AnyStrategy is typed")
    }

    package func prepareForUpdate(_ object: KubeObject, old: KubeObject) -> KubeObject {
        preconditionFailure("every AnyStrategy is typed")
    }

    package func prepareForStatusUpdate(_ object: KubeObject, old: KubeObject) -> KubeObject {
        preconditionFailure("every AnyStrategy is typed")
    }

    /// The errors of the metadata, then the kind's own.
    package func validate(_ object: KubeObject) -> [FieldError] { preconditionFailure("every AnyStrategy is typed") }

    package func validateUpdate(_ object: KubeObject, old: KubeObject) -> [FieldError] {
        preconditionFailure("every AnyStrategy is typed")
    }

    package func validateStatusUpdate(_ object: KubeObject, old: KubeObject) -> [FieldError] {
        preconditionFailure("every AnyStrategy is typed")
    }

    package func warnings(_ object: KubeObject, old: KubeObject?) -> [String] {
        preconditionFailure("every AnyStrategy is typed")
    }

    package func validateName(_ name: String, isPrefix: Bool) -> [String] {
        preconditionFailure("every AnyStrategy is typed")
    }
}

/// The one subclass of `AnyStrategy`.
final class TypedStrategy<Kind: Strategy>: AnyStrategy, @unchecked Sendable {
    init() {
        super.init(
            kind: Kind.Value.kind, allowsCreateOnUpdate: Kind.allowsCreateOnUpdate,
            allowsUnconditionalUpdate: Kind.allowsUnconditionalUpdate)
    }

    private func value(_ object: KubeObject) -> Kind.Value {
        guard let value = object.as(Kind.Value.self) else { preconditionFailure("an object of another kind") }
        return value
    }

    override func setDefaults(_ object: KubeObject) -> KubeObject {
        var result = value(object)
        Kind.setDefaults(&result)
        return Boxed(result)
    }

    override func prepareForCreate(_ object: KubeObject) -> KubeObject {
        var result = value(object)
        Kind.prepareForCreate(&result)
        return Boxed(result)
    }

    override func prepareIdentified(_ object: KubeObject) -> KubeObject {
        guard Kind.needsIdentity else { return object }
        var result = value(object)
        Kind.prepareIdentified(&result)
        return Boxed(result)
    }

    override func prepareForUpdate(_ object: KubeObject, old: KubeObject) -> KubeObject {
        var result = value(object)
        Kind.prepareForUpdate(&result, old: value(old))
        return Boxed(result)
    }

    override func prepareForStatusUpdate(_ object: KubeObject, old: KubeObject) -> KubeObject {
        var result = value(object)
        Kind.prepareForStatusUpdate(&result, old: value(old))
        return Boxed(result)
    }

    override func validate(_ object: KubeObject) -> [FieldError] {
        MetadataValidation.validate(object.metadata, of: kind, name: { Kind.validateName($0, isPrefix: $1) })
            + Kind.validate(value(object))
    }

    override func validateUpdate(_ object: KubeObject, old: KubeObject) -> [FieldError] {
        MetadataValidation.validateUpdate(object.metadata, old: old.metadata, of: kind)
            + Kind.validateUpdate(value(object), old: value(old))
    }

    override func validateStatusUpdate(_ object: KubeObject, old: KubeObject) -> [FieldError] {
        MetadataValidation.validateUpdate(object.metadata, old: old.metadata, of: kind)
            + Kind.validateStatusUpdate(value(object), old: value(old))
    }

    override func warnings(_ object: KubeObject, old: KubeObject?) -> [String] {
        Kind.warnings(value(object), old: old.map(value))
    }

    override func validateName(_ name: String, isPrefix: Bool) -> [String] {
        Kind.validateName(name, isPrefix: isPrefix)
    }
}
