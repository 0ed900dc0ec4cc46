import KubeAPI

// The templates that workloads make pods from.
// Follows kubernetes pkg/apis/core/validation/validation.go `ValidatePodTemplateSpec`.

extension Validator {
    mutating func podTemplate(_ template: PodTemplateSpec) {
        labels("labels", template.metadata.labels)
        annotations("annotations", template.metadata.annotations)
        podAnnotations(template.metadata.annotations, template.spec)
        field("spec") { validator in
            validator.podSpec(template.spec, metadata: nil, isPod: false)
            validator.profilesMatchAnnotations(template.metadata.annotations, template.spec)
            if !template.spec.ephemeralContainers.isEmpty {
                validator.forbidden("ephemeralContainers", "ephemeral containers not allowed in pod template")
            }
        }
    }

    /// The template of a workload whose pods always restart, and whose selector must match its labels.
    mutating func workloadTemplate(
        _ template: PodTemplateSpec, selector: LabelSelector?, deadlineIn kind: String
    ) {
        field("template") { validator in
            if let selector { validator.selectorMatches(selector, template) }
            validator.podTemplate(template)
            let policy = template.spec.restartPolicy.text
            if policy != "Always" { validator.notSupported(.grandchild("spec", "restartPolicy"), policy, ["Always"]) }
            if template.spec.activeDeadlineSeconds != nil {
                validator.forbidden(
                    .grandchild("spec", "activeDeadlineSeconds"), "activeDeadlineSeconds in \(kind) is not Supported")
            }
        }
    }

    /// Standing on the template: the selector must match its labels. An absent one, which reads as empty, matches
    /// nothing.
    mutating func selectorMatches(_ selector: LabelSelector, _ template: PodTemplateSpec) {
        guard let compiled = try? Selector(selector) else { return }
        if !compiled.isEverything, compiled.matches(template.metadata.labels) { return }
        selectorMismatch(template)
    }

    /// Labels that are not there are told as `null`.
    mutating func selectorMismatch(_ template: PodTemplateSpec) {
        let labels = Place.grandchild("metadata", "labels")
        let detail = "`selector` does not match template `labels`"
        if template.metadata.labels.isEmpty { return invalidNull(labels, detail) }
        invalid(labels, template.metadata.labels, detail)
    }

    /// A workload's selector: present and well-formed.
    mutating func workloadSelector(_ selector: LabelSelector) {
        if selector.matchLabels.isEmpty, selector.matchExpressions.isEmpty { return required("selector") }
        labelSelector("selector", selector)
    }
}
