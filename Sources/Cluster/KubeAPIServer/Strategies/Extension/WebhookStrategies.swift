import KubeAPI

// Admission webhooks. Follows kubernetes pkg/apis/admissionregistration/v1/defaults.go and
// pkg/apis/admissionregistration/validation/validation.go.

enum MutatingWebhookConfigurationStrategy: Strategy {
    static func setDefaults(_ configuration: inout MutatingWebhookConfiguration) {
        for index in configuration.webhooks.indices {
            var webhook = configuration.webhooks[index]
            if webhook.failurePolicy == nil { webhook.failurePolicy = "Fail" }
            if webhook.matchPolicy == nil { webhook.matchPolicy = "Equivalent" }
            if webhook.namespaceSelector == nil { webhook.namespaceSelector = LabelSelector() }
            if webhook.objectSelector == nil { webhook.objectSelector = LabelSelector() }
            if webhook.timeoutSeconds == nil { webhook.timeoutSeconds = 10 }
            if webhook.reinvocationPolicy == nil { webhook.reinvocationPolicy = "Never" }
            if webhook.clientConfig.service != nil, webhook.clientConfig.service?.port == nil {
                webhook.clientConfig.service?.port = 443
            }
            for rule in webhook.rules.indices where webhook.rules[rule].scope == nil { webhook.rules[rule].scope = "*" }
            configuration.webhooks[index] = webhook
        }
    }

    static func validate(_ configuration: MutatingWebhookConfiguration) -> [FieldError] {
        Validator.errors { validator in
            var names: [String] = []
            validator.each("webhooks", configuration.webhooks) { validator, webhook, _ in
                validator.webhookName(webhook.name, &names)
                validator.webhook(
                    webhook.rules, sideEffects: webhook.sideEffects, timeout: webhook.timeoutSeconds,
                    versions: webhook.admissionReviewVersions)
                validator.webhookClient(webhook.clientConfig)
                validator.oneOf("failurePolicy", webhook.failurePolicy, ["Fail", "Ignore"], isRequired: false)
                validator.oneOf("matchPolicy", webhook.matchPolicy, ["Equivalent", "Exact"], isRequired: false)
                validator.oneOf(
                    "reinvocationPolicy", webhook.reinvocationPolicy, ["IfNeeded", "Never"], isRequired: false)
                validator.labelSelector("namespaceSelector", webhook.namespaceSelector)
                validator.labelSelector("objectSelector", webhook.objectSelector)
            }
        }
    }
}

enum ValidatingWebhookConfigurationStrategy: Strategy {
    static func setDefaults(_ configuration: inout ValidatingWebhookConfiguration) {
        for index in configuration.webhooks.indices {
            var webhook = configuration.webhooks[index]
            if webhook.failurePolicy == nil { webhook.failurePolicy = "Fail" }
            if webhook.matchPolicy == nil { webhook.matchPolicy = "Equivalent" }
            if webhook.namespaceSelector == nil { webhook.namespaceSelector = LabelSelector() }
            if webhook.objectSelector == nil { webhook.objectSelector = LabelSelector() }
            if webhook.timeoutSeconds == nil { webhook.timeoutSeconds = 10 }
            if webhook.clientConfig.service != nil, webhook.clientConfig.service?.port == nil {
                webhook.clientConfig.service?.port = 443
            }
            for rule in webhook.rules.indices where webhook.rules[rule].scope == nil { webhook.rules[rule].scope = "*" }
            configuration.webhooks[index] = webhook
        }
    }

    static func validate(_ configuration: ValidatingWebhookConfiguration) -> [FieldError] {
        Validator.errors { validator in
            var names: [String] = []
            validator.each("webhooks", configuration.webhooks) { validator, webhook, _ in
                validator.webhookName(webhook.name, &names)
                validator.webhook(
                    webhook.rules, sideEffects: webhook.sideEffects, timeout: webhook.timeoutSeconds,
                    versions: webhook.admissionReviewVersions)
                validator.webhookClient(webhook.clientConfig)
                validator.oneOf("failurePolicy", webhook.failurePolicy, ["Fail", "Ignore"], isRequired: false)
                validator.oneOf("matchPolicy", webhook.matchPolicy, ["Equivalent", "Exact"], isRequired: false)
                validator.labelSelector("namespaceSelector", webhook.namespaceSelector)
                validator.labelSelector("objectSelector", webhook.objectSelector)
            }
        }
    }
}

extension Validator {
    fileprivate mutating func webhookName(_ name: String, _ names: inout [String]) {
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

    fileprivate mutating func webhook(
        _ rules: [RuleWithOperations], sideEffects: String, timeout: Int?, versions: [String]
    ) {
        reviewVersions(versions)
        each("rules", rules) { validator, rule, _ in validator.webhookRule(rule) }
        if sideEffects.isEmpty {
            required("sideEffects", "must specify one of None, NoneOnDryRun")
        } else {
            oneOf("sideEffects", sideEffects, ["None", "NoneOnDryRun"])
        }
        if let timeout, !(1...30).contains(timeout) {
            invalid("timeoutSeconds", timeout, "the timeout value must be between 1 and 30 seconds")
        }
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

    fileprivate mutating func webhookClient(_ config: WebhookClientConfig) {
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
