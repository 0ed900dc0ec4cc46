import ClusterCore
import KubeAPI
import KubeAPIServer
import KubeClient
import Testing

@Suite("Server-side apply through the registry")
struct ApplyTests {
    private func options(_ manager: String?, force: Bool = false) -> WriteOptions {
        var options = WriteOptions()
        options.fieldManager = manager
        options.force = force
        return options
    }

    private func deployment(replicas: Int?, image: String = "nginx:1") -> String {
        let count = replicas.map { #""replicas": \#($0), "# } ?? ""
        return #"{"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"}, "spec": {\#(count)"#
            + #""selector": {"matchLabels": {"app": "web"}}, "template": {"metadata": {"labels": {"app": "web"}}, "#
            + #""spec": {"containers": [{"name": "main", "image": "\#(image)", "ports": [{"containerPort": 80}]}]}}}}"#
    }

    private let key = ObjectKey(.deployment, namespace: "default", name: "web")

    private func apply(
        _ test: TestServer, _ text: String, by manager: String?, force: Bool = false,
        _ subresource: Subresource? = nil, key: ObjectKey? = nil
    ) throws(StatusError) -> KubeObject {
        try test.client.patch(
            key ?? self.key, Array(text.utf8), type: .apply, subresource, options(manager, force: force))
    }

    /// A line an entry, without its fields.
    private func managers(_ object: KubeObject?) -> [String] {
        (object?.metadata.managedFields ?? []).map { entry in
            [entry.manager ?? "", entry.operation ?? "", entry.apiVersion ?? "", entry.subresource ?? ""]
                .filter { !$0.isEmpty }.joined(separator: " ")
        }
    }

    private func fields(_ object: KubeObject?, of manager: String) -> String {
        let entry = object?.metadata.managedFields.first { $0.manager == manager }
        return String(decoding: entry?.fieldsV1?.json ?? [], as: UTF8.self)
    }

    @Test("What is not there is created, with defaults, and owned as applied")
    func createByApply() throws {
        let test = try TestServer()
        let created = try #require(try apply(test, deployment(replicas: 3), by: "me").as(Deployment.self))
        #expect(created.spec.replicas == 3)
        #expect(created.spec.template.spec.containers.first?.ports.first?.protocol == "TCP")
        #expect(created.spec.strategy?.type == "RollingUpdate")
        #expect(created.metadata.generation == 1)
        #expect(managers(created.boxed) == ["me Apply apps/v1"])
        #expect(created.metadata.managedFields.first?.time == created.metadata.creationTimestamp)
        #expect(!fields(created.boxed, of: "me").contains("strategy"))
        // Again, and nothing is written.
        let again = try apply(test, deployment(replicas: 3), by: "me")
        #expect(again.metadata.resourceVersion == created.metadata.resourceVersion)
    }

    @Test("A manager's time moves with what it sets, and a write that would only move it is none")
    func times() throws {
        let test = try TestServer()
        func replace(_ replicas: Int) throws(StatusError) -> Deployment? {
            try test.client.patch(
                key, Array(#"{"spec": {"replicas": \#(replicas)}}"#.utf8), type: .merge, nil, options("scaler")
            ).as(Deployment.self)
        }
        _ = try apply(test, deployment(replicas: nil), by: "me")
        let first = try #require(try replace(3))
        test.loop.run(until: test.loop.now + .seconds(10))
        // The same fields, with another value.
        let second = try #require(try replace(4))
        func time(_ object: Deployment) -> Int? {
            object.metadata.managedFields.first { $0.manager == "scaler" }?.time?.seconds
        }
        #expect(try #require(time(second)) == #require(time(first)) + 10)
        test.loop.run(until: test.loop.now + .seconds(10))
        let third = try #require(try replace(4))
        #expect(third.metadata.resourceVersion == second.metadata.resourceVersion)
    }

    @Test("Conflict, force, and giving up a field to whoever scales")
    func conflicts() throws {
        let test = try TestServer()
        _ = try apply(test, deployment(replicas: 3), by: "me")
        let error = TestServer.failure { () throws(StatusError) in
            _ = try apply(test, deployment(replicas: 5), by: "you")
        }
        #expect(error?.message == #"Apply failed with 1 conflict: conflict with "me": .spec.replicas"#)
        #expect(error?.code == 409)
        let forced = try apply(test, deployment(replicas: 5), by: "you", force: true)
        #expect(forced.as(Deployment.self)?.spec.replicas == 5)
        #expect(forced.as(Deployment.self)?.metadata.generation == 2)
        #expect(!fields(forced, of: "me").contains("replicas"))
        // Who does not name the field any more gives it up; it keeps its value's default.
        let given = try apply(test, deployment(replicas: nil), by: "you")
        #expect(given.as(Deployment.self)?.spec.replicas == 1)
    }

    @Test("A client's writes are accounted for; a component's only once there is an account")
    func accounts() throws {
        let test = try TestServer()
        let component = LocalClient(test.server, component: "deployment-controller")
        // A component makes an object: no account.
        let plain = try component.create(ConfigMap(name: "plain", namespace: "default").boxed, WriteOptions())
        #expect(plain.metadata.managedFields == [])
        // A client makes one, and then everybody counts.
        var map = ConfigMap(name: "kept", namespace: "default")
        map.data = ["a": "1"]
        let kept = try test.client.create(map.boxed, options("kubectl-create"))
        #expect(managers(kept) == ["kubectl-create Update v1"])
        #expect(fields(kept, of: "kubectl-create") == #"{"f:data":{".":{},"f:a":{}}}"#)
        test.loop.run(until: test.loop.now + .seconds(5))
        let changed = try component.mutate(kept.key, nil) { object in
            guard var map = object.as(ConfigMap.self) else { return nil }
            map.data["b"] = "2"
            return map.boxed
        }
        #expect(managers(changed) == ["kubectl-create Update v1", "kube-controller-manager Update v1"])
        #expect(fields(changed, of: "kube-controller-manager") == #"{"f:data":{"f:b":{}}}"#)
        // The first apply to an object without an account begins one.
        let applied = try apply(
            test, #"{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"plain"},"data":{"c":"3"}}"#, by: "me",
            key: plain.key)
        #expect(managers(applied) == ["me Apply v1"])
    }

    @Test("A client may give an account to an object that has none, with the object and not with its status")
    func givenAccounts() throws {
        let test = try TestServer()
        let component = LocalClient(test.server, component: "deployment-controller")
        let plain = try component.create(ConfigMap(name: "plain", namespace: "default").boxed, WriteOptions())
        func give(_ entry: String) throws -> KubeObject {
            let patch = #"{"metadata":{"managedFields":[\#(entry)]},"data":{"a":"1"}}"#
            return try test.client.patch(plain.key, Array(patch.utf8), type: .merge, nil, options("restore"))
        }
        // One that is no account is none.
        #expect(managers(try give(#"{"manager":"x","operation":"Nope"}"#)) == [])
        let given = try give(
            #"{"manager":"me","operation":"Apply","apiVersion":"v1","fieldsType":"FieldsV1","#
                + #""fieldsV1":{"f:data":{"f:a":{}}}}"#)
        #expect(managers(given) == ["me Apply v1"])
        #expect(fields(given, of: "me") == #"{"f:data":{"f:a":{}}}"#)
        // A component's write takes none with it.
        var map = ConfigMap(name: "bare", namespace: "default")
        map.metadata = try component.create(map.boxed, WriteOptions()).metadata
        var entry = ManagedFieldsEntry()
        entry.manager = "me"
        entry.operation = "Apply"
        entry.apiVersion = "v1"
        entry.fieldsType = "FieldsV1"
        map.metadata.managedFields = [entry]
        map.metadata.labels["a"] = "b"
        #expect(managers(try component.update(map.boxed, nil, WriteOptions())) == [])
    }

    @Test(
        "An empty list of entries ends the account, and no list leaves it as it is",
        arguments: [
            (.merge, #"{"metadata":{"managedFields":[]}}"#, true),
            (.strategicMerge, #"{"metadata":{"managedFields":[]}}"#, true),
            (.json, #"[{"op":"replace","path":"/metadata/managedFields","value":[]}]"#, true),
            (.json, #"[{"op":"replace","path":"/metadata/managedFields","value":[{}]}]"#, true),
            (.merge, #"{"metadata":{"managedFields":null}}"#, false),
            (.json, #"[{"op":"remove","path":"/metadata/managedFields"}]"#, false),
        ] as [(PatchType, String, Bool)])
    func endedAccount(type: PatchType, patch: String, isEnded: Bool) throws {
        let test = try TestServer()
        _ = try apply(test, deployment(replicas: 3), by: "me")
        let patched = try test.client.patch(key, Array(patch.utf8), type: type, nil, options("other"))
        #expect(managers(patched) == (isEnded ? [] : ["me Apply apps/v1"]))
        let labelled = try test.client.patch(
            key, Array(#"{"metadata":{"labels":{"a":"b"}}}"#.utf8), type: .merge, nil, options("other"))
        #expect(managers(labelled) == (isEnded ? [] : ["me Apply apps/v1", "other Update apps/v1"]))
    }

    @Test("So it is with an object that a client sends")
    func endedAccountOfUpdate() throws {
        let test = try TestServer()
        _ = try apply(test, deployment(replicas: 3), by: "me")
        let body = deployment(replicas: 3).replacing(#""name": "web""#, with: #""name": "web", "managedFields": []"#)
        var sent = try decodeObject(Array(body.utf8), defaultKind: nil).object
        var metadata = sent.metadata
        metadata.namespace = "default"
        sent = sent.with(metadata: metadata)
        #expect(managers(try test.client.update(sent, nil, options("other"))) == [])
    }

    @Test("Status has an account of its own, and neither part takes the other's fields")
    func status() throws {
        let test = try TestServer()
        _ = try apply(test, deployment(replicas: 3), by: "me")
        let text =
            #"{"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"}, "spec": {"replicas": 9}, "#
            + #""status": {"replicas": 2, "conditions": [{"type": "Available", "status": "True"}]}}"#
        let patched = try apply(test, text, by: "status-writer", .status)
        #expect(patched.as(Deployment.self)?.spec.replicas == 3)
        #expect(patched.as(Deployment.self)?.status.replicas == 2)
        #expect(managers(patched) == ["me Apply apps/v1", "status-writer Apply apps/v1 status"])
        #expect(
            fields(patched, of: "status-writer")
                == #"{"f:status":{"f:conditions":{"k:{\"type\":\"Available\"}":{".":{},"f:status":{},"f:type":{}}},"#
                + #""f:replicas":{}}}"#)
    }

    /// Who owns the number of replicas, as in `me Update apps/v1 scale`, with a `-` where the entry has no time.
    private func owners(_ object: KubeObject) -> [String] {
        object.metadata.managedFields.filter { entry in
            String(decoding: entry.fieldsV1?.json ?? [], as: UTF8.self).contains(#""f:replicas":{}"#)
        }.map { entry in
            let words = [entry.manager, entry.operation, entry.apiVersion, entry.subresource]
            return words.compactMap { $0 }.joined(separator: " ") + (entry.time == nil ? " -" : "")
        }
    }

    private func applyScale(
        _ test: TestServer, _ replicas: Int?, by manager: String, force: Bool = false
    ) throws(StatusError) -> KubeObject {
        let spec = replicas.map { #""replicas": \#($0)"# } ?? ""
        return try apply(
            test,
            #"{"apiVersion": "autoscaling/v1", "kind": "Scale", "metadata": {"name": "web"}, "spec": {\#(spec)}}"#,
            by: manager, force: force, .scale)
    }

    @Test("Applying a scale owns the number under the subresource")
    func scale() throws {
        let test = try TestServer()
        _ = try apply(test, deployment(replicas: nil), by: "me")
        // Nobody owns the number that is there: so it is somebody's from before.
        let unowned = TestServer.failure { () throws(StatusError) in _ = try applyScale(test, 4, by: "scaler") }
        #expect(
            unowned?.message
                == #"Apply failed with 1 conflict: conflict with "before-first-apply" with subresource "scale" using "#
                + "autoscaling/v1: .spec.replicas")
        let stored = try applyScale(test, 4, by: "scaler", force: true)
        #expect(try APIServer.scale(of: stored).spec.replicas == 4)
        #expect(stored.as(Deployment.self)?.spec.replicas == 4)
        #expect(owners(stored) == ["scaler Apply apps/v1 scale -"])
        #expect(fields(stored, of: "scaler") == #"{"f:spec":{"f:replicas":{}}}"#)
        let error = TestServer.failure { () throws(StatusError) in
            _ = try apply(test, deployment(replicas: 1), by: "me")
        }
        #expect(
            error?.message
                == #"Apply failed with 1 conflict: conflict with "scaler" with subresource "scale": .spec.replicas"#)
        // Whoever applies no number any more has none left over; others' stays.
        let shared = try apply(test, deployment(replicas: 4), by: "me")
        #expect(owners(shared) == ["scaler Apply apps/v1 scale -", "me Apply apps/v1"])
        let left = try applyScale(test, nil, by: "scaler")
        #expect(owners(left) == ["me Apply apps/v1"])
        #expect(left.as(Deployment.self)?.spec.replicas == 4)
        let wrong = TestServer.failure { () throws(StatusError) in
            _ = try apply(test, deployment(replicas: 1), by: "me", .scale)
        }
        #expect(wrong?.message == "invalid object type: apps/v1, Kind=Deployment, expected: autoscaling/v1, Kind=Scale")
    }

    @Test("Scaling takes the number from its owner, splits it off when it stays, and gives it up at zero")
    func scaleUpdates() throws {
        let test = try TestServer()
        func scaled(
            _ replicas: Int, by manager: String, _ other: ObjectKey? = nil
        ) throws(StatusError) -> KubeObject {
            let key = other ?? self.key
            var scale = Scale()
            scale.spec.replicas = replicas
            let requester = Requester(author: "tester", user: UserInfo(), isTrusted: true)
            _ = try test.server.setScale(scale, of: key, Request(requester, options: options(manager)))
            guard let object = test.client.object(key) else { throw .notFound(kind: key.kind, name: key.name) }
            return object
        }
        // Nobody owns it: nobody will.
        _ = try apply(test, deployment(replicas: nil), by: "me")
        #expect(owners(try scaled(2, by: "scaler")) == [])
        _ = try apply(test, deployment(replicas: 2), by: "me")
        // The same number leaves an applier alone.
        #expect(owners(try scaled(2, by: "scaler")) == ["me Apply apps/v1"])
        #expect(owners(try scaled(3, by: "scaler")) == ["scaler Update apps/v1 scale -"])
        #expect(owners(try scaled(0, by: "scaler")) == [])
        // An updater's number stands in an entry of its own from then on.
        var made = try #require(try scaled(1, by: "scaler").as(Deployment.self))
        made.metadata = Deployment(name: "other", namespace: "default").metadata
        let created = try test.client.create(made.boxed, options("maker"))
        #expect(owners(created) == ["maker Update apps/v1"])
        let other = ObjectKey(.deployment, namespace: "default", name: "other")
        let again = try scaled(1, by: "scaler", other)
        #expect(owners(again) == ["maker Update apps/v1 -"])
        #expect(managers(again) == ["maker Update apps/v1", "maker Update apps/v1"])
    }

    @Test("Who applies one version owns its fields there, and a change by the other is seen")
    func versions() throws {
        let test = try TestServer()
        let old = ObjectKey(.autoscalingV1HorizontalPodAutoscaler, namespace: "default", name: "web")
        let new = ObjectKey(.horizontalPodAutoscaler, namespace: "default", name: "web")
        let target = #""scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"}"#
        func first(_ percent: Int) -> String {
            #"{"apiVersion": "autoscaling/v1", "kind": "HorizontalPodAutoscaler", "metadata": {"name": "web"}, "#
                + #""spec": {"maxReplicas": 5, "targetCPUUtilizationPercentage": \#(percent), \#(target)}}"#
        }
        let created = try apply(test, first(50), by: "me", key: old)
        #expect(created.kind == .autoscalingV1HorizontalPodAutoscaler)
        #expect(managers(created) == ["me Apply autoscaling/v1"])
        #expect(
            fields(created, of: "me")
                == #"{"f:spec":{"f:maxReplicas":{},"f:scaleTargetRef":{},"f:targetCPUUtilizationPercentage":{}}}"#)
        let second =
            #"{"apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler", "metadata": {"name": "web"}, "#
            + #""spec": {"maxReplicas": 7, \#(target)}}"#
        let error = TestServer.failure { () throws(StatusError) in
            _ = try apply(test, second, by: "you", key: new)
        }
        #expect(error?.message == #"Apply failed with 1 conflict: conflict with "me": .spec.maxReplicas"#)
        let forced = try apply(test, second, by: "you", force: true, key: new)
        #expect(managers(forced) == ["me Apply autoscaling/v1", "you Apply autoscaling/v2"])
        #expect(
            fields(forced, of: "me") == #"{"f:spec":{"f:scaleTargetRef":{},"f:targetCPUUtilizationPercentage":{}}}"#)
        // What only the old version's owner applied, and gives up, goes from the new one.
        let given =
            #"{"apiVersion": "autoscaling/v1", "kind": "HorizontalPodAutoscaler", "#
            + #""metadata": {"name": "web"}, "spec": {\#(target)}}"#
        _ = try apply(test, first(60), by: "me", force: true, key: old)
        let changed = test.client.object(new)?.as(HorizontalPodAutoscaler.self)
        #expect(changed?.spec.metrics.first?.resource?.target.averageUtilization == 60)
        _ = try apply(test, given.replacing("{\"scale", with: "{\"maxReplicas\": 5, \"scale"), by: "me", key: old)
        #expect(test.client.object(new)?.as(HorizontalPodAutoscaler.self)?.spec.maxReplicas == 5)
    }

    @Test("Requests that cannot be")
    func wrongRequests() throws {
        let test = try TestServer()
        func message(_ text: String, by manager: String? = "me") -> String? {
            TestServer.failure { () throws(StatusError) in _ = try apply(test, text, by: manager) }?.message
        }
        #expect(
            message(deployment(replicas: 1), by: nil)
                == "PatchOptions.meta.k8s.io \"\" is invalid: fieldManager: Required value: is required for apply patch"
        )
        #expect(
            message("[]")
                == "error decoding YAML: error unmarshaling JSON: while decoding JSON: json: cannot unmarshal array into "
                + "Go value of type map[string]interface {}")
        #expect(message("{")?.hasPrefix("error decoding YAML: ") == true)
        let other = deployment(replicas: 1).replacing("\"web\"}, \"spec\"", with: "\"api\"}, \"spec\"")
        #expect(message(other) == "the name of the object (api) does not match the name on the URL (web)")
        let unnamed = deployment(replicas: 1).replacing("\"name\": \"web\"}, \"spec\"", with: "}, \"spec\"")
        #expect(
            message(unnamed) == "the name of the object (web based on URL) was undeterminable: name must be provided")
        let error = TestServer.failure { () throws(StatusError) in
            _ = try test.client.patch(key, Array("{}".utf8), type: .merge, nil, options("me", force: true))
        }
        #expect(
            error?.message
                == "PatchOptions.meta.k8s.io \"\" is invalid: force: Forbidden: may not be specified for non-apply patch"
        )
    }

    @Test("A dry run applies and stores nothing")
    func dryRun() throws {
        let test = try TestServer()
        var dry = options("me")
        dry.isDryRun = true
        let object = try test.client.patch(key, Array(deployment(replicas: 3).utf8), type: .apply, nil, dry)
        #expect(object.as(Deployment.self)?.spec.replicas == 3)
        #expect(test.client.object(key) == nil)
    }
}
