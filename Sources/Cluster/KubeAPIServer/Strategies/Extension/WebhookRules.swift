import KubeAPI

// What webhooks are asked about, and where they are.
// Follows kubernetes pkg/apis/admissionregistration/validation/validation.go `validateRuleWithOperations` and apiserver
// pkg/util/webhook/validation.go.

extension Validator {
    mutating func webhookRule(_ rule: RuleWithOperations) {
        let operations = ["*", "CONNECT", "CREATE", "DELETE", "UPDATE"]
        if rule.operations.isEmpty { required("operations") }
        alone("operations", rule.operations, "if '*' is present, must not specify other operations")
        for (index, operation) in rule.operations.enumerated() where !operations.contains(operation) {
            notSupported(.element("operations", index), operation, operations)
        }
        if rule.apiGroups.isEmpty { required("apiGroups") }
        alone("apiGroups", rule.apiGroups, "if '*' is present, must not specify other API groups")
        if rule.apiVersions.isEmpty { required("apiVersions") }
        alone("apiVersions", rule.apiVersions, "if '*' is present, must not specify other API versions")
        for (index, version) in rule.apiVersions.enumerated() where version.isEmpty {
            required(.element("apiVersions", index))
        }
        webhookResources(rule.resources)
        oneOf("scope", rule.scope, ["*", "Cluster", "Namespaced"], isRequired: false)
    }

    /// The star, which stands for all, stands by itself.
    private mutating func alone(_ place: Place, _ words: [String], _ message: String) {
        if words.count > 1, words.contains("*") { invalid(place, words, message) }
    }

    /// Names as in `pods`, `pods/log`, `pods/*`, `*/scale`, `*` and `*/*`, none of which may cover another.
    private mutating func webhookResources(_ resources: [String]) {
        if resources.isEmpty { required("resources") }
        var allOfResource: Set<String> = []
        var ofAllResources: Set<String> = []
        // As upstream has it, only the last of those without a subresource counts.
        var hasPlain = false
        for (index, name) in resources.enumerated() {
            let place = Place.element("resources", index)
            if name.isEmpty {
                required(place)
                continue
            }
            let parts = name.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 2 else {
                hasPlain = name != "*"
                continue
            }
            if allOfResource.contains(parts[0]) {
                invalid(place, name, "if '\(parts[0])/*' is present, must not specify \(name)")
            }
            if ofAllResources.contains(parts[1]) {
                invalid(place, name, "if '*/\(parts[1])' is present, must not specify \(name)")
            }
            if parts[1] == "*" { allOfResource.insert(parts[0]) }
            if parts[0] == "*" { ofAllResources.insert(parts[1]) }
        }
        if resources.count > 1, resources.contains("*/*") {
            invalid("resources", resources, "if '*/*' is present, must not specify other resources")
        }
        if resources.contains("*"), hasPlain {
            invalid(
                "resources", resources, "if '*' is present, must not specify other resources without subresources")
        }
    }

    // MARK: Where it is

    mutating func webhookURL(_ place: Place, _ text: String) {
        let form = "; desired format: https://host[/path]"
        let url = WebhookURL(text)
        if url.scheme != "https" { invalid(place, url.scheme, "'https' is the only allowed URL scheme" + form) }
        if url.host.isEmpty { invalid(place, url.host, "host must be provided" + form) }
        if let user = url.user { invalid(place, user, "user information is not permitted in the URL") }
        if !url.fragment.isEmpty { invalid(place, url.fragment, "fragments are not permitted in the URL") }
        if !url.query.isEmpty { invalid(place, url.query, "query parameters are not permitted in the URL") }
    }

    mutating func webhookPath(_ place: Place, _ path: String) {
        if path.isEmpty || path == "/" { return }
        if path == "//" { return invalid(place, path, "segment[0] may not be empty") }
        if !path.hasPrefix("/") { invalid(place, path, "must start with a '/'") }
        var rest = path.dropFirst()
        if rest.hasSuffix("/") { rest.removeLast() }
        for (index, step) in rest.split(separator: "/", omittingEmptySubsequences: false).enumerated() {
            if step.isEmpty {
                invalid(place, path, "segment[\(index)] may not be empty")
                continue
            }
            for message in Validation.dns1123Subdomain(String(step)) {
                invalid(place, path, "segment[\(index)]: \(message)")
            }
        }
    }
}

/// The parts of a URL, as far as webhooks may have them.
struct WebhookURL {
    var scheme = ""
    var user: String?
    var host = ""
    var query = ""
    var fragment = ""

    init(_ text: String) {
        var rest = Substring(text)
        if let mark = rest.firstIndex(of: "#") {
            fragment = String(rest[rest.index(after: mark)...])
            rest = rest[..<mark]
        }
        if let mark = rest.firstIndex(of: "?") {
            query = String(rest[rest.index(after: mark)...])
            rest = rest[..<mark]
        }
        let isSchemed = rest.first?.isLetter ?? false
        if isSchemed, let colon = rest.firstIndex(where: { $0 == ":" || $0 == "/" }), rest[colon] == ":" {
            scheme = rest[..<colon].lowercased()
            rest = rest[rest.index(after: colon)...]
        }
        guard rest.hasPrefix("//") else { return }
        rest = rest.dropFirst(2).prefix { $0 != "/" }
        if let mark = rest.lastIndex(of: "@") {
            user = String(rest[..<mark])
            rest = rest[rest.index(after: mark)...]
        }
        host = String(rest)
    }
}
