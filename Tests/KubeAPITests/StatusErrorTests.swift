import KubeAPI
import Testing

@Suite("Failures read as upstream's")
struct StatusErrorTests {
    @Test(
        "Messages",
        arguments: [
            (StatusError.notFound(kind: .pod, name: "web"), "NotFound", 404, "pods \"web\" not found"),
            (.notFound(kind: .deployment, name: "web"), "NotFound", 404, "deployments.apps \"web\" not found"),
            (.alreadyExists(kind: .pod, name: "a"), "AlreadyExists", 409, "pods \"a\" already exists"),
            (
                .conflict(kind: .replicaSet, name: "a"), "Conflict", 409,
                "Operation cannot be fulfilled on replicasets.apps \"a\": the object has been modified; please apply your "
                    + "changes to the latest version and try again"
            ),
            (
                .forbidden(kind: .pod, name: "a", message: "no"), "Forbidden", 403, "pods \"a\" is forbidden: no"
            ),
            (.forbidden(kind: .pod, name: "", message: "no"), "Forbidden", 403, "pods is forbidden: no"),
            (
                .tooOldResourceVersion(requested: 5, oldest: 10), "Expired", 410, "too old resource version: 5 (10)"
            ),
            (
                .methodNotSupported(kind: .binding, action: "patch"), "MethodNotAllowed", 405,
                "patch is not supported on resources of kind \"bindings\""
            ),
            (.timeout("a"), "Timeout", 504, "Timeout: a"),
            (.internalError("a"), "InternalError", 500, "Internal error occurred: a"),
            (
                .tooLargeResourceVersion(requested: 7, current: 3), "Timeout", 504,
                "Timeout: Too large resource version: 7, current: 3"
            ),
        ])
    func messages(error: StatusError, reason: String, code: Int, message: String) {
        #expect(error.reason.rawValue == reason)
        #expect(error.code == code)
        #expect(error.message == message)
        #expect(StatusError(status: error.status) == error)
    }

    @Test("An invalid object tells every cause, and each text once")
    func invalid() {
        let path: FieldPath = "spec"
        let error = StatusError.invalid(
            kind: .deployment, name: "web",
            errors: [
                .required(path.child("selector")),
                .invalid(path.child("replicas"), -1, "must be greater than or equal to 0"),
                .required(path.child("selector")),
            ])
        #expect(
            error.message
                == "Deployment.apps \"web\" is invalid: [spec.selector: Required value, "
                + "spec.replicas: Invalid value: -1: must be greater than or equal to 0]")
        #expect(error.causes.count == 3)
        #expect(error.causes[1].reason == "FieldValueInvalid")
        #expect(error.causes[1].message == "Invalid value: -1: must be greater than or equal to 0")
        #expect(error.causes[1].field == "spec.replicas")
        #expect(error.isInvalid)
        #expect(
            error.status.jsonText.hasPrefix(
                #"{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"Deployment.apps"#))
    }

    @Test("A single cause stands without brackets")
    func single() {
        let path = FieldPath("spec").child("containers").index(0).child("ports").index(1).child("name")
        let error = StatusError.invalid(kind: .pod, name: "x", errors: [.required(path)])
        #expect(error.message == "Pod \"x\" is invalid: spec.containers[0].ports[1].name: Required value")
    }

    @Test(
        "Field errors",
        arguments: [
            (
                FieldError.notSupported("a", "x", supported: ["A", "B"]),
                "a: Unsupported value: \"x\": supported values: \"A\", \"B\""
            ),
            (.invalid("a", "x\n\"", "bad"), "a: Invalid value: \"x\\n\\\"\": bad"),
            (.invalid("a", String?.none, "bad"), "a: Invalid value: null: bad"),
            (.invalid("a", Quantity(milli: 500), "bad"), "a: Invalid value: \"500m\": bad"),
            (.invalid("a", ["x", "y"], "bad"), "a: Invalid value: [\"x\",\"y\"]: bad"),
            (
                .duplicate(FieldPath("metadata").child("labels").key("k"), true),
                "metadata.labels[k]: Duplicate value: true"
            ),
            (.forbidden("a", "no"), "a: Forbidden: no"),
            (.tooLong("a", maximum: 63), "a: Too long: may not be more than 63 bytes"),
            (.tooMany("a", actual: 4, maximum: 3), "a: Too many: 4: must have at most 3 items"),
            (.notFound("a", 7), "a: Not found: 7"),
            (.internalError("a", "no"), "a: Internal error: no"),
        ])
    func fieldErrors(error: FieldError, text: String) {
        #expect(error.description == text)
    }
}

@Suite("Kinds by name")
struct CatalogueTests {
    @Test(
        "Every word that a user types",
        arguments: [
            ("pods", ResourceKind.pod), ("po", .pod), ("Pod", .pod), ("deploy", .deployment),
            ("deployments.apps", .deployment),
            ("deployments.v1.apps", .deployment), ("hpa", .horizontalPodAutoscaler), ("nodes", .node), ("ev", .event),
            ("events.events.k8s.io", .eventsEvent), ("svc", .service), ("ep", .endpoints),
            ("pods.metrics.k8s.io", .podMetrics),
        ])
    func words(word: String, kind: ResourceKind) {
        #expect(Catalogue.kind(named: word) == kind)
    }

    @Test("Unknown words, groups and versions")
    func unknown() {
        #expect(Catalogue.kind(named: "nonsense") == nil)
        #expect(Catalogue.kind(named: "pods.apps") == nil)
        #expect(Catalogue.kind(apiVersion: "apps/v1", kind: "Deployment") == .deployment)
        #expect(Catalogue.kind(apiVersion: "v1", kind: "Deployment") == nil)
        #expect(Catalogue.kind(group: "apps", version: "v1", plural: "deployments") == .deployment)
    }

    @Test("Every kind is found by group, version and kind, and its group is listed")
    func everyKind() {
        for info in Catalogue.kinds {
            #expect(Catalogue.kind(group: info.group, version: info.version, kind: info.name) == info.kind)
            #expect(Catalogue.groups.contains { $0.name == info.group && $0.versions.contains(info.version) })
        }
        #expect(Catalogue.groups.first { $0.name == "autoscaling" }?.versions == ["v2", "v1"])
    }
}
