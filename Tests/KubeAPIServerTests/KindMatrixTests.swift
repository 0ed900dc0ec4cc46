import ClusterCore
import KubeAPI
import KubeAPIServer
import KubeClient
import Testing

/// Every kind with every verb, through the one registry.
@Suite struct KindMatrixTests {
    private static let writable = Catalogue.kinds.filter { $0.supports(verb: "update") }.map(\.kind)
    private static let others = Catalogue.kinds.filter { !$0.supports(verb: "update") }.map(\.kind)

    private let requester = Requester(author: "tester", user: UserInfo())

    @Test(arguments: writable)
    func everyVerb(_ kind: ResourceKind) throws {
        let test = try TestServer()
        let info = kind.info
        let object = try KindSamples.object(kind)
        let key = object.key
        var dry = WriteOptions()
        dry.isDryRun = true

        // create, and create as a rehearsal.
        let revision = test.client.revision
        let rehearsed = try test.client.create(object, dry)
        #expect(rehearsed.uid.isEmpty == false && test.client.revision == revision && test.client.object(key) == nil)
        let created = try test.client.create(object, WriteOptions())
        #expect(created.kind == kind && created.metadata.creationTimestamp == test.loop.now.time)
        #expect(
            TestServer.failure { () throws(StatusError) in _ = try test.client.create(object, WriteOptions()) }?
                .isAlreadyExists == true)

        // get, list, watch.
        #expect(try test.server.get(key).uid == created.uid)
        var list = ListOptions(namespace: info.isNamespaced ? "default" : nil)
        list.fields = try FieldSelector(parsing: "metadata.name=\(key.name)", kind: kind)
        #expect(try test.server.list(kind, list).items.map(\.uid) == [created.uid])
        list.fields = try FieldSelector(parsing: "metadata.name!=\(key.name)", kind: kind)
        #expect(try test.server.list(kind, list).items.contains { $0.uid == created.uid } == false)
        list.fields = nil
        list.labels = try Selector(parsing: "stage=new")
        let watch = RecordedWatch(test.server, kind, list)
        // It begins with what there is now.
        test.pump()

        // patch, of each type, and update.
        let merge = #"{"metadata":{"labels":{"stage":"new"}}}"#
        let json = #"[{"op":"add","path":"/metadata/annotations","value":{"n":"1"}}]"#
        _ = try test.client.patch(key, Array(merge.utf8), type: .merge, nil, dry)
        #expect(test.client.object(key)?.metadata.labels["stage"] == nil)
        var patched = try test.client.patch(key, Array(merge.utf8), type: .merge, nil, WriteOptions())
        #expect(patched.kind == kind && patched.metadata.labels["stage"] == "new")
        patched = try test.client.patch(key, Array(json.utf8), type: .json, nil, WriteOptions())
        #expect(patched.metadata.annotations["n"] == "1" && patched.metadata.uid == created.uid)
        let strategic = #"{"metadata":{"annotations":{"n":null}}}"#
        patched = try test.client.patch(key, Array(strategic.utf8), type: .strategicMerge, nil, WriteOptions())
        #expect(patched.metadata.annotations["n"] == nil)
        var metadata = patched.metadata
        metadata.labels["stage"] = "old"
        let updated = try test.client.update(patched.with(metadata: metadata), nil, WriteOptions())
        #expect(updated.metadata.labels["stage"] == "old")
        #expect(
            TestServer.failure { () throws(StatusError) in
                _ = try test.client.update(patched.with(metadata: metadata), nil, WriteOptions())
            }?.isConflict == true)
        if info.hasStatus {
            // A status is written apart; what it is does not matter here.
            #expect(try test.client.update(updated, .status, WriteOptions()).uid == created.uid)
            let label = Array(#"{"metadata":{"labels":{"via":"status"}}}"#.utf8)
            let labelled = try test.client.patch(key, label, type: .merge, .status, WriteOptions())
            let isWritten = labelled.metadata.labels["via"] != nil
            #expect(isWritten == KindMatrixTests.labelledByStatus.contains(kind.stored))
        }
        test.pump()
        let told = watch.take().filter { $0.object.uid == created.uid }
        #expect(told.allSatisfy { $0.object.kind == kind })
        #expect(told.first?.kind == .added && told.last?.kind == .deleted)

        // delete, and deletecollection.
        var options = DeleteOptions(gracePeriodSeconds: 0)
        options.propagationPolicy = "Background"
        options.dryRun = ["All"]
        _ = try test.client.delete(key, options)
        #expect(test.client.object(key)?.metadata.deletionTimestamp == nil)
        options.dryRun = []
        if info.supports(verb: "deletecollection") {
            let all = ListOptions(namespace: info.isNamespaced ? "default" : nil)
            let gone = try test.server.deleteCollection(kind, all, options, Request(requester))
            #expect(gone.contains { $0.uid == created.uid })
        } else {
            _ = try test.client.delete(key, options)
        }
        let left = test.client.object(key)
        #expect(left == nil || left?.metadata.finalizers.isEmpty == false || kind == .namespace)
    }

    /// The kinds whose metadata a request to `status` may write.
    ///
    /// Follows kubernetes test/integration/apiserver/apidefinitions/fields_wiping_test.go.
    private static let labelledByStatus: Set<ResourceKind> = [
        .certificateSigningRequest, .cronJob, .customResourceDefinition, .daemonSet, .horizontalPodAutoscaler,
        .ingress, .job, .namespace, .node, .persistentVolume, .persistentVolumeClaim, .pod, .podDisruptionBudget,
        .replicaSet, .replicationController, .resourceQuota, .service, .statefulSet,
    ]

    /// The kinds of which an update makes what is not there.
    ///
    /// Follows kubernetes test/integration/apiserver/apidefinitions/default_behaviors_test.go.
    private static let madeByUpdate: Set<ResourceKind> = [
        .clusterRole, .clusterRoleBinding, .endpoints, .event, .lease, .limitRange, .role, .roleBinding, .runtimeClass,
        .service,
    ]

    @Test(arguments: writable)
    func updatesOfWhatIsNotThere(_ kind: ResourceKind) throws {
        let test = try TestServer()
        let object = try KindSamples.object(kind)
        let error = TestServer.failure { () throws(StatusError) in
            _ = try test.client.update(object, nil, WriteOptions())
        }
        let isMade = KindMatrixTests.madeByUpdate.contains(kind.stored)
        #expect(isMade ? error == nil : error?.isNotFound == true, "\(error?.message ?? "made")")
        #expect((test.client.object(object.key) != nil) == isMade)
    }

    @Test(arguments: others)
    func whatAKindDoesNotDoIs405(_ kind: ResourceKind) throws {
        let test = try TestServer()
        let info = kind.info
        let key = ObjectKey(kind, namespace: info.isNamespaced ? "default" : "", name: "a")
        let text = #"{"metadata":{"name":"a"\#(info.isNamespaced ? #","namespace":"default""# : "")}}"#
        let object = try ObjectDecoding.decode(Array(text.utf8), as: kind).object
        let calls: [(verb: String, call: () throws(StatusError) -> Void)] = [
            ("create", { () throws(StatusError) in _ = try test.client.create(object, WriteOptions()) }),
            ("get", { () throws(StatusError) in _ = try test.server.get(key) }),
            ("list", { () throws(StatusError) in _ = try test.server.list(kind, ListOptions()) }),
            (
                "patch",
                { () throws(StatusError) in
                    _ = try test.client.patch(key, Array("{}".utf8), type: .merge, nil, WriteOptions())
                }
            ),
            (
                "deletecollection",
                { () throws(StatusError) in
                    _ = try test.server.deleteCollection(kind, ListOptions(), DeleteOptions(), Request(requester))
                }
            ),
        ]
        for (verb, call) in calls where !info.supports(verb: verb) {
            let error = TestServer.failure(call)
            #expect(error?.code == 405, "\(verb): \(error?.message ?? "went through")")
        }
    }

    @Test(arguments: [
        // field, kind, whether it is supported.
        ("spec.nodeName", ResourceKind.pod, "field label not supported: other"),
        ("status.successful", .job, "field label \"other\" not supported for Job"),
        ("involvedObject.name", .event, "field label not supported: other"),
        ("regarding.name", .eventsEvent, "field label not supported: other"),
        (
            "metadata.name", .deployment,
            "\"other\" is not a known field selector: only \"metadata.name\", \"metadata.namespace\""
        ),
    ])
    func fieldSelectors(_ row: (field: String, kind: ResourceKind, message: String)) throws {
        _ = try FieldSelector(parsing: "\(row.field)=a", kind: row.kind)
        do throws(StatusError) {
            _ = try FieldSelector(parsing: "other=a", kind: row.kind)
            Issue.record("an unknown field was taken")
        } catch {
            #expect(error.code == 400 && error.message == row.message)
        }
    }

    @Test(arguments: [
        (
            #"{"propagationPolicy":"Orphan","orphanDependents":true}"#,
            "propagationPolicy: Invalid value: \"Orphan\": "
                + "orphanDependents and deletionPropagation cannot be both set"
        ),
        (
            #"{"propagationPolicy":"Sideways"}"#,
            "propagationPolicy: Unsupported value: \"Sideways\": supported values: "
                + "\"Foreground\", \"Background\", \"Orphan\", \"nil\""
        ),
        (#"{"dryRun":["Some"]}"#, "dryRun: Unsupported value: [\"Some\"]: supported values: \"All\""),
        (
            #"{"ignoreStoreReadErrorWithClusterBreakingPotential":true,"gracePeriodSeconds":0}"#,
            "ignoreStoreReadErrorWithClusterBreakingPotential: Invalid value: true: cannot be set together with "
                + ".gracePeriodSeconds"
        ),
    ])
    func optionsOfDeletionsThatAreNone(_ row: (json: String, message: String)) throws {
        let test = try TestServer()
        let map = try test.client.create(ConfigMap(name: "a", namespace: "default"))
        let options = try DeleteOptions.decode(row.json)
        let error = TestServer.failure { () throws(StatusError) in _ = try test.client.delete(map.key, options) }
        #expect(error?.message == "DeleteOptions.meta.k8s.io \"\" is invalid: " + row.message)
    }
}
