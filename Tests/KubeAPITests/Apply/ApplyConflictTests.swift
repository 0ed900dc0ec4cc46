import KubeAPI
import Testing

@Suite("Conflicts of server-side apply")
struct ApplyConflictTests {
    @Test("One field of another manager")
    func one() throws {
        var object = ManagedObject(.deployment)
        try object.update(["spec": ["replicas": 1]], by: "kubectl-create")
        let error = object.failure(applying: ["spec": ["replicas": 2]], by: "m")
        #expect(error?.code == 409)
        #expect(error?.reason == .conflict)
        #expect(
            error?.message
                == #"Apply failed with 1 conflict: conflict with "kubectl-create" using apps/v1: .spec.replicas"#)
        var cause = StatusCause()
        cause.reason = "FieldManagerConflict"
        cause.message = #"conflict with "kubectl-create" using apps/v1"#
        cause.field = ".spec.replicas"
        #expect(error?.causes == [cause])
        #expect(error?.status.details?.causes == [cause])
        // Nothing happened.
        #expect(object["spec", "replicas"] == 1)
        #expect(object.managers.count == 1)
    }

    @Test("Several fields, by manager; appliers without a version, subresources named")
    func several() throws {
        var object = ManagedObject(.deployment)
        try object.apply(["spec": ["paused": true, "minReadySeconds": 5]], by: "other")
        try object.update(
            ["spec": ["replicas": 3, "paused": true, "minReadySeconds": 5]], by: "hpa", subresource: "scale")
        let error = object.failure(
            applying: ["spec": ["replicas": 1, "paused": false, "minReadySeconds": 6]], by: "m")
        #expect(
            error?.message == """
                Apply failed with 3 conflicts: conflicts with "hpa" with subresource "scale" using apps/v1:
                - .spec.replicas
                conflicts with "other":
                - .spec.minReadySeconds
                - .spec.paused
                """)
        #expect(
            error?.causes.map { $0.message ?? "" } == [
                #"conflict with "hpa" with subresource "scale" using apps/v1"#, #"conflict with "other""#,
                #"conflict with "other""#,
            ])
    }

    @Test("Entries of one manager: appliers first, and subresources before the object itself")
    func oneManager() throws {
        var object = ManagedObject(.deployment)
        try object.apply(["spec": ["paused": true]], by: "m")
        try object.update(["spec": ["paused": true, "minReadySeconds": 5]], by: "m")
        try object.update(
            ["spec": ["replicas": 3, "paused": true, "minReadySeconds": 5]], by: "m", subresource: "scale")
        let error = object.failure(
            applying: ["spec": ["replicas": 1, "paused": false, "minReadySeconds": 6]], by: "other")
        #expect(
            error?.message == """
                Apply failed with 3 conflicts: conflicts with "m":
                - .spec.paused
                conflicts with "m" with subresource "scale" using apps/v1:
                - .spec.replicas
                conflicts with "m" using apps/v1:
                - .spec.minReadySeconds
                """)
    }

    @Test("A field of an entry of a list")
    func entry() throws {
        var object = ManagedObject(.pod)
        func spec(_ image: String, _ port: Int) -> JSONValue {
            [
                "spec": [
                    "containers": [
                        [
                            "name": "web", "image": .string(image),
                            "ports": [["containerPort": 80, "hostPort": .int(port)]],
                        ]
                    ]
                ]
            ]
        }
        try object.apply(spec("nginx:1", 1), by: "first")
        let error = object.failure(applying: spec("nginx:2", 2), by: "second")
        #expect(
            error?.message == """
                Apply failed with 2 conflicts: conflicts with "first":
                - .spec.containers[name="web"].image
                - .spec.containers[name="web"].ports[containerPort=80,protocol="TCP"].hostPort
                """)
    }

    @Test("Force takes the fields over")
    func force() throws {
        var object = ManagedObject(.configMap)
        try object.apply(["data": ["a": "1", "b": "1"]], by: "first")
        try object.apply(["data": ["a": "2"]], by: "second", force: true)
        #expect(object["data"] == ["a": "2", "b": "1"])
        #expect(
            object.managers == [#"first Apply v1 {"f:data":{"f:b":{}}}"#, #"second Apply v1 {"f:data":{"f:a":{}}}"#])
        // The same value is no conflict, and shared; nothing changed, so that the time is that of the first apply.
        try object.apply(["data": ["a": "2", "b": "1"]], by: "first")
        #expect(
            object.managers == [
                #"first Apply v1 {"f:data":{"f:a":{},"f:b":{}}}"#, #"second Apply v1 {"f:data":{"f:a":{}}}"#,
            ])
    }

    @Test("What cannot be changed by the request is no conflict")
    func resetFields() throws {
        var object = ManagedObject(.deployment)
        try object.update(
            ["spec": ["replicas": 1], "status": ["replicas": 1]], by: "controller", subresource: "status",
            resetFields: [["spec"]])
        try object.apply(
            ["status": ["replicas": 2], "spec": ["replicas": 4]], by: "m", resetFields: [["status"]])
        #expect(object.managers.first == #"m Apply apps/v1 {"f:spec":{"f:replicas":{}}}"#)
    }

    // MARK: From client-side apply

    private static let lastApplied = "kubectl.kubernetes.io/last-applied-configuration"

    /// An object as `kubectl apply` on the client leaves it.
    private func clientSide() throws -> ManagedObject {
        var object = ManagedObject(.configMap)
        let applied = object.configuration(["data": ["a": "1", "b": "1"]])
        try object.update(
            [
                "metadata": ["annotations": [Self.lastApplied: .string(applied.jsonText)]],
                "data": ["a": "1", "b": "1"],
            ], by: "kubectl-client-side-apply")
        return object
    }

    @Test("kubectl takes over what it applied itself, and keeps the annotation true")
    func takeOver() throws {
        var object = try clientSide()
        try object.apply(["data": ["a": "2", "b": "1"]], by: "kubectl")
        #expect(object["data"] == ["a": "2", "b": "1"])
        #expect(
            object["metadata", "annotations", Self.lastApplied]?.stringValue
                == #"{"apiVersion":"v1","data":{"a":"2","b":"1"},"kind":"ConfigMap","#
                + #""metadata":{"name":"a","namespace":"n"}}"# + "\n")
    }

    @Test("But not what was changed since, nor under another name")
    func notTakenOver() throws {
        var object = try clientSide()
        #expect(
            object.failure(applying: ["data": ["a": "2"]], by: "mine")?.message
                == #"Apply failed with 1 conflict: conflict with "kubectl-client-side-apply" using v1: .data.a"#)
        try object.patch(by: "editor") { $0["data"]?["b"] = "9" }
        #expect(
            object.failure(applying: ["data": ["a": "2", "b": "2"]], by: "kubectl")?.message
                == #"Apply failed with 1 conflict: conflict with "editor" using v1: .data.b"#)
        let annotation = object["metadata", "annotations", Self.lastApplied]?.stringValue
        try object.apply(["data": ["a": "1"]], by: "mine")
        #expect(object["metadata", "annotations", Self.lastApplied]?.stringValue == annotation)
    }

    // MARK: Configurations that cannot be

    @Test("Wrong kinds, versions and managedFields")
    func wrongConfigurations() {
        func message(_ configuration: JSONValue) -> String? {
            do throws(StatusError) {
                _ = try FieldManager(.deployment).apply(
                    configuration, to: nil, manager: "m", force: false, now: Time())
                return nil
            } catch {
                #expect(error.code == 400)
                return error.message
            }
        }
        let expected = "expected: apps/v1, Kind=Deployment"
        #expect(message(["apiVersion": "v1", "kind": "Pod"]) == "invalid object type: /v1, Kind=Pod, \(expected)")
        #expect(message([:]) == "invalid object type: /, Kind=, \(expected)")
        #expect(
            message([
                "apiVersion": "apps/v1", "kind": "Deployment", "metadata": ["name": "a", "managedFields": []],
            ]) == "metadata.managedFields must be nil")
    }

    @Test(
        "What the schema does not allow",
        arguments: [
            (["spec": ["replica": 1]], ".spec.replica: field not declared in schema"),
            (["spec": ["replicas": "1"]], ".spec.replicas: expected numeric (int or float), got string"),
            (["spec": []], ".spec: expected map, got &{[]}"),
            (["spec": ["paused": 1]], ".spec.paused: expected boolean, got &{1}"),
            (
                ["metadata": ["labels": ["a": ["b": 1]]]],
                ".metadata.labels.a: expected string, got "
                    + #"&value.valueUnstructured{Value:map[string]interface {}{"b":1}}"#
            ),
            (
                ["spec": ["template": ["spec": ["containers": [["name": "a"], ["name": "a"]]]]]],
                #".spec.template.spec.containers: duplicate entries for key [name="a"]"#
            ),
            (
                ["spec": ["template": ["spec": ["containers": ["a"]]]]],
                ".spec.template.spec.containers: element 0: associative list with keys may not have non-map elements"
            ),
            (
                ["metadata": ["finalizers": [nil]]],
                ".metadata.finalizers: element 0: associative list without keys has an element that's an explicit null"
            ),
            (
                ["spec": ["a": 1, "b": 2]],
                "errors:\n  .spec.a: field not declared in schema\n  .spec.b: field not declared in schema"
            ),
        ] as [(JSONValue, String)])
    func malformed(parts: JSONValue, message: String) {
        var object = ManagedObject(.deployment)
        let error = object.failure(applying: parts, by: "m")
        #expect(error?.code == 500)
        #expect(
            error?.message == "failed to create typed patch object (n/a; apps/v1, Kind=Deployment): " + message)
    }
}
