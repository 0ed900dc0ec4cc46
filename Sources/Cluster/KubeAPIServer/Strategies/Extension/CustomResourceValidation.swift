import KubeAPI

// What a CustomResourceDefinition says of its resource, but for the schemas.
// Follows apiextensions-apiserver pkg/apis/apiextensions/validation/validation.go.

extension Validator {
    mutating func customResource(_ spec: CustomResourceDefinitionSpec) {
        if spec.group.isEmpty {
            required("group")
        } else {
            let messages = Validation.dns1123Subdomain(spec.group)
            if !messages.isEmpty {
                invalid("group", spec.group, messages.joined(separator: ","))
            } else if !spec.group.contains(".") {
                invalid("group", spec.group, "should be a domain with at least one dot")
            }
        }
        oneOf("scope", spec.scope, ["Cluster", "Namespaced"])
        let common = CommonParts(spec.versions)
        for (index, version) in spec.versions.enumerated() where version.schema?.openAPIV3Schema == nil {
            field("versions") { validator in
                validator.index(index) {
                    $0.required(.grandchild("schema", "openAPIV3Schema"), "schemas are required")
                }
            }
        }
        each("versions", spec.versions) { validator, version, _ in
            validator.joined("name", version.name, Validation.dns1035Label(version.name))
            validator.customResourceVersion(version, common)
        }
        let names = spec.versions.map(\.name)
        if Set(names).count != names.count { invalid("versions", spec.versions, "must contain unique version names") }
        if spec.versions.filter(\.storage).count != 1 {
            invalid("versions", spec.versions, "must have exactly one version marked as storage version")
        }
        // The version of the first releases of the API, which upstream still keeps inside.
        if let first = names.first { joined("version", first, Validation.dns1035Label(first)) }
        field("names") { validator in
            validator.present(
                ("plural", spec.names.plural), ("singular", spec.names.singular.text), ("kind", spec.names.kind),
                ("listKind", spec.names.listKind.text))
            validator.customResourceNames(spec.names)
        }
        if let schema = common.schema {
            customResourceSchema(
                "validation", schema, hasStatus: spec.versions.contains { $0.subresources?.status != nil })
        }
        if let subresources = common.subresources { customResourceScale(subresources) }
        printerColumns(common.columns)
        if let fields = common.fields { selectableFields(fields, common.schema?.openAPIV3Schema) }
        if let conversion = spec.conversion { field("conversion") { $0.customResourceConversion(conversion) } }
    }

    /// What all versions have alike, which upstream keeps once, and has paths of its own for.
    /// Follows apiextensions-apiserver pkg/apis/apiextensions/v1/conversion.go.
    fileprivate struct CommonParts {
        let schema: CustomResourceValidation?
        let subresources: CustomResourceSubresources?
        let columns: [CustomResourceColumnDefinition]
        let fields: [String]?
        let hasSchema: Bool
        let hasSubresources: Bool
        let hasColumns: Bool

        init(_ versions: [CustomResourceDefinitionVersion]) {
            let first = versions.first
            hasSchema = versions.allSatisfy { $0.schema == first?.schema }
            hasSubresources = versions.allSatisfy { $0.subresources == first?.subresources }
            hasColumns = versions.allSatisfy { $0.additionalPrinterColumns == first?.additionalPrinterColumns }
            schema = hasSchema ? first?.schema : nil
            subresources = hasSubresources ? first?.subresources : nil
            columns = hasColumns ? first?.additionalPrinterColumns ?? [] : []
            let isAlike = hasSchema && versions.allSatisfy { $0.selectableFields == first?.selectableFields }
            fields = isAlike ? first?.selectableFields.map(\.jsonPath) : nil
        }
    }

    private mutating func customResourceVersion(_ version: CustomResourceDefinitionVersion, _ common: CommonParts) {
        if let warning = version.deprecationWarning {
            check("deprecationWarning", warning, deprecationWarning(warning, isDeprecated: version.deprecated == true))
        }
        if !common.hasSchema, let schema = version.schema {
            customResourceSchema("schema", schema, hasStatus: version.subresources?.status != nil)
        }
        if !common.hasSubresources, let subresources = version.subresources { customResourceScale(subresources) }
        if !common.hasColumns { printerColumns(version.additionalPrinterColumns) }
        if common.fields == nil {
            selectableFields(version.selectableFields.map(\.jsonPath), version.schema?.openAPIV3Schema)
        }
    }

    private func deprecationWarning(_ text: String, isDeprecated: Bool) -> [String] {
        if !isDeprecated { return ["can only be set for deprecated versions"] }
        var errors: [String] = []
        if text.utf8.count > 256 { errors.append("must be <= 256 characters long") }
        if text.isEmpty { errors.append("must not be an empty string") }
        if let index = text.unicodeScalars.firstIndex(where: { !Validator.isPrintable($0) }) {
            let place = text.utf8.distance(from: text.startIndex, to: index)
            errors.append(
                "must only contain printable UTF-8 characters; non-printable character found at index \(place)")
        }
        return errors
    }

    /// As Go's `unicode.IsPrint`: of the spaces only the common one.
    private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
        if scalar == " " { return true }
        switch scalar.properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .spaceSeparator, .lineSeparator,
            .paragraphSeparator:
            return false
        default: return true
        }
    }

    // MARK: Names

    mutating func customResourceNames(_ names: CustomResourceDefinitionNames) {
        if !names.plural.isEmpty { joined("plural", names.plural, Validation.dns1035Label(names.plural)) }
        if let name = names.singular, !name.isEmpty { joined("singular", name, Validation.dns1035Label(name)) }
        for (place, name) in [("kind", names.kind), ("listKind", names.listKind.text)] where !name.isEmpty {
            joined(
                .child(place), name, Validation.dns1035Label(name.lowercased()),
                prefix: "may have mixed case, but should otherwise match: ")
        }
        for (index, name) in names.shortNames.enumerated() {
            joined(.element("shortNames", index), name, Validation.dns1035Label(name))
        }
        if !names.kind.isEmpty, names.kind == names.listKind {
            invalid("listKind", names.kind, "kind and listKind may not be the same")
        }
        for (index, name) in names.categories.enumerated() {
            joined(.element("categories", index), name, Validation.dns1035Label(name))
        }
    }

    /// One error for all messages about a value.
    private mutating func joined(_ place: Place, _ value: String, _ messages: [String], prefix: String = "") {
        if !messages.isEmpty { invalid(place, value, prefix + messages.joined(separator: ",")) }
    }

    // MARK: Columns, scale, selectable fields

    private mutating func printerColumns(_ columns: [CustomResourceColumnDefinition]) {
        let types = ["boolean", "date", "integer", "number", "string"]
        let formats = ["byte", "date", "date-time", "double", "float", "int32", "int64", "password"]
        each("additionalPrinterColumns", columns) { validator, column, _ in
            validator.present(("name", column.name))
            let wanted = "must be one of " + types.joined(separator: ",")
            if column.type.isEmpty {
                validator.required("type", wanted)
            } else if !types.contains(column.type) {
                validator.invalid("type", column.type, wanted)
            }
            if let format = column.format, !format.isEmpty, !formats.contains(format) {
                validator.invalid("format", format, "must be one of " + formats.joined(separator: ","))
            }
            if column.jsonPath.isEmpty {
                validator.required("JSONPath")
            } else {
                _ = validator.simplePath("JSONPath", column.jsonPath)
            }
        }
    }

    /// Whether a path begins as it must.
    private mutating func simplePath(_ place: Place, _ path: String) -> Bool {
        if path.hasPrefix(".") { return true }
        invalid(place, path, "must be a simple json path starting with .")
        return false
    }

    private mutating func customResourceScale(_ subresources: CustomResourceSubresources) {
        guard let scale = subresources.scale else { return }
        field("subresources", "scale") { validator in
            for (name, path, root) in [
                ("specReplicasPath", scale.specReplicasPath, ".spec"),
                ("statusReplicasPath", scale.statusReplicasPath, ".status"),
            ] {
                if path.isEmpty {
                    validator.required(.child(name))
                } else if validator.simplePath(.child(name), path), !path.hasPrefix(root + ".") {
                    validator.invalid(.child(name), path, "should be a json path under \(root)")
                }
            }
            guard let path = scale.labelSelectorPath, !path.isEmpty else { return }
            if validator.simplePath("labelSelectorPath", path), !path.hasPrefix(".spec."), !path.hasPrefix(".status.") {
                validator.invalid(
                    "labelSelectorPath", path, "should be a json path under either .spec or .status")
            }
        }
    }

    private static let mostSelectableFields = 8

    private mutating func selectableFields(_ fields: [String], _ schema: JSONSchemaProps?) {
        var paths: Set<String> = []
        each("selectableFields", fields) { validator, path, _ in
            if path.isEmpty { return validator.required("jsonPath") }
            var found = path.hasPrefix(".") ? schema : nil
            let steps = path.dropFirst().split(separator: ".", omittingEmptySubsequences: false).map(String.init)
            for step in steps { found = found?.properties[step] }
            guard let found else {
                return validator.invalid("jsonPath", path, "is an invalid path: does not refer to a valid field")
            }
            if steps.first == "metadata" {
                validator.invalid(.here, path, "must not point to fields in metadata")
            }
            if !["string", "boolean", "integer"].contains(found.type.text) {
                validator.invalid(
                    .here, path,
                    "must point to a field of type string, boolean or integer. Enum string fields and strings with formats "
                        + "are allowed.")
            }
            if !paths.insert(path).inserted { validator.duplicate(.here, path) }
        }
        if paths.count > Validator.mostSelectableFields {
            tooMany("selectableFields", actual: paths.count, maximum: Validator.mostSelectableFields)
        }
    }

    // MARK: Conversion

    private mutating func customResourceConversion(_ conversion: CustomResourceConversion) {
        oneOf("strategy", conversion.strategy, ["None", "Webhook"])
        let client = conversion.webhook?.clientConfig
        let versions = conversion.webhook?.conversionReviewVersions ?? []
        guard conversion.strategy == "Webhook" else {
            let idle = "should not be set when strategy is not set to Webhook"
            if client != nil { forbidden("webhookClientConfig", idle) }
            if !versions.isEmpty { forbidden("conversionReviewVersions", idle) }
            return
        }
        if let client {
            field("webhookClientConfig") { validator in
                switch (client.url, client.service) {
                case (let url?, nil): validator.webhookURL("url", url)
                case (nil, let service?):
                    validator.webhookService(service.namespace, service.name, service.path, service.port)
                default: validator.required(.here, "exactly one of url or service is required")
                }
            }
        } else {
            required("webhookClientConfig", "required when strategy is set to Webhook")
        }
        if versions.isEmpty { return required("conversionReviewVersions") }
        for (index, version) in versions.enumerated() {
            let place = Place.element("conversionReviewVersions", index)
            if versions[..<index].contains(version) {
                invalid(place, version, "duplicate version")
            } else {
                check(place, version, Validation.dns1035Label(version))
            }
        }
        if !versions.contains("v1"), !versions.contains("v1beta1") {
            invalid("conversionReviewVersions", versions, "must include at least one of v1, v1beta1")
        }
    }
}
