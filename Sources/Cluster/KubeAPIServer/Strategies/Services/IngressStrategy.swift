import KubeAPI

/// Ingresses. Follows kubernetes pkg/registry/networking/ingress/strategy.go and
/// pkg/apis/networking/validation/validation.go.
enum IngressStrategy: Strategy {
    static func prepareForStatusUpdate(_ ingress: inout Ingress, old: Ingress) { ingress.spec = old.spec }

    static func validate(_ ingress: Ingress) -> [FieldError] {
        Validator.errors { validator in
            validator.field("spec") { $0.ingress(ingress.spec) }
            let key = "kubernetes.io/ingress.class"
            if let name = ingress.spec.ingressClassName, let other = ingress.annotations[key], name != other {
                // Upstream's path has no "metadata" here.
                validator.invalid(
                    .grandchild("annotations", key), other, "must match `ingressClassName` when both are specified")
            }
        }
    }

    /// What was allowed once, a class in two places, stays allowed.
    static func validateUpdate(_ ingress: Ingress, old: Ingress) -> [FieldError] {
        if ingress.spec == old.spec { return [] }
        return Validator.errors { validator in
            validator.field("spec") { $0.ingress(ingress.spec) }
        }
    }

    static func validateStatusUpdate(_ ingress: Ingress, old: Ingress) -> [FieldError] {
        Validator.errors { validator in
            validator.field("status", "loadBalancer") { validator in
                validator.each("ingress", ingress.status.loadBalancer?.ingress ?? []) { validator, entry, _ in
                    if let address = entry.ip, !address.isEmpty { validator.ip("ip", address) }
                    guard let name = entry.hostname, !name.isEmpty else { return }
                    validator.check("hostname", name, Validation.dns1123Subdomain(name))
                    if IPAddressValue(name) != nil {
                        validator.invalid("hostname", name, "must be a DNS name, not an IP address")
                    }
                }
            }
        }
    }

    static func warnings(_ ingress: Ingress, old: Ingress?) -> [String] {
        let annotation = "kubernetes.io/ingress.class"
        guard old == nil, ingress.annotations[annotation] != nil, ingress.spec.ingressClassName == nil else {
            return []
        }
        return ["annotation \"kubernetes.io/ingress.class\" is deprecated, please use 'spec.ingressClassName' instead"]
    }
}

extension Validator {
    fileprivate mutating func ingress(_ spec: IngressSpec) {
        if spec.rules.isEmpty, spec.defaultBackend == nil {
            invalidNull(.here, "either `defaultBackend` or `rules` must be specified")
        }
        if let backend = spec.defaultBackend { field("defaultBackend") { $0.ingressBackend(backend) } }
        each("rules", spec.rules) { validator, rule, _ in
            if let host = rule.host, !host.isEmpty { validator.ingressHost(host) }
            guard let http = rule.http else { return }
            validator.field("http") { validator in
                if http.paths.isEmpty { validator.required("paths") }
                validator.each("paths", http.paths) { validator, path, _ in validator.ingressPath(path) }
            }
        }
        each("tls", spec.tls) { validator, tls, _ in
            for (index, host) in tls.hosts.enumerated() {
                let messages =
                    host.contains("*") ? Validation.wildcardDNS1123Subdomain(host) : Validation.dns1123Subdomain(host)
                validator.check(.element("hosts", index), host, messages)
            }
            if let name = tls.secretName, !name.isEmpty {
                validator.check("secretName", name, Validation.dns1123Subdomain(name))
            }
        }
        if let name = spec.ingressClassName { check("ingressClassName", name, Validation.dns1123Subdomain(name)) }
    }

    private mutating func ingressHost(_ host: String) {
        if IPAddressValue(host) != nil { invalid("host", host, "must be a DNS name, not an IP address") }
        check(
            "host", host,
            host.contains("*") ? Validation.wildcardDNS1123Subdomain(host) : Validation.dns1123Subdomain(host))
    }

    private mutating func ingressPath(_ path: HTTPIngressPath) {
        let text = path.path.text
        switch path.pathType {
        case "": return required("pathType", "pathType must be specified")
        case "Exact", "Prefix":
            if !text.hasPrefix("/") { invalid("path", text, "must be an absolute path") }
            for sequence in ["//", "/./", "/../", "%2f", "%2F"] where text.contains(sequence) {
                invalid("path", text, "must not contain '\(sequence)'")
            }
            for suffix in ["/..", "/."] where text.hasSuffix(suffix) {
                invalid("path", text, "cannot end with '\(suffix)'")
            }
        case "ImplementationSpecific":
            if !text.isEmpty, !text.hasPrefix("/") { invalid("path", text, "must be an absolute path") }
        default: notSupported("pathType", path.pathType, ["Exact", "ImplementationSpecific", "Prefix"])
        }
        field("backend") { $0.ingressBackend(path.backend) }
    }

    private mutating func ingressBackend(_ backend: IngressBackend) {
        if let resource = backend.resource {
            if backend.service != nil {
                return invalid(.here, "", "cannot set both resource and service backends")
            }
            return field("resource") { validator in
                validator.objectReference(resource.apiGroup, kind: resource.kind, name: resource.name)
            }
        }
        guard let service = backend.service else {
            return invalid(.here, "", "resource or service backend is required")
        }
        if service.name.isEmpty {
            required(.grandchild("service", "name"))
        } else {
            check(.grandchild("service", "name"), service.name, Validation.dns1123Label(service.name))
        }
        let name = (service.port?.name).text
        let number = service.port?.number ?? 0
        if !name.isEmpty, number != 0 {
            invalid(.here, "", "cannot set both port name & port number")
        } else if name.isEmpty, number == 0 {
            required(.here, "port name or number is required")
        } else {
            field("service", "port") { validator in
                if name.isEmpty {
                    validator.check("number", number, Validation.portNumber(number))
                } else {
                    validator.check("name", name, Validation.portName(name))
                }
            }
        }
    }

    /// Whatever else an Ingress or its class refers to.
    fileprivate mutating func objectReference(_ group: String?, kind: String, name: String) {
        if let group { check("apiGroup", group, Validation.dns1123Subdomain(group)) }
        for (part, value) in [("kind", kind), ("name", name)] {
            if value.isEmpty {
                required(.child(part), "\(part) is required")
            } else {
                check(.child(part), value, Validation.pathSegmentName(value))
            }
        }
    }
}

/// IngressClasses. Follows kubernetes pkg/apis/networking/validation/validation.go `ValidateIngressClass`.
enum IngressClassStrategy: Strategy {
    static func setDefaults(_ ingressClass: inout IngressClass) {
        if ingressClass.spec.parameters != nil, ingressClass.spec.parameters?.scope == nil {
            ingressClass.spec.parameters?.scope = "Cluster"
        }
    }

    static func validate(_ ingressClass: IngressClass) -> [FieldError] {
        Validator.errors { validator in
            let controller = ingressClass.spec.controller.text
            if controller.isEmpty {
                validator.required(.grandchild("spec", "controller"))
            } else {
                if controller.utf8.count > 250 { validator.tooLong(.grandchild("spec", "controller"), maximum: 250) }
                validator.append(Validation.domainPrefixedPath(controller, FieldPath("spec").child("controller")))
            }
            if let parameters = ingressClass.spec.parameters {
                validator.field("spec", "parameters") { $0.classParameters(parameters) }
            }
        }
    }

    static func validateUpdate(_ ingressClass: IngressClass, old: IngressClass) -> [FieldError] {
        Validator.errors { validator in
            validator.field("spec") {
                $0.immutable("controller", ingressClass.spec.controller.text, old: old.spec.controller.text)
            }
        } + validate(ingressClass)
    }
}

extension Validator {
    fileprivate mutating func classParameters(_ parameters: IngressClassParametersReference) {
        objectReference(parameters.apiGroup, kind: parameters.kind, name: parameters.name)
        switch parameters.scope {
        case nil: required("scope")
        case "Namespace":
            guard let namespace = parameters.namespace else {
                return required("namespace", "`parameters.scope` is set to 'Namespace'")
            }
            check("namespace", namespace, Validation.dns1123Label(namespace))
        case "Cluster":
            if parameters.namespace != nil { forbidden("namespace", "`parameters.scope` is set to 'Cluster'") }
        case let scope: notSupported("scope", scope.text, ["Cluster", "Namespace"])
        }
    }
}
