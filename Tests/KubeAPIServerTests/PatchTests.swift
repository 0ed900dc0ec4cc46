import ClusterCore
import KubeAPI
import KubeAPIServer
import KubeClient
import Testing

@Suite struct PatchTests {
    private func pod(_ test: TestServer) throws -> ObjectKey {
        var pod = TestServer.pod("web")
        pod.metadata.labels = ["app": "web", "old": "yes"]
        return try test.client.create(pod).key
    }

    private func patch(
        _ test: TestServer, _ key: ObjectKey, _ text: String, _ type: PatchType,
        _ options: WriteOptions = WriteOptions()
    ) throws(StatusError) -> Pod? {
        try test.client.patch(key, Array(text.utf8), type: type, nil, options).as(Pod.self)
    }

    @Test func eachFormOfPatchDoesTheSame() throws {
        let texts: [(PatchType, String)] = [
            (
                .json,
                #"[{"op": "remove", "path": "/metadata/labels/old"}, "#
                    + #"{"op": "replace", "path": "/spec/containers/0/image", "value": "nginx:2"}]"#
            ),
            (
                .strategicMerge,
                #"{"metadata": {"labels": {"old": null}}, "#
                    + #""spec": {"containers": [{"name": "main", "image": "nginx:2"}]}}"#
            ),
        ]
        for (type, text) in texts {
            let test = try TestServer()
            let key = try pod(test)
            let patched = try #require(try patch(test, key, text, type))
            #expect(patched.labels == ["app": "web"], "\(type)")
            #expect(patched.spec.containers.map(\.image) == ["nginx:2"], "\(type)")
            // What the patch does not name stays.
            #expect(patched.spec.containers[0].volumeMounts.count == 1, "\(type)")
            #expect(patched.metadata.generation == 2, "\(type)")
        }
    }

    @Test func aMergePatchReplacesLists() throws {
        let test = try TestServer()
        let key = try pod(test)
        let patched = try patch(test, key, #"{"metadata": {"labels": {"old": null, "new": "1"}}}"#, .merge)
        #expect(patched?.labels == ["app": "web", "new": "1"])
    }

    @Test func aPatchThatNamesAnOldVersionIsAConflict() throws {
        let test = try TestServer()
        let key = try pod(test)
        let error = TestServer.failure { () throws(StatusError) in
            _ = try patch(test, key, #"{"metadata": {"resourceVersion": "1", "labels": {"a": "b"}}}"#, .merge)
        }
        #expect(error?.isConflict == true)
    }

    @Test func aPatchOfNothingWritesNothing() throws {
        let test = try TestServer()
        let key = try pod(test)
        let revision = test.client.revision
        _ = try patch(test, key, "{}", .merge)
        #expect(test.client.revision == revision)
    }

    /// As apiserver pkg/registry/rest/meta.go has it: what is missing is the request's, what differs is refused.
    @Test func aPatchNeitherRenamesNorMoves() throws {
        let test = try TestServer()
        let key = try pod(test)
        func message(_ text: String) -> String? {
            TestServer.failure { () throws(StatusError) in _ = try patch(test, key, text, .merge) }?.message
        }
        #expect(
            message(#"{"metadata": {"name": "other"}}"#)
                == "the name of the object (other) does not match the name on the URL (web)")
        #expect(
            message(#"{"metadata": {"name": null}}"#)
                == "the name of the object (web based on URL) was undeterminable: name must be provided")
        #expect(
            message(#"{"metadata": {"name": "other", "namespace": "other"}}"#)
                == "the namespace of the provided object does not match the namespace sent on the request")
        #expect(try patch(test, key, #"{"metadata": {"namespace": null}}"#, .merge)?.namespace == "default")
    }

    /// What has no namespace has none, whatever a client writes there.
    @Test(arguments: [PatchType.merge, .strategicMerge, .apply])
    func aNamespaceIsNothingToWhatHasNone(type: PatchType) throws {
        let test = try TestServer()
        let text = #"""
            {"apiVersion": "v1", "kind": "Namespace",
             "metadata": {"name": "default", "namespace": "other", "labels": {"a": "b"}}}
            """#
        var options = WriteOptions()
        options.fieldManager = "me"
        let patched = try test.client.patch(
            ObjectKey(.namespace, name: "default"), Array(text.utf8), type: type, nil, options)
        #expect(patched.metadata.namespace == nil)
        #expect(patched.metadata.labels["a"] == "b")
    }

    @Test func unknownFieldsAreToldOrRefused() throws {
        let test = try TestServer()
        let key = try pod(test)
        var options = WriteOptions()
        let warnings = Warnings()
        options.warnings = warnings
        _ = try patch(test, key, #"{"spec": {"colour": "blue"}}"#, .merge, options)
        #expect(warnings.texts == [#"unknown field "spec.colour""#])
        options.fieldValidation = .strict
        let error = TestServer.failure { () throws(StatusError) in
            _ = try patch(test, key, #"{"spec": {"colour": "blue"}}"#, .merge, options)
        }
        #expect(error?.isInvalid == true)
        #expect(error?.causes.map(\.field) == ["patch"])
        #expect(
            error?.causes.first?.message?.hasSuffix(#": strict decoding error: unknown field "spec.colour""#) == true)
        options.fieldValidation = .ignore
        let quiet = Warnings()
        options.warnings = quiet
        _ = try patch(test, key, #"{"spec": {"colour": "blue"}}"#, .merge, options)
        #expect(quiet.texts.isEmpty)
    }

    /// Of a JSON patch its operations are looked at as well as its outcome.
    @Test func unknownMembersOfOperationsAreTold() throws {
        let test = try TestServer()
        let key = try pod(test)
        var options = WriteOptions()
        let warnings = Warnings()
        options.warnings = warnings
        let operations = """
            [{"op": "add", "path": "/spec/colour", "value": "blue", "force": true},
             {"op": "add", "path": "/metadata/labels", "path": "/spec/shape", "value": {"a": 1, "a": 2}}]
            """
        _ = try patch(test, key, operations, .json, options)
        #expect(
            warnings.texts == [
                #"json patch unknown field "[0].force""#, #"json patch duplicate field "[1].path""#,
                #"json patch duplicate field "[1].value.a""#, #"unknown field "spec.colour""#,
                #"unknown field "spec.shape""#,
            ])
    }

    @Test func whatMayNotChangeIsRefusedInOneAnswer() throws {
        let test = try TestServer()
        let key = try pod(test)
        let error = TestServer.failure { () throws(StatusError) in
            _ = try patch(
                test, key, #"{"spec": {"restartPolicy": "Never"}, "metadata": {"labels": {"-a": "b"}}}"#, .merge)
        }
        #expect(error?.code == 422)
        #expect(error?.causes.count == 2)
        #expect(test.client.get(Pod.self, key)?.spec.restartPolicy == "Always")
    }
}
