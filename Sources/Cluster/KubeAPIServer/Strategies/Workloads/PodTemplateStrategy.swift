import KubeAPI

/// PodTemplates. Follows kubernetes pkg/registry/core/podtemplate/strategy.go.
enum PodTemplateStrategy: Strategy {
    static func setDefaults(_ object: inout PodTemplate) { object.template.mutateSpec(PodSpecDefaults.set) }

    static func validate(_ object: PodTemplate) -> [FieldError] {
        Validator.errors { validator in
            validator.field("template") { $0.podTemplate(object.template.value) }
        }
    }

    static func warnings(_ object: PodTemplate, old: PodTemplate?) -> [String] {
        if let old, old.template == object.template { return [] }
        return PodWarnings.of(object.template.podSpec, object.template.podMetadata, template: "template")
    }
}

/// Templates that the wire may leave out; they read as empty ones.
extension Optional where Wrapped == PodTemplateSpec {
    var isPresent: Bool { self != nil }
    var value: PodTemplateSpec { self ?? PodTemplateSpec() }
    var podSpec: PodSpec { self?.spec ?? PodSpec() }
    var podMetadata: ObjectMeta { self?.metadata ?? ObjectMeta() }
    var podLabels: StringMap<String> { self?.metadata.labels ?? [:] }

    mutating func mutateSpec(_ change: (inout PodSpec) -> Void) {
        mutate { change(&$0.spec) }
    }
}
