import KubeAPI

// Admission webhooks. Follows kubernetes pkg/apis/admissionregistration/v1/defaults.go and
// pkg/apis/admissionregistration/validation/validation.go.

/// What webhooks that change objects and those that only refuse them have in common.
private protocol AdmissionWebhook {
    var name: String { get }
    var clientConfig: WebhookClientConfig { get set }
    var rules: [RuleWithOperations] { get set }
    var failurePolicy: String? { get set }
    var matchPolicy: String? { get set }
    var namespaceSelector: LabelSelector? { get set }
    var objectSelector: LabelSelector? { get set }
    var sideEffects: String { get }
    var timeoutSeconds: Int? { get set }
    var admissionReviewVersions: [String] { get }
}

extension MutatingWebhook: AdmissionWebhook {}
extension ValidatingWebhook: AdmissionWebhook {}

extension AdmissionWebhook {
    fileprivate mutating func setDefaults() {
        if failurePolicy == nil { failurePolicy = "Fail" }
        if matchPolicy == nil { matchPolicy = "Equivalent" }
        if namespaceSelector == nil { namespaceSelector = LabelSelector() }
        if objectSelector == nil { objectSelector = LabelSelector() }
        if timeoutSeconds == nil { timeoutSeconds = 10 }
        if clientConfig.service != nil, clientConfig.service?.port == nil { clientConfig.service?.port = 443 }
        for rule in rules.indices where rules[rule].scope == nil { rules[rule].scope = "*" }
    }
}

enum MutatingWebhookConfigurationStrategy: Strategy {
    static func setDefaults(_ configuration: inout MutatingWebhookConfiguration) {
        for index in configuration.webhooks.indices {
            configuration.webhooks[index].setDefaults()
            if configuration.webhooks[index].reinvocationPolicy == nil {
                configuration.webhooks[index].reinvocationPolicy = "Never"
            }
        }
    }

    static func validate(_ configuration: MutatingWebhookConfiguration) -> [FieldError] {
        Validator.errors { validator in
            var names: [String] = []
            validator.each("webhooks", configuration.webhooks) { validator, webhook, _ in
                validator.webhook(webhook, reinvocationPolicy: webhook.reinvocationPolicy, &names)
            }
        }
    }
}

enum ValidatingWebhookConfigurationStrategy: Strategy {
    static func setDefaults(_ configuration: inout ValidatingWebhookConfiguration) {
        for index in configuration.webhooks.indices { configuration.webhooks[index].setDefaults() }
    }

    static func validate(_ configuration: ValidatingWebhookConfiguration) -> [FieldError] {
        Validator.errors { validator in
            var names: [String] = []
            validator.each("webhooks", configuration.webhooks) { validator, webhook, _ in
                validator.webhook(webhook, reinvocationPolicy: nil, &names)
            }
        }
    }
}

extension Validator {
    fileprivate mutating func webhook(
        _ webhook: some AdmissionWebhook, reinvocationPolicy: String?, _ names: inout [String]
    ) {
        webhookName(webhook.name, &names)
        reviewVersions(webhook.admissionReviewVersions)
        each("rules", webhook.rules) { validator, rule, _ in validator.webhookRule(rule) }
        if webhook.sideEffects.isEmpty {
            required("sideEffects", "must specify one of None, NoneOnDryRun")
        } else {
            oneOf("sideEffects", webhook.sideEffects, ["None", "NoneOnDryRun"])
        }
        if let timeout = webhook.timeoutSeconds, !(1...30).contains(timeout) {
            invalid("timeoutSeconds", timeout, "the timeout value must be between 1 and 30 seconds")
        }
        webhookClient(webhook.clientConfig)
        oneOf("failurePolicy", webhook.failurePolicy, ["Fail", "Ignore"], isRequired: false)
        oneOf("matchPolicy", webhook.matchPolicy, ["Equivalent", "Exact"], isRequired: false)
        oneOf("reinvocationPolicy", reinvocationPolicy, ["IfNeeded", "Never"], isRequired: false)
        labelSelector("namespaceSelector", webhook.namespaceSelector)
        labelSelector("objectSelector", webhook.objectSelector)
    }

    private mutating func webhookName(_ name: String, _ names: inout [String]) {
        if name.isEmpty {
            required("name")
        } else {
            let messages = Validation.dns1123Subdomain(name)
            if !messages.isEmpty {
                invalid("name", name, messages.joined(separator: ","))
            } else if name.split(separator: ".").count < 3 {
                invalid("name", name, "should be a domain with at least three segments separated by dots")
            }
        }
        if names.contains(name) { duplicate("name", name) }
        names.append(name)
    }

    private mutating func reviewVersions(_ versions: [String]) {
        if versions.isEmpty { return required("admissionReviewVersions", "must specify one of v1, v1beta1") }
        for (index, version) in versions.enumerated() {
            let place = Place.element("admissionReviewVersions", index)
            if versions[..<index].contains(version) {
                invalid(place, version, "duplicate version")
            } else {
                check(place, version, Validation.dns1035Label(version))
            }
        }
        if !versions.contains("v1"), !versions.contains("v1beta1") {
            invalid("admissionReviewVersions", versions, "must include at least one of v1, v1beta1")
        }
    }

    private mutating func webhookClient(_ config: WebhookClientConfig) {
        field("clientConfig") { validator in
            if (config.url != nil) == (config.service != nil) {
                return validator.required(.here, "exactly one of url or service is required")
            }
            if let url = config.url { validator.webhookURL("url", url) }
            guard let service = config.service else { return }
            validator.webhookService(service.namespace, service.name, service.path, service.port)
        }
    }

    /// Where in the cluster a webhook is. Follows apiserver pkg/util/webhook/validation.go `ValidateWebhookService`.
    mutating func webhookService(_ namespace: String, _ name: String, _ path: String?, _ port: Int?) {
        field("service") { validator in
            if name.isEmpty { validator.required("name", "service name is required") }
            if namespace.isEmpty { validator.required("namespace", "service namespace is required") }
            if let port {
                for message in Validation.portNumber(port) {
                    validator.invalid("port", port, "port is not valid: " + message)
                }
            }
            if let path { validator.webhookPath("path", path) }
        }
    }
}
