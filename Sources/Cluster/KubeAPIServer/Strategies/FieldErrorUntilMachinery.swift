import KubeAPI

enum NameRule {
    static func dnsSubdomain(_ name: String, isPrefix: Bool) -> [String] { [] }
    static func pathSegment(_ name: String, isPrefix: Bool) -> [String] { [] }
}

enum MetadataValidation {
    static func validate(
        _ metadata: ObjectMeta, of kind: ResourceKind, name: (String, Bool) -> [String]
    ) -> [FieldError] { [] }
    static func validateUpdate(_ metadata: ObjectMeta, old: ObjectMeta, of kind: ResourceKind) -> [FieldError] { [] }
}
