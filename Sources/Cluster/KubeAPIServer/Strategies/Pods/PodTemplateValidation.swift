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

    /// The template of a Deployment or ReplicaSet, which is not looked into while the selector makes no sense.
    mutating func workloadTemplate(
        _ template: PodTemplateSpec, selector: LabelSelector?, deadlineIn kind: String
    ) {
        guard let compiled = try? Selector(selector) else {
            return invalid("selector", selector ?? LabelSelector(), "invalid label selector")
        }
        workloadTemplate(template, selector: compiled, deadlineIn: kind)
    }

    /// The template of a workload whose pods always restart, and whose selector must match its labels.
    mutating func workloadTemplate(_ template: PodTemplateSpec, selector: Selector, deadlineIn kind: String) {
        field("template") { validator in
            validator.selectorMatches(selector, template)
            validator.podTemplate(template)
            let policy = template.spec.restartPolicy.text
            if policy != "Always" { validator.notSupported(.grandchild("spec", "restartPolicy"), policy, ["Always"]) }
            if template.spec.activeDeadlineSeconds != nil {
                validator.forbidden(
                    .grandchild("spec", "activeDeadlineSeconds"), "activeDeadlineSeconds in \(kind) is not Supported")
            }
        }
    }

    /// Standing on the template: the selector must match its labels. An absent one matches none, an empty one all.
    mutating func selectorMatches(_ selector: Selector, _ template: PodTemplateSpec) {
        let labels = template.metadata.labels
        if selector.matches(labels) { return }
        let detail = "`selector` does not match template `labels`"
        // A map that nobody wrote is null in Go.
        if labels.isEmpty { return invalidNull(.grandchild("metadata", "labels"), detail) }
        invalid(.grandchild("metadata", "labels"), labels, detail)
    }

    /// A workload's selector: present, well-formed and not that of all pods.
    mutating func workloadSelector(_ selector: LabelSelector?, of kind: String) {
        guard let selector else { return required("selector") }
        labelSelector("selector", selector)
        selectorOfSome(selector, of: kind)
    }

    /// A selector that is there must have a condition.
    mutating func selectorOfSome(_ selector: LabelSelector?, of kind: String) {
        guard let selector, selector == LabelSelector() else { return }
        invalid("selector", selector, "empty selector is invalid for \(kind)")
    }
}
