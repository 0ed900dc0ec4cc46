import KubeAPI

/// Namespaces. Follows kubernetes pkg/registry/core/namespace/strategy.go.
package enum NamespaceStrategy: Strategy {
    private static let nameLabel = "kubernetes.io/metadata.name"

    /// Every namespace has its name as a label, so that selectors can name it.
    package static func setDefaults(_ namespace: inout Namespace) {
        if !namespace.name.isEmpty, namespace.labels[nameLabel] != namespace.name {
            namespace.metadata.labels[nameLabel] = namespace.name
        }
        if namespace.status.phase.isEmptyOrNil { namespace.status.phase = "Active" }
    }

    package static func prepareForCreate(_ namespace: inout Namespace) {
        namespace.status = NamespaceStatus()
        namespace.status.phase = "Active"
        if !namespace.spec.finalizers.contains("kubernetes") { namespace.spec.finalizers.append("kubernetes") }
    }

    package static var needsIdentity: Bool { true }

    /// A generated name becomes a label too.
    package static func prepareIdentified(_ namespace: inout Namespace) { setDefaults(&namespace) }

    package static func prepareForUpdate(_ namespace: inout Namespace, old: Namespace) {
        namespace.spec.finalizers = old.spec.finalizers
        namespace.status = old.status
    }

    package static func prepareForStatusUpdate(_ namespace: inout Namespace, old: Namespace) {
        namespace.spec = old.spec
    }

    package static func validate(_ namespace: Namespace) -> [FieldError] {
        finalizerErrors(namespace, areNumbered: false)
    }

    /// Upstream says which finalizer it means only when nothing else is written.
    static func finalizerErrors(_ namespace: Namespace, areNumbered: Bool) -> [FieldError] {
        Validator.errors { $0.namespaceFinalizers(namespace, areNumbered: areNumbered) }
    }

    package static func validateUpdate(_ namespace: Namespace, old: Namespace) -> [FieldError] { [] }

    package static func validateStatusUpdate(_ namespace: Namespace, old: Namespace) -> [FieldError] {
        let phase = namespace.status.phase.text
        return Validator.errors { validator in
            if namespace.metadata.deletionTimestamp == nil {
                if phase != "Active" {
                    validator.invalid(
                        .grandchild("status", "Phase"), phase,
                        "may only be 'Active' if `deletionTimestamp` is empty")
                }
            } else if phase != "Terminating" {
                validator.invalid(
                    .grandchild("status", "Phase"), phase,
                    "may only be 'Terminating' if `deletionTimestamp` is not empty")
            }
        }
    }

    package static func validateName(_ name: String, isPrefix: Bool) -> [String] {
        Validation.nameIsDNSLabel(name, isPrefix)
    }
}

extension Validator {
    fileprivate mutating func namespaceFinalizers(_ namespace: Namespace, areNumbered: Bool) {
        field("spec") { validator in
            for (index, finalizer) in namespace.spec.finalizers.enumerated() {
                let place: Place = areNumbered ? .element("finalizers", index) : "finalizers"
                validator.check(place, finalizer, Validation.qualifiedName(finalizer))
                if finalizer.contains("/") || ["kubernetes", "orphan", "foregroundDeletion"].contains(finalizer) {
                    continue
                }
                validator.invalid(
                    place, finalizer, "name is neither a standard finalizer name nor is it fully qualified")
            }
        }
    }
}
