import KubeAPI

/// Groups and versions, and who serves them. Follows kube-aggregator pkg/registry/apiservice/strategy.go and
/// pkg/apis/apiregistration/validation/validation.go.
enum APIServiceStrategy: Strategy {
    static func setDefaults(_ service: inout APIService) {
        if service.spec.service != nil, service.spec.service?.port == nil { service.spec.service?.port = 443 }
    }

    /// What the API server serves itself is there at once.
    static func prepareForCreate(_ service: inout APIService, _ context: WriteContext) {
        service.status = APIServiceStatus()
        if service.spec.service == nil { service.status.conditions = [available(now: context.now)] }
    }

    private static func available(now: Time) -> APIServiceCondition {
        var available = APIServiceCondition()
        available.type = "Available"
        available.status = "True"
        available.lastTransitionTime = now
        available.reason = "Local"
        available.message = "Local APIServices are always available"
        return available
    }

    static func validate(_ service: APIService) -> [FieldError] {
        Validator.errors { validator in
            let spec = service.spec
            let name = spec.version.text + "." + spec.group.text
            if service.name != name, validateName(service.name, isPrefix: false).isEmpty {
                validator.invalid(
                    .grandchild("metadata", "name"), service.name,
                    #"must be `spec.version+"."+spec.group`: \#(GoText.quoted(name))"#)
            }
            validator.field("spec") { $0.apiService(spec) }
        }
    }

    static func validateStatusUpdate(_ service: APIService, old: APIService) -> [FieldError] {
        Validator.errors { validator in
            validator.field("status") { validator in
                validator.each("conditions", service.status.conditions) { validator, condition, _ in
                    let statuses = ["True", "False", "Unknown"]
                    if !statuses.contains(condition.status) {
                        validator.notSupported("status", condition.status, statuses)
                    }
                }
            }
        }
    }

    /// A version and a group, which may be empty.
    static func validateName(_ name: String, isPrefix: Bool) -> [String] {
        Validation.nameIsPathSegment(name, isPrefix)
    }

    static var allowsUnconditionalUpdate: Bool { false }
}

extension Validator {
    fileprivate mutating func apiService(_ spec: APIServiceSpec) {
        let group = spec.group.text
        let version = spec.version.text
        if group.isEmpty {
            if version != "v1" { required("group", "only v1 may have an empty group and it better be legacy kube") }
        } else {
            check("group", group, Validation.dns1123Subdomain(group))
        }
        check("version", version, Validation.dns1035Label(version))
        if !(1...20000).contains(spec.groupPriorityMinimum) {
            invalid("groupPriorityMinimum", spec.groupPriorityMinimum, "must be positive and less than 20000")
        }
        if !(1...1000).contains(spec.versionPriority) {
            invalid("versionPriority", spec.versionPriority, "must be positive and less than 1000")
        }
        let bundle = spec.caBundle?.bytes.count ?? 0
        let isInsecure = spec.insecureSkipTLSVerify == true
        guard let service = spec.service else {
            if bundle > 0 { invalid("caBundle", "\(bundle) bytes", "local APIServices may not have a caBundle") }
            if isInsecure {
                invalid("insecureSkipTLSVerify", true, "local APIServices may not have insecureSkipTLSVerify")
            }
            return
        }
        field("service") { validator in
            validator.present(("namespace", service.namespace.text), ("name", service.name.text))
            let port = service.port ?? 0
            let messages = Validation.portNumber(port)
            if !messages.isEmpty {
                validator.invalid("port", port, "port is not valid: " + messages.joined(separator: ", "))
            }
        }
        if isInsecure, bundle > 0 {
            invalid("insecureSkipTLSVerify", true, "may not be true if caBundle is present")
        }
    }
}
