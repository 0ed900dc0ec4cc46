import KubeAPI

// Admission and device claims. Follows kubernetes pkg/printers/internalversion/printers.go.

enum MutatingWebhookConfigurationPrinter: TablePrinter {
    static let columns: [TableColumn] = [.name, TableColumn("Webhooks", .integer), .age]

    static func cells(_ configuration: MutatingWebhookConfiguration) -> [Cell] {
        [configuration.nameCell, .int(configuration.webhooks.count), configuration.ageCell]
    }
}

enum ValidatingWebhookConfigurationPrinter: TablePrinter {
    static let columns = MutatingWebhookConfigurationPrinter.columns

    static func cells(_ configuration: ValidatingWebhookConfiguration) -> [Cell] {
        [configuration.nameCell, .int(configuration.webhooks.count), configuration.ageCell]
    }
}

enum ValidatingAdmissionPolicyPrinter: TablePrinter {
    static let columns: [TableColumn] = [.name, TableColumn("Validations", .integer), TableColumn("ParamKind"), .age]

    static func cells(_ policy: ValidatingAdmissionPolicy) -> [Cell] {
        let kind = policy.spec.paramKind.map { "\($0.apiVersion.text)/\($0.kind.text)" }
        return [
            policy.nameCell, .int(policy.spec.validations.count), .text(kind, or: PrinterTexts.unset), policy.ageCell,
        ]
    }
}

enum ValidatingAdmissionPolicyBindingPrinter: TablePrinter {
    static let columns: [TableColumn] = [.name, TableColumn("PolicyName"), TableColumn("ParamRef"), .age]

    static func cells(_ binding: ValidatingAdmissionPolicyBinding) -> [Cell] {
        [
            binding.nameCell, .text(binding.spec.policyName), .text(reference(binding.spec.paramRef)),
            binding.ageCell,
        ]
    }

    /// As in `namespace/name`, `*/name`, or the selector of several.
    static func reference(_ reference: ParamRef?) -> String {
        guard let reference else { return PrinterTexts.unset }
        let namespace = reference.namespace.isEmptyOrNil ? "*" : reference.namespace.text
        if let name = reference.name, !name.isEmpty { return namespace + "/" + name }
        return reference.selector == nil ? PrinterTexts.unset : LabelSelector.format(reference.selector)
    }
}

enum MutatingAdmissionPolicyPrinter: TablePrinter {
    static let columns: [TableColumn] = [.name, TableColumn("Mutations", .integer), TableColumn("ParamKind"), .age]

    static func cells(_ policy: MutatingAdmissionPolicy) -> [Cell] {
        let kind = policy.spec.paramKind.map { "\($0.apiVersion.text)/\($0.kind.text)" }
        return [
            policy.nameCell, .int(policy.spec.mutations.count), .text(kind, or: PrinterTexts.unset), policy.ageCell,
        ]
    }
}

enum MutatingAdmissionPolicyBindingPrinter: TablePrinter {
    static let columns = ValidatingAdmissionPolicyBindingPrinter.columns

    static func cells(_ binding: MutatingAdmissionPolicyBinding) -> [Cell] {
        [
            binding.nameCell, .text(binding.spec.policyName.text),
            .text(ValidatingAdmissionPolicyBindingPrinter.reference(binding.spec.paramRef)), binding.ageCell,
        ]
    }
}

enum ResourceClaimPrinter: TablePrinter {
    static let columns: [TableColumn] = [.name, TableColumn("State"), .age]

    static func cells(_ claim: ResourceResourceClaim) -> [Cell] {
        var states: [String] = []
        if claim.metadata.deletionTimestamp != nil { states.append("deleted") }
        if claim.status.allocation == nil {
            if claim.metadata.deletionTimestamp == nil { states.append("pending") }
        } else {
            states.append("allocated")
            states.append(claim.status.reservedFor.isEmpty ? "" : "reserved")
        }
        return [claim.nameCell, .text(states.filter { !$0.isEmpty }.joined(separator: ",")), claim.ageCell]
    }
}

enum ResourceSlicePrinter: TablePrinter {
    static let columns: [TableColumn] = [.name, TableColumn("Node"), TableColumn("Driver"), TableColumn("Pool"), .age]

    static func cells(_ slice: ResourceSlice) -> [Cell] {
        [
            slice.nameCell, .text(slice.spec.nodeName, or: PrinterTexts.none), .text(slice.spec.driver),
            .text(slice.spec.pool.name), slice.ageCell,
        ]
    }
}
