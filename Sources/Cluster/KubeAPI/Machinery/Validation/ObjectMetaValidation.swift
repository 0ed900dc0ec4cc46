// An object's metadata. Follows apimachinery `pkg/api/validation/objectmeta.go` and
// `pkg/apis/meta/v1/validation/validation.go`.

extension Validation {
    /// Bytes that all annotations of an object may take.
    public static let annotationsMaximumSize = 256 * 1024

    /// Metadata of an object that is being created, its name generated already.
    public static func objectMeta(
        _ meta: ObjectMeta, isNamespaced: Bool, nameCheck: NameCheck, _ path: FieldPath = "metadata"
    ) -> [FieldError] {
        var errors: [FieldError] = []
        if let prefix = meta.generateName, !prefix.isEmpty {
            errors += nameCheck(prefix, true).map { .invalid(path.child("generateName"), prefix, $0) }
        }
        let name = meta.name ?? ""
        if name.isEmpty {
            errors.append(.required(path.child("name"), "name or generateName is required"))
        } else {
            errors += nameCheck(name, false).map { .invalid(path.child("name"), name, $0) }
        }
        let namespace = meta.namespace ?? ""
        if isNamespaced {
            if namespace.isEmpty {
                errors.append(.required(path.child("namespace")))
            } else {
                errors += nameIsDNSLabel(namespace, false).map { .invalid(path.child("namespace"), namespace, $0) }
            }
        } else if !namespace.isEmpty {
            errors.append(.forbidden(path.child("namespace"), "not allowed on this type"))
        }
        if let generation = meta.generation { errors += nonNegative(generation, path.child("generation")) }
        if !meta.labels.isEmpty { errors += labels(meta.labels, path.child("labels")) }
        if !meta.annotations.isEmpty { errors += annotations(meta.annotations, path.child("annotations")) }
        if !meta.ownerReferences.isEmpty {
            errors += ownerReferences(meta.ownerReferences, path.child("ownerReferences"))
        }
        if !meta.finalizers.isEmpty { errors += finalizers(meta.finalizers, path.child("finalizers")) }
        if !meta.managedFields.isEmpty { errors += managedFields(meta.managedFields, path.child("managedFields")) }
        return errors
    }

    /// What an update may not do to metadata. The new metadata has the server's own fields filled in already.
    public static func objectMetaUpdate(
        _ new: ObjectMeta, old: ObjectMeta, _ path: FieldPath = "metadata"
    ) -> [FieldError] {
        var errors: [FieldError] = []
        if old.deletionTimestamp != nil {
            let extra = new.finalizers.filter { !old.finalizers.contains($0) }.sorted(by: precedesUTF8)
            if !extra.isEmpty {
                let detail =
                    "no new finalizers can be added if the object is being deleted, found new finalizers "
                    + GoText.literal(extra)
                errors.append(.forbidden(path.child("finalizers"), detail))
            }
        }
        if (new.resourceVersion ?? "").isEmpty {
            errors.append(.invalid(path.child("resourceVersion"), "", "must be specified for an update"))
        }
        let generation = new.generation ?? 0
        if generation < old.generation ?? 0 {
            errors.append(.invalid(path.child("generation"), generation, "must not be decremented"))
        }
        errors += immutable(new.name ?? "", old.name ?? "", path, "name")
        errors += immutable(new.namespace ?? "", old.namespace ?? "", path, "namespace")
        errors += immutable(new.uid ?? "", old.uid ?? "", path, "uid")
        errors += immutable(new.creationTimestamp, old.creationTimestamp, path, "creationTimestamp")
        errors += immutable(new.deletionTimestamp, old.deletionTimestamp, path, "deletionTimestamp")
        errors += immutable(
            new.deletionGracePeriodSeconds, old.deletionGracePeriodSeconds, path, "deletionGracePeriodSeconds")
        // What is stored was found valid when it came.
        if !new.labels.isEmpty, new.labels != old.labels { errors += labels(new.labels, path.child("labels")) }
        if !new.annotations.isEmpty, new.annotations != old.annotations {
            errors += annotations(new.annotations, path.child("annotations"))
        }
        if !new.ownerReferences.isEmpty, new.ownerReferences != old.ownerReferences {
            errors += ownerReferences(new.ownerReferences, path.child("ownerReferences"))
        }
        if !new.managedFields.isEmpty { errors += managedFields(new.managedFields, path.child("managedFields")) }
        return errors
    }

    private static func immutable<Value: JSONCodable>(
        _ new: Value?, _ old: Value?, _ path: FieldPath, _ name: String
    ) -> [FieldError] {
        new == old ? [] : [.invalid(path.child(name), new, immutableError)]
    }

    /// Keys are label keys in any case; the size of all is limited.
    public static func annotations(_ annotations: StringMap<String>, _ path: FieldPath) -> [FieldError] {
        var errors: [FieldError] = []
        var size = 0
        for (key, value) in annotations {
            errors += labelKey(key.lowercased()).map { .invalid(path, key, $0) }
            size += key.utf8.count + value.utf8.count
        }
        if size > annotationsMaximumSize { errors.append(.tooLong(path, maximum: annotationsMaximumSize)) }
        return errors
    }

    /// Each must name its owner whole, and one at most may be the managing controller.
    public static func ownerReferences(_ references: [OwnerReference], _ path: FieldPath) -> [FieldError] {
        var errors: [FieldError] = []
        var firstController: String?
        for reference in references {
            errors += ownerReference(reference, path)
            guard reference.controller == true else { continue }
            let controller = reference.kind + "/" + reference.name
            if let firstController {
                let detail =
                    "Only one reference can have Controller set to true. Found \"true\" in references for "
                    + "\(firstController) and \(controller)"
                errors.append(.invalid(path, references, detail))
            } else {
                firstController = controller
            }
        }
        return errors
    }

    private static func ownerReference(_ reference: OwnerReference, _ path: FieldPath) -> [FieldError] {
        var errors: [FieldError] = []
        if Catalogue.split(apiVersion: reference.apiVersion).version.isEmpty {
            errors.append(.invalid(path.child("apiVersion"), reference.apiVersion, "version must not be empty"))
        }
        for (name, value) in [("kind", reference.kind), ("name", reference.name), ("uid", reference.uid)]
        where value.isEmpty {
            errors.append(.invalid(path.child(name), value, "must not be empty"))
        }
        if reference.apiVersion == "v1", reference.kind == "Event" {
            errors.append(.invalid(path, reference, "/v1, Kind=Event is disallowed from being an owner"))
        }
        return errors
    }

    /// Each is a qualified name, and orphaning and deleting the dependents do not go together.
    public static func finalizers(_ finalizers: [String], _ path: FieldPath) -> [FieldError] {
        var errors: [FieldError] = []
        for finalizer in finalizers { errors += qualifiedName(finalizer).map { .invalid(path, finalizer, $0) } }
        if finalizers.contains("orphan"), finalizers.contains("foregroundDeletion") {
            let detail = "finalizer orphan and foregroundDeletion cannot be both set"
            errors.append(.invalid(path, finalizers, detail))
        }
        return errors
    }

    /// Each entry says which operation it is of, and in which format.
    public static func managedFields(_ entries: [ManagedFieldsEntry], _ path: FieldPath) -> [FieldError] {
        var errors: [FieldError] = []
        for (index, entry) in entries.enumerated() {
            let path = path.index(index)
            if entry.operation != "Apply", entry.operation != "Update" {
                errors.append(.invalid(path.child("operation"), entry.operation ?? "", "must be `Apply` or `Update`"))
            }
            if let type = entry.fieldsType, !type.isEmpty, type != "FieldsV1" {
                errors.append(.invalid(path.child("fieldsType"), type, "must be `FieldsV1`"))
            }
            errors += fieldManager(entry.manager ?? "", path.child("manager"))
            if (entry.subresource ?? "").utf8.count > 256 {
                errors.append(.tooLong(path.child("subresource"), maximum: 256))
            }
        }
        return errors
    }

    /// At most 128 bytes, all printable.
    public static func fieldManager(_ manager: String, _ path: FieldPath) -> [FieldError] {
        var errors: [FieldError] = []
        if manager.utf8.count > 128 { errors.append(.tooLong(path, maximum: 128)) }
        for index in manager.unicodeScalars.indices {
            let scalar = manager.unicodeScalars[index]
            if GoText.isPrintable(scalar) { continue }
            let digits = String(scalar.value, radix: 16, uppercase: true)
            let code = "U+" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
            let position = manager.utf8.distance(from: manager.startIndex, to: index)
            errors.append(.invalid(path, manager, "invalid character \(code) (at position \(position))"))
        }
        return errors
    }
}

// MARK: Options

extension Validation {
    /// The options of a deletion.
    public static func deleteOptions(_ options: DeleteOptions) -> [FieldError] {
        var errors: [FieldError] = []
        let path: FieldPath = "propagationPolicy"
        if let policy = options.propagationPolicy {
            if options.orphanDependents != nil {
                let detail = "orphanDependents and deletionPropagation cannot be both set"
                errors.append(.invalid(path, policy, detail))
            }
            let supported = ["Foreground", "Background", "Orphan"]
            if !supported.contains(policy) {
                errors.append(.notSupported(path, policy, supported: supported + ["nil"]))
            }
        }
        return errors + dryRun(options.dryRun, "dryRun") + unsafeDeletion(options)
    }

    /// Removing what cannot be read goes with no other wish.
    private static func unsafeDeletion(_ options: DeleteOptions) -> [FieldError] {
        guard options.ignoreStoreReadErrorWithClusterBreakingPotential == true else { return [] }
        let others = [
            ("dryRun", !options.dryRun.isEmpty), ("propagationPolicy", options.propagationPolicy != nil),
            ("orphanDependents", options.orphanDependents != nil),
            ("gracePeriodSeconds", options.gracePeriodSeconds != nil), ("preconditions", options.preconditions != nil),
        ]
        return others.filter { $0.1 }.map { name, _ in
            .invalid(
                "ignoreStoreReadErrorWithClusterBreakingPotential", true, "cannot be set together with .\(name)")
        }
    }

    /// All stages are dry, or none is.
    public static func dryRun(_ values: [String], _ path: FieldPath) -> [FieldError] {
        values.allSatisfy { $0 == "All" } ? [] : [.notSupported(path, values, supported: ["All"])]
    }

    /// The parameter by which a client says what becomes of unknown fields.
    public static func fieldValidation(_ value: String, _ path: FieldPath) -> [FieldError] {
        let supported = ["", "Ignore", "Strict", "Warn"]
        return supported.contains(value) ? [] : [.notSupported(path, value, supported: supported)]
    }
}
