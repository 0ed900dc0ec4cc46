import KubeAPI
import Testing

@Suite("Field managers")
struct FieldManagerTests {
    private static let deployment: JSONValue = [
        "metadata": ["labels": ["app": "web"]],
        "spec": [
            "replicas": 1, "selector": ["matchLabels": ["app": "web"]],
            "template": [
                "metadata": ["labels": ["app": "web"]],
                "spec": ["containers": [["name": "nginx", "image": "nginx:1.25"]]],
            ],
        ],
    ]

    // MARK: Who owns what

    @Test("A create owns what it sets, and a part that was not there with all that is in it")
    func create() throws {
        var object = ManagedObject(.deployment)
        try object.update(Self.deployment, by: "kubectl-create", resetFields: [["status"]])
        #expect(
            object.managers == [
                #"kubectl-create Update apps/v1 {"f:metadata":{"f:labels":{".":{},"f:app":{}}},"f:spec":{"#
                    + #""f:replicas":{},"f:selector":{},"f:template":{"f:metadata":{"f:labels":{".":{},"f:app":{}}},"#
                    + #""f:spec":{"f:containers":{"k:{\"name\":\"nginx\"}":{".":{},"f:image":{},"f:name":{},"#
                    + #""f:resources":{}}}}}}}"#
            ])
        #expect(object.time(of: "kubectl-create") == object.now.seconds)
    }

    @Test("An apply owns what it names, and entries of maps and lists by themselves")
    func applyToNothing() throws {
        var object = ManagedObject(.deployment)
        try object.apply(Self.deployment, by: "kubectl")
        #expect(
            object.managers == [
                #"kubectl Apply apps/v1 {"f:metadata":{"f:labels":{"f:app":{}}},"f:spec":{"f:replicas":{},"#
                    + #""f:selector":{},"f:template":{"f:metadata":{"f:labels":{"f:app":{}}},"f:spec":{"f:containers":{"#
                    + #""k:{\"name\":\"nginx\"}":{".":{},"f:image":{},"f:name":{}}}}}}}"#
            ])
        #expect(object["spec", "template", "spec", "containers"]?.arrayValue?.count == 1)
        #expect(object["metadata", "labels"] == ["app": "web"])
    }

    @Test("Keys that are left out have the defaults of their fields; sets are known by value, atomic lists as one")
    func elements() throws {
        var object = ManagedObject(.pod)
        try object.apply(
            [
                "metadata": ["finalizers": ["b.io/x", "a.io/y"]],
                "spec": [
                    "containers": [
                        [
                            "name": "c", "args": ["x"], "ports": [["containerPort": 80], ["containerPort": 443]],
                            "env": [["name": "A", "value": "1"], ["name": "B"]],
                        ]
                    ],
                    "nodeSelector": ["a": "b"], "tolerations": [["key": "k"]],
                ],
            ], by: "m")
        #expect(
            object.managers == [
                #"m Apply v1 {"f:metadata":{"f:finalizers":{"v:\"a.io/y\"":{},"v:\"b.io/x\"":{}}},"f:spec":{"#
                    + #""f:containers":{"k:{\"name\":\"c\"}":{".":{},"f:args":{},"f:env":{"k:{\"name\":\"A\"}":{".":{},"#
                    + #""f:name":{},"f:value":{}},"k:{\"name\":\"B\"}":{".":{},"f:name":{}}},"f:name":{},"f:ports":{"#
                    + #""k:{\"containerPort\":80,\"protocol\":\"TCP\"}":{".":{},"f:containerPort":{}},"#
                    + #""k:{\"containerPort\":443,\"protocol\":\"TCP\"}":{".":{},"f:containerPort":{}}}}},"#
                    + #""f:nodeSelector":{},"f:tolerations":{}}}"#
            ])
    }

    @Test("A key that is left out and has no default is no part of the entry's name")
    func optionalKeys() throws {
        var object = ManagedObject(.resourceResourceClaim)
        let device: JSONValue = ["driver": "d", "pool": "p", "device": "x"]
        let shared: JSONValue = ["driver": "d", "pool": "p", "device": "x", "shareID": "s"]
        try object.apply(["status": ["devices": [device, shared]]], by: "m")
        let name = #"\"device\":\"x\",\"driver\":\"d\",\"pool\":\"p\""#
        let fields = #"".":{},"f:device":{},"f:driver":{},"f:pool":{}"#
        #expect(
            object.managers == [
                #"m Apply resource.k8s.io/v1 {"f:status":{"f:devices":{"k:{\#(name)}":{\#(fields)},"#
                    + #""k:{\#(name),\"shareID\":\"s\"}":{\#(fields),"f:shareID":{}}}}}"#
            ])
        try object.apply(["status": ["devices": [shared]]], by: "m")
        #expect(object["status", "devices"]?.arrayValue?.map { $0["shareID"]?.stringValue } == ["s"])
        var account = ManagedObject(.serviceAccount)
        #expect(
            account.failure(applying: ["secrets": [["namespace": "n"]]], by: "m")?.message
                == "failed to create typed patch object (n/a; /v1, Kind=ServiceAccount): .secrets: element 0: "
                + #"associative list with keys has an element that omits all key fields ["name"] "#
                + "(and doesn't have default values for any key fields)")
        var pod = ManagedObject(.pod)
        try pod.apply(["spec": ["imagePullSecrets": [[:]]]], by: "m")
        #expect(pod.managers == [#"m Apply v1 {"f:spec":{"f:imagePullSecrets":{"k:{\"name\":\"\"}":{}}}}"#])
    }

    @Test("An update takes what it changes; nobody else loses anything")
    func updateTakes() throws {
        var object = ManagedObject(.configMap)
        try object.apply(["data": ["a": "1", "b": "2"]], by: "first")
        try object.patch(by: "second") { $0["data"]?["b"] = "3" }
        #expect(
            object.managers == [
                #"first Apply v1 {"f:data":{"f:a":{}}}"#, #"second Update v1 {"f:data":{"f:b":{}}}"#,
            ])
        // What goes, nobody owns.
        try object.patch(by: "third") { $0["data"]?["b"] = nil }
        #expect(object.managers == [#"first Apply v1 {"f:data":{"f:a":{}}}"#])
    }

    @Test("A manager that changes nothing keeps its time and its fields")
    func noChange() throws {
        var object = ManagedObject(.configMap)
        try object.update(["data": ["a": "1"]], by: "first")
        let time = object.now.seconds
        let managers = object.managers
        try object.patch(by: "first") { _ in }
        try object.patch(by: "second") { _ in }
        #expect(object.managers == managers)
        #expect(object.time(of: "first") == time)
        try object.patch(by: "first") { $0["data"]?["b"] = "2" }
        #expect(object.managers == [#"first Update v1 {"f:data":{".":{},"f:a":{},"f:b":{}}}"#])
        #expect(object.time(of: "first") == object.now.seconds)
    }

    @Test("The same manager is another for updates and for applies, and on a subresource")
    func identities() throws {
        var object = ManagedObject(.deployment)
        try object.apply(["spec": ["replicas": 1]], by: "m")
        try object.patch(by: "m") { $0["spec"]?["paused"] = true }
        try object.update(
            ["spec": ["replicas": 1, "paused": true], "status": ["replicas": 1]], by: "m", subresource: "status",
            resetFields: [["spec"]])
        #expect(
            object.managers == [
                #"m Apply apps/v1 {"f:spec":{"f:replicas":{}}}"#,
                #"m Update apps/v1 {"f:spec":{"f:paused":{}}}"#,
                #"m Update apps/v1 status {"f:status":{"f:replicas":{}}}"#,
            ])
    }

    @Test("A request cannot own what it cannot change")
    func resetFields() throws {
        var object = ManagedObject(.deployment)
        try object.apply(
            ["spec": ["replicas": 1], "status": ["replicas": 7]], by: "m", resetFields: [["status"]])
        #expect(object.managers == [#"m Apply apps/v1 {"f:spec":{"f:replicas":{}}}"#])
        try object.apply(
            ["status": ["replicas": 7], "spec": ["replicas": 3]], by: "m", force: true, subresource: "status",
            resetFields: [["spec"]])
        #expect(
            object.managers == [
                #"m Apply apps/v1 {"f:spec":{"f:replicas":{}}}"#,
                #"m Apply apps/v1 status {"f:status":{"f:replicas":{}}}"#,
            ])
    }

    // MARK: Sharing and giving up

    @Test("Two that apply the same value share it; who stops applying it leaves it to the other")
    func sharing() throws {
        var object = ManagedObject(.configMap)
        try object.apply(["data": ["a": "1", "b": "2"]], by: "first")
        try object.apply(["data": ["a": "1"]], by: "second")
        #expect(
            object.managers == [
                #"second Apply v1 {"f:data":{"f:a":{}}}"#, #"first Apply v1 {"f:data":{"f:a":{},"f:b":{}}}"#,
            ])
        // Nothing changed by it, so that it has no time yet.
        #expect(object.time(of: "second") == nil)
        try object.apply([:], by: "first")
        #expect(object["data"] == ["a": "1"])
        #expect(object.managers == [#"second Apply v1 {"f:data":{"f:a":{}}}"#])
        try object.apply([:], by: "second")
        #expect(object["data"] == nil)
        #expect(object.managers == [])
    }

    @Test("What an updater owns stays when the applier stops applying it")
    func updaterKeeps() throws {
        var object = ManagedObject(.deployment)
        try object.apply(["spec": ["replicas": 1, "paused": true]], by: "m")
        try object.patch(by: "hpa") { $0["spec"]?["replicas"] = 5 }
        try object.apply([:], by: "m")
        #expect(object["spec", "replicas"] == 5)
        #expect(object["spec", "paused"] == nil)
        #expect(object.managers == [#"hpa Update apps/v1 {"f:spec":{"f:replicas":{}}}"#])
    }

    @Test("Entries of lists that are no longer applied go; those of others and their order stay")
    func listEntries() throws {
        func spec(_ containers: [JSONValue]) -> JSONValue { ["spec": ["containers": .array(containers)]] }
        var object = ManagedObject(.pod)
        try object.apply(spec([["name": "a", "image": "a:1"], ["name": "b", "image": "b:1"]]), by: "first")
        try object.apply(spec([["name": "c", "image": "c:1"], ["name": "b", "image": "b:1"]]), by: "second")
        func names() -> [String] {
            (object["spec", "containers"]?.arrayValue ?? []).compactMap { $0["name"]?.stringValue }
        }
        #expect(names() == ["a", "c", "b"])
        try object.apply(spec([["name": "a", "image": "a:1"]]), by: "first")
        #expect(names() == ["a", "c", "b"])
        try object.apply(spec([["name": "c", "image": "c:1"]]), by: "second")
        #expect(names() == ["a", "c"])
        try object.apply(spec([["name": "c", "image": "c:1"], ["name": "a", "image": "a:1"]]), by: "second")
        #expect(names() == ["c", "a"])
    }

    @Test("A part of an entry that is no longer applied goes, the entry stays")
    func entryParts() throws {
        func container(_ members: JSONValue) -> JSONValue { ["spec": ["containers": [members]]] }
        var object = ManagedObject(.pod)
        try object.apply(
            container([
                "name": "a", "image": "a:1", "env": [["name": "A", "value": "1"], ["name": "B", "value": "2"]],
            ]),
            by: "m")
        try object.apply(container(["name": "a", "image": "a:1", "env": [["name": "B", "value": "2"]]]), by: "m")
        #expect(object["spec", "containers"]?.arrayValue?.first?["env"] == [["name": "B", "value": "2"]])
        try object.apply(container(["name": "a", "image": "a:1"]), by: "m")
        #expect(object["spec", "containers"]?.arrayValue?.first?["env"] == nil)
    }

    @Test("An entry without one of its keys is another than those with it; without any it is none")
    func keysLeftOut() throws {
        func devices(_ entries: JSONValue...) -> JSONValue { ["status": ["devices": .array(entries)]] }
        let plain: JSONValue = ["driver": "d", "pool": "p", "device": "a"]
        let shared: JSONValue = ["driver": "d", "pool": "p", "device": "a", "shareID": "s"]
        var object = ManagedObject(.resourceResourceClaim)
        try object.apply(devices(plain), by: "first", subresource: "status")
        try object.apply(devices(shared), by: "second", subresource: "status")
        let entries = object["status", "devices"]?.arrayValue ?? []
        #expect(entries.map { $0["device"] } == ["a", "a"] && entries.map { $0["shareID"] } == [nil, "s"])
        let key = #""k:{\"device\":\"a\",\"driver\":\"d\",\"pool\":\"p\"}""#
        #expect(
            object.managers.first == #"first Apply resource.k8s.io/v1 status {"f:status":{"f:devices":{"# + key
                + #":{".":{},"f:device":{},"f:driver":{},"f:pool":{}}}}}"#)
        var account = ManagedObject(.serviceAccount)
        let failure = account.failure(applying: ["secrets": [["namespace": "n"]]], by: "m")
        #expect(
            failure?.message.hasSuffix(
                #".secrets: element 0: associative list with keys has an element that omits all key fields ["name"] "#
                    + "(and doesn't have default values for any key fields)") == true)
    }

    @Test("Null and empty parts change nothing that has parts")
    func nothing() throws {
        var object = ManagedObject(.configMap)
        try object.apply(["data": ["a": "1"]], by: "first")
        try object.apply(["data": nil], by: "second")
        #expect(object["data"] == ["a": "1"])
        #expect(object.managers.contains(#"second Apply v1 {"f:data":{}}"#))
    }

    // MARK: The first apply, the cap, a reset

    @Test("Before the first apply everything belongs to one manager")
    func beforeFirstApply() throws {
        var object = ManagedObject(.configMap)
        try object.update(["data": ["a": "1", "b": "2"]], by: "first")
        try object.forgetManagers()
        // Updates of an object without managers leave it so.
        try object.patch(by: "first") { $0["data"]?["b"] = "3" }
        #expect(object.managers == [])
        #expect(
            object.failure(applying: ["data": ["b": "4"]], by: "m")?.message
                == #"Apply failed with 1 conflict: conflict with "before-first-apply" using v1: .data.b"#)
        try object.apply(["data": ["b": "3"]], by: "m")
        #expect(
            object.managers == [
                #"m Apply v1 {"f:data":{"f:b":{}}}"#,
                #"before-first-apply Update v1 {"f:data":{".":{},"f:a":{},"f:b":{}}}"#,
            ])
    }

    @Test("More than ten updaters: the oldest become ancient changes")
    func cap() throws {
        var object = ManagedObject(.configMap)
        try object.update(["data": ["k0": "x"]], by: "m0")
        for index in 1..<13 { try object.patch(by: "m\(index)") { $0["data"]?["k\(index)"] = "x" } }
        let names = object.managers.map { String($0.prefix { $0 != " " }) }
        #expect(names == ["ancient-changes", "m4", "m5", "m6", "m7", "m8", "m9", "m10", "m11", "m12"])
        #expect(
            object.managers.first
                == #"ancient-changes Update v1 {"f:data":{".":{},"f:k0":{},"f:k1":{},"f:k2":{},"f:k3":{}}}"#)
    }

    @Test("One empty entry has all managers forgotten; entries that a client sends replace the stored ones")
    func reset() throws {
        var object = ManagedObject(.configMap)
        try object.update(["data": ["a": "1"]], by: "first")
        guard let live = object.object else { return }
        var metadata = live.metadata
        metadata.managedFields = [ManagedFieldsEntry()]
        let manager = FieldManager(.configMap)
        let forgotten = live.with(metadata: metadata)
        #expect(manager.update(live: live, new: forgotten, manager: "second", now: object.now) == [])
        var entry = metadata.managedFields[0]
        entry.manager = "mine"
        entry.operation = "Apply"
        entry.apiVersion = "v1"
        entry.fieldsType = "FieldsV1"
        entry.fieldsV1 = try FieldsV1.decode(#"{"f:data":{"f:a":{}}}"#)
        metadata.managedFields = [entry]
        let sent = live.with(metadata: metadata)
        #expect(manager.update(live: live, new: sent, manager: "second", now: object.now) == [entry])
        entry.operation = "Broken"
        metadata.managedFields = [entry]
        let broken = live.with(metadata: metadata)
        #expect(
            manager.update(live: live, new: broken, manager: "second", now: object.now) == live.metadata.managedFields)
    }

    @Test(
        "The manager's name, if the request does not give one",
        arguments: [
            ("kubectl/v1.36.0 (linux/amd64) kubernetes/abc", "kubectl"), ("python-requests", "python-requests"),
            ("", ""), ("a\u{7}b/1", "a"), (String(repeating: "x", count: 200), String(repeating: "x", count: 128)),
        ])
    func userAgents(userAgent: String, name: String) {
        #expect(FieldManager.name(fieldManager: nil, userAgent: userAgent) == name)
        #expect(FieldManager.name(fieldManager: "m", userAgent: userAgent) == "m")
    }
}
