import KubeAPI

/// ControllerRevisions. Follows kubernetes pkg/registry/apps/controllerrevision/strategy.go.
enum ControllerRevisionStrategy: Strategy {
    static func validate(_ revision: ControllerRevision) -> [FieldError] {
        Validator.errors { validator in
            if revision.data?.isNull ?? true { validator.required("data", "data is mandatory") }
            validator.nonnegative("revision", revision.revision)
        }
    }

    static func validateUpdate(_ revision: ControllerRevision, old: ControllerRevision) -> [FieldError] {
        validate(revision)
            + Validator.errors { $0.immutable("data", revision.data, old: old.data) }
    }
}
