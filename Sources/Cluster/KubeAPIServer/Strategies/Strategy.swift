import KubeAPI

/// What the registry needs to know about one kind: its defaults, its names, what may be written and when.
///
/// The registry calls these in upstream's order. Create: `setDefaults`, admission, `prepareForCreate`, the
/// UID and the name, `prepareIdentified`, `validate`.
/// Update: `setDefaults`, admission, `prepareForUpdate`, `validateUpdate` (or their status counterparts). The metadata
/// that every kind has is validated by `AnyStrategy`, before the kind's own errors.
/// Follows kubernetes staging/src/k8s.io/apiserver/pkg/registry/rest `RESTCreateStrategy`, `RESTUpdateStrategy`.
package protocol Strategy: SendableMetatype {
    associatedtype Value: Resource

    /// Fills in what the author left out. Idempotent.
    static func setDefaults(_ value: inout Value)
    /// The same for a kind with times that are now unless the author says otherwise.
    static func setDefaults(_ value: inout Value, now: Time)

    /// Clears what an author may not set, such as the status.
    static func prepareForCreate(_ value: inout Value)
    /// The same for a kind that tells at once since when it holds, or who made it.
    static func prepareForCreate(_ value: inout Value, _ context: WriteContext)
    /// Fills in what depends on the UID and the name, which may be a generated one; called between `prepareForCreate`
    /// and `validate` if `needsIdentity` says so.
    static func prepareIdentified(_ value: inout Value)
    static var needsIdentity: Bool { get }
    /// Puts back what an update of the main resource may not change.
    static func prepareForUpdate(_ value: inout Value, old: Value)
    /// Puts back what an update of the status may not change.
    static func prepareForStatusUpdate(_ value: inout Value, old: Value)
    /// The same for a kind whose status has times that are now unless the author says otherwise.
    static func prepareForStatusUpdate(_ value: inout Value, old: Value, now: Time)

    /// Drops the fields of features that are off, after `prepareForCreate` (`old` is nil) and `prepareForUpdate`.
    static func dropDisabledFields(_ value: inout Value, old: Value?)

    /// Every error of the value, in upstream's order; none for a valid one.
    static func validate(_ value: Value) -> [FieldError]
    static func validateUpdate(_ value: Value, old: Value) -> [FieldError]
    static func validateStatusUpdate(_ value: Value, old: Value) -> [FieldError]

    /// What the author should know although the write is accepted. `old` is nil on create.
    static func warnings(_ value: Value, old: Value?) -> [String]

    /// What is wrong with a name; with `isPrefix`, of a `generateName`, which may end in a dash.
    static func validateName(_ name: String, isPrefix: Bool) -> [String]

    /// Whether an update of an object that does not exist creates it.
    static var allowsCreateOnUpdate: Bool { get }
    /// Whether an update may leave `resourceVersion` out.
    static var allowsUnconditionalUpdate: Bool { get }
}

/// When a new object is written, and by whom: what upstream's strategies take from their context.
package struct WriteContext {
    package let now: Time
    package let author: UserInfo

    package init(now: Time, author: UserInfo) {
        self.now = now
        self.author = author
    }
}

extension Strategy {
    package static func setDefaults(_ value: inout Value) {}
    package static func setDefaults(_ value: inout Value, now: Time) { setDefaults(&value) }

    package static func prepareForCreate(_ value: inout Value) {
        if Value.kind.info.hasStatus { value.setStatus(of: Value()) }
    }

    package static func prepareForCreate(_ value: inout Value, _ context: WriteContext) { prepareForCreate(&value) }

    package static func prepareIdentified(_ value: inout Value) {}
    package static var needsIdentity: Bool { false }

    package static func prepareForUpdate(_ value: inout Value, old: Value) {
        if Value.kind.info.hasStatus { value.setStatus(of: old) }
    }

    package static func prepareForStatusUpdate(_ value: inout Value, old: Value) {
        keepAllButStatus(&value, old: old)
    }

    package static func prepareForStatusUpdate(_ value: inout Value, old: Value, now: Time) {
        prepareForStatusUpdate(&value, old: old)
    }

    package static func dropDisabledFields(_ value: inout Value, old: Value?) {}

    package static func validate(_ value: Value) -> [FieldError] { [] }
    package static func validateUpdate(_ value: Value, old: Value) -> [FieldError] { validate(value) }
    package static func validateStatusUpdate(_ value: Value, old: Value) -> [FieldError] { [] }
    package static func warnings(_ value: Value, old: Value?) -> [String] { [] }

    package static func validateName(_ name: String, isPrefix: Bool) -> [String] {
        Validation.nameIsDNSSubdomain(name, isPrefix)
    }

    package static var allowsCreateOnUpdate: Bool { false }
    package static var allowsUnconditionalUpdate: Bool { true }

    /// The old object with the new status; of the metadata, labels, annotations and the like stay as they were written,
    /// as upstream's workload strategies have it.
    static func keepAllButStatus(_ value: inout Value, old: Value) {
        var result = old
        result.metadata = value.metadata
        result.setStatus(of: value)
        value = result
    }
}
