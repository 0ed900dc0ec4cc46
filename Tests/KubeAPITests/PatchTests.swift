import KubeAPI
import TestSupport
import Testing

@Suite("Patches")
struct PatchTests {
    struct JSONPatchCase: Sendable, CustomTestStringConvertible {
        let index: Int
        let value: JSONValue
        var testDescription: String { "\(index): \(value["comment"]?.stringValue ?? value["patch"]?.jsonText ?? "")" }
    }

    static func cases(_ file: String) -> [JSONPatchCase] {
        guard let bytes = try? Reference.bytes("json-patch/" + file), let value = try? JSONValue.decode(bytes),
            case .array(let items) = value
        else { return [] }
        return items.enumerated().filter { $0.element["disabled"] == nil }.map {
            JSONPatchCase(index: $0.offset, value: $0.element)
        }
    }

    /// Where the library of the API server departs from the standard: a patch and what it gives; nil if it is refused.
    private static let departures: [String: String?] = [
        #"[{"op":"add","path":"","value":[]}]"#: nil,
        #"[{"op":"add","path":"","value":{}}]"#: nil,
        #"[{"op":"add","path":"","value":{"baz":"qux"}}]"#: nil,
        #"[{"op":"add","path":"/bar/-1","value":"5"}]"#: #"{"bar":[1,2,"5"]}"#,
        #"[{"op":"add","path":"/-"}]"#: "[1,null]",
        #"[{"op":"replace","path":"/0"}]"#: "[null]",
        #"[{"from":"/bar","op":"copy","path":"/foo"}]"#: #"{"foo":null}"#,
        #"[{"op":"test","path":"/00","value":"foo"}]"#: #"["foo","bar"]"#,
        #"[{"op":"test","path":"/01","value":"bar"}]"#: #"["foo","bar"]"#,
    ]

    @Test(
        "The cases of RFC 6902", .enabled(if: Reference.folder != nil, Comment(rawValue: Reference.absence)),
        arguments: cases("tests.json") + cases("spec_tests.json"))
    func jsonPatch(test: JSONPatchCase) {
        let document = test.value["doc"] ?? .null
        let patch = test.value["patch"] ?? .null
        let result = try? applyPatch(patch.json, type: .json, toDocument: document)
        if let departure = Self.departures[patch.jsonText] {
            #expect(result?.jsonText == departure)
        } else if test.value["error"] != nil {
            #expect(result == nil)
        } else {
            #expect(result == test.value["expected"] ?? document)
        }
    }

    /// What `kubectl patch --local --type=json` answers.
    @Test(
        "JSON patches as the API server's library reads them",
        arguments: [
            (#"[{"op":"replace","path":"/m/z","value":1}]"#, #"{"l":["x","y"],"m":{"a":1,"z":1}}"#),
            (#"[{"op":"copy","from":"/m/z","path":"/m/q"}]"#, #"{"l":["x","y"],"m":{"a":1,"q":null}}"#),
            (#"[{"op":"move","from":"/m/z","path":"/m/q"}]"#, nil),
            (#"[{"op":"move","from":"/m","path":"/m/x"}]"#, nil),
            (#"[{"op":"move","from":"/m/a","path":"/m/a"}]"#, #"{"l":["x","y"],"m":{"a":1}}"#),
            (#"[{"op":"remove","path":"/m/z"}]"#, nil),
            (#"[{"op":"remove","path":"/l/-1"}]"#, #"{"l":["x"],"m":{"a":1}}"#),
            (#"[{"op":"add","path":"/l/-3","value":"n"}]"#, #"{"l":["n","x","y"],"m":{"a":1}}"#),
            (#"[{"op":"add","path":"/l/-4","value":"n"}]"#, nil),
            (#"[{"op":"replace","path":"/l/+1","value":"n"}]"#, #"{"l":["x","n"],"m":{"a":1}}"#),
            (#"[{"op":"replace","path":"/l/-","value":"n"}]"#, nil),
            (#"[{"op":"add","path":"x/m/q","value":1}]"#, #"{"l":["x","y"],"m":{"a":1,"q":1}}"#),
            (#"[{"op":"add","path":"m","value":{}}]"#, nil),
            (#"[{"op":"replace","path":"","value":{"b":2}}]"#, #"{"b":2}"#),
            (#"[{"op":"replace","path":"","value":"b"}]"#, nil),
            (#"[{"op":"remove","path":""}]"#, nil),
            (#"[{"op":"test","path":"/m/a/b","value":null}]"#, nil),
            (#"[{"op":"test","path":"/m/a"}]"#, nil),
            (#"[{"path":"/m/x","value":1}]"#, nil),
            ("null", #"{"l":["x","y"],"m":{"a":1}}"#),
        ] as [(String, String?)])
    func jsonPatchLibrary(patch: String, expected: String?) throws {
        let document = try JSONValue.decode(Array(#"{"l":["x","y"],"m":{"a":1}}"#.utf8))
        let result = try? applyPatch(Array(patch.utf8), type: .json, toDocument: document)
        #expect(result?.jsonText == expected)
    }

    private func pod() -> KubeObject {
        var pod = Pod(name: "web", namespace: "default")
        pod.metadata.labels = ["app": "web", "tier": "front"]
        pod.metadata.finalizers = ["example.com/a", "example.com/b"]
        for name in ["a", "b", "c"] {
            var container = Container()
            container.name = name
            container.image = name + ":1"
            pod.spec.containers.append(container)
        }
        pod.spec.nodeSelector = ["disk": "ssd"]
        var volume = Volume()
        volume.name = "data"
        volume.emptyDir = EmptyDirVolumeSource()
        pod.spec.volumes = [volume]
        return pod.boxed
    }

    private func names(_ object: KubeObject) -> [String] {
        object.as(Pod.self)?.spec.containers.map { $0.name + "=" + ($0.image ?? "") } ?? []
    }

    @Test(
        "Strategic merge: containers",
        arguments: [
            (#"{"spec":{"containers":[{"name":"b","image":"b:2"}]}}"#, ["a=a:1", "b=b:2", "c=c:1"]),
            (#"{"spec":{"containers":[{"name":"d","image":"d:1"}]}}"#, ["d=d:1", "a=a:1", "b=b:1", "c=c:1"]),
            (#"{"spec":{"containers":[{"name":"a","$patch":"delete"}]}}"#, ["b=b:1", "c=c:1"]),
            (#"{"spec":{"containers":[{"$patch":"replace"},{"name":"x","image":"x:1"}]}}"#, ["x=x:1"]),
            (
                #"{"spec":{"$setElementOrder/containers":[{"name":"c"},{"name":"a"},{"name":"b"}]}}"#,
                ["c=c:1", "a=a:1", "b=b:1"]
            ),
            (
                #"{"spec":{"$setElementOrder/containers":[{"name":"d"},{"name":"b"},{"name":"a"}],"#
                    + #""containers":[{"name":"d","image":"d:1"}]}}"#,
                ["d=d:1", "b=b:1", "a=a:1", "c=c:1"]
            ),
            (#"{"spec":{"containers":[{"name":"c","image":null}]}}"#, ["a=a:1", "b=b:1", "c="]),
            (#"{"spec":{"containers":[{"name":"a","$patch":"replace"}]}}"#, []),
            // What the server had is ordered by what Go's deletion in place left of it.
            (
                #"{"spec":{"$setElementOrder/containers":[{"name":"d"}],"#
                    + #""containers":[{"name":"d","image":"d:1"},{"name":"a","$patch":"delete"}]}}"#,
                ["b=b:1", "c=c:1", "d=d:1"]
            ),
        ])
    func containers(patch: String, expected: [String]) throws {
        #expect(names(try applyPatch(Array(patch.utf8), type: .strategicMerge, to: pod()).object) == expected)
    }

    @Test("Strategic merge: maps, scalars and lists of scalars")
    func strategicMerge() throws {
        func patched(_ patch: String) throws -> Pod {
            try #require(try applyPatch(Array(patch.utf8), type: .strategicMerge, to: pod()).object.as(Pod.self))
        }
        #expect(try patched(#"{"metadata":{"labels":{"tier":null,"x":"y"}}}"#).labels == ["app": "web", "x": "y"])
        #expect(try patched(#"{"metadata":{"labels":{"$patch":"replace","x":"y"}}}"#).labels == ["x": "y"])
        #expect(try patched(#"{"metadata":{"labels":{"$patch":"delete"}}}"#).labels == [:])
        #expect(
            try patched(#"{"metadata":{"$deleteFromPrimitiveList/finalizers":["example.com/a"]}}"#).metadata.finalizers
                == ["example.com/b"])
        #expect(
            try patched(#"{"metadata":{"finalizers":["example.com/c"]}}"#).metadata.finalizers
                == ["example.com/c", "example.com/a", "example.com/b"])
        let volumes = try patched(
            #"{"spec":{"volumes":[{"name":"data","$retainKeys":["name","hostPath"],"hostPath":{"path":"/d"}}]}}"#
        ).spec.volumes
        #expect(volumes.count == 1)
        #expect(volumes[0].emptyDir == nil)
        #expect(volumes[0].hostPath?.path == "/d")
        // Directives mean nothing where the object has nothing.
        #expect(
            try patched(#"{"spec":{"tolerations":[{"key":"k","operator":null}]}}"#).spec.tolerations.map(\.key) == ["k"]
        )
    }

    /// Found by comparing with kubectl's own library, `kubectl patch --local`, on random objects and patches.
    @Test(
        "Strategic merge: what upstream refuses, in its words",
        arguments: [
            (
                #"{"spec":{"nodeSelector":{"disk":null,"$patch":"merge"}}}"#,
                "unknown patch type: merge in map: map[$patch:merge disk:<nil>]"
            ),
            (
                #"{"spec":{"volumes":[{"name":"data"},null]}}"#,
                "list element types are not identical: [[map[emptyDir:map[] name:data]] [map[name:data] <nil>]]"
            ),
            (
                #"{"spec":{"$setElementOrder/tolerations":[],"tolerations":[]}}"#,
                "no elements in any of the given slices"
            ),
            (
                #"{"spec":{"$setElementOrder/nothing":[]}}"#,
                #"unable to find api field in struct PodSpec for the json field "nothing""#
            ),
            (#"{"spec":{"$setElementOrder/overhead":[]}}"#, "expected slice or array type, but got: struct"),
            (
                #"{"metadata":{"labels":{"$setElementOrder/x":[]}}}"#,
                "merging an object in json but data type is not struct, instead is: map"
            ),
            (
                #"{"metadata":{"finalizers":[{}]}}"#,
                "list element types are not identical: [[example.com/a example.com/b] [map[]]]"
            ),
            (
                #"{"spec":{"$setElementOrder/volumes":null}}"#,
                "expected a []interface {}, but received a %!s(<nil>)"
            ),
            (
                #"{"spec":{"$setElementOrder/volumes":[{"name":"data"}],"volumes":[{"name":"data"},{"$patch":"replace"}]}}"#,
                "The order in patch list:\n[map[name:data] map[$patch:replace]]\n doesn't match $setElementOrder list:\n"
                    + "[map[name:data]]\n"
            ),
        ])
    func strategicRefusals(patch: String, message: String) {
        do throws(StatusError) {
            _ = try applyPatch(Array(patch.utf8), type: .strategicMerge, to: pod())
            Issue.record("the patch was applied")
        } catch {
            #expect(error.code == 500)
            #expect(error.message == message)
        }
    }

    @Test("Strategic merge: directives where the object has nothing")
    func directivesWithoutValue() throws {
        func patched(_ patch: String) throws -> DecodedObject {
            try applyPatch(Array(patch.utf8), type: .strategicMerge, to: pod())
        }
        // An entry with `$patch` goes, whether the list is ordered or not.
        for order in ["", #""$setElementOrder/imagePullSecrets":[{"name":"b"}],"#] {
            let result = try patched(
                #"{"spec":{"# + order + #""imagePullSecrets":[{"name":"a","$patch":"delete"},{"name":"b"}]}}"#)
            #expect(result.object.as(Pod.self)?.spec.imagePullSecrets.map(\.name) == ["b"])
        }
        // Other directives stay, as fields that no object has.
        let added = try patched(#"{"spec":{"securityContext":{"runAsUser":1,"$retainKeys":["runAsUser"]}}}"#)
        #expect(added.strictErrors == [#"unknown field "spec.securityContext.$retainKeys""#])
        #expect(added.object.as(Pod.self)?.spec.securityContext?.runAsUser == 1)
        // A list that is replaced, not merged, gives up entries all the same.
        var container = Container()
        container.name = "a"
        container.args = ["x", "y"]
        var subject = Pod(name: "web", namespace: "default")
        subject.spec.containers = [container]
        let result = try applyPatch(
            Array(#"{"spec":{"containers":[{"name":"a","$deleteFromPrimitiveList/args":["x"]}]}}"#.utf8),
            type: .strategicMerge, to: subject.boxed)
        #expect(result.object.as(Pod.self)?.spec.containers.first?.args == ["y"])
    }

    @Test(
        "Strategic merge: values of the wrong type, as Go's conversion tells them",
        arguments: [
            (#"{"spec":{"nodeSelector":"x"}}"#, "cannot restore map from string"),
            (#"{"metadata":{"labels":{"app":1}}}"#, "cannot convert int64 to string"),
            (#"{"metadata":{"labels":{"app":{"a":"b"}}}}"#, "unrecognized type: string"),
            (#"{"spec":{"securityContext":["x"]}}"#, "cannot restore struct from: slice"),
            (#"{"spec":{"containers":true}}"#, "cannot restore slice from bool"),
            (#"{"spec":{"priority":"x"}}"#, "unrecognized type: int32"),
            (#"{"spec":{"priority":1.5}}"#, "cannot convert float64 to int32"),
            (#"{"spec":{"restartPolicy":1}}"#, "cannot convert int64 to v1.RestartPolicy"),
            (#"{"spec":1.5}"#, "cannot restore struct from: float64"),
            (#"{"spec":1}"#, "cannot restore struct from: int64"),
            (#"{"spec":{"tolerations":[{"key":1.5}]}}"#, "unrecognized type: string"),
            (#"{"kind":1,"spec":true}"#, "cannot convert int64 to string"),
            (#"{"apiVersion":{}}"#, "unrecognized type: string"),
        ])
    func strategicWrongTypes(patch: String, message: String) {
        do throws(StatusError) {
            _ = try applyPatch(Array(patch.utf8), type: .strategicMerge, to: pod())
            Issue.record("the patch was applied")
        } catch {
            #expect(error.code == 422)
            #expect(error.message.hasSuffix(": " + message))
        }
    }

    @Test("Broken patches are 400, patches that do not fit 422")
    func failures() {
        func failure(_ patch: String, _ type: PatchType) -> StatusError? {
            do throws(StatusError) {
                _ = try applyPatch(Array(patch.utf8), type: type, to: pod())
                return nil
            } catch {
                return error
            }
        }
        #expect(failure("{", .merge)?.code == 400)
        #expect(
            failure("[]", .merge)?.message
                == "error decoding patch: json: cannot unmarshal array into Go value of type map[string]interface {}")
        #expect(
            failure("{}", .json)?.message
                == "error decoding patch: json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp")
        // Of strategic merge patches upstream tells the cause alone.
        #expect(
            failure("[]", .strategicMerge)?.message
                == "json: cannot unmarshal array into Go value of type map[string]interface {}")
        #expect(failure("{", .strategicMerge)?.message == "unexpected end of JSON input")
        // To Go, null is a map that is not there.
        #expect(failure("null", .strategicMerge) == nil)
        #expect(failure("null", .merge)?.message == "Invalid JSON Patch")
        #expect(
            failure(#"[{"op":"add","from":true,"path":"/a"}]"#, .json)?.message
                == "error decoding patch: json: cannot unmarshal bool into Go struct field jsonPatchOp.from of type "
                + "string")
        #expect(
            failure(#"[1]"#, .json)?.message
                == "error decoding patch: json: cannot unmarshal number into Go value of type handlers.jsonPatchOp")
        let unfit = failure(#"[{"op":"remove","path":"/spec/nothing"}]"#, .json)
        #expect(unfit?.code == 422)
        #expect(unfit?.message == "the server rejected our request due to an error in our request")
        let wrong = failure(#"{"spec":{"containers":"x"}}"#, .merge)
        #expect(wrong?.code == 422)
        #expect(
            wrong?.message.hasSuffix(
                "json: cannot unmarshal string into Go struct field PodSpec.spec.containers of type []v1.Container")
                == true)
        #expect(failure(#"{"spec":{"containers":[{"image":"x"}]}}"#, .strategicMerge)?.code == 500)
        #expect(
            failure(#"{"spec":{"containers":[{"image":"x"}]}}"#, .strategicMerge)?.message
                == "map: map[image:x] does not contain declared merge key: name")
        #expect(
            failure(#"{"spec":{"volumes":[{"name":"data","$retainKeys":["name"],"nfs":{}}]}}"#, .strategicMerge)?.code
                == 400)
    }

    @Test("Merge patch, and unknown and duplicate fields")
    func mergePatch() throws {
        let patch =
            #"{"metadata":{"labels":{"tier":null}},"spec":{"containers":[{"name":"z","imag":"q"}],"nodeName":"n","nodeName":"m"}}"#
        let result = try applyPatch(Array(patch.utf8), type: .merge, to: pod())
        #expect(names(result.object) == ["z="])
        #expect(result.object.metadata.labels == ["app": "web"])
        #expect(
            result.strictErrors == ["duplicate field \"spec.nodeName\"", "unknown field \"spec.containers[0].imag\""])
    }

    @Test("Merge patch: in what is new, members that are null are left out within lists as well")
    func mergeNulls() throws {
        let patch =
            #"{"spec":{"containers":[{"name":"z","image":null,"resources":{"limits":{"cpu":null,"memory":"1"}}}]}}"#
        let result = try applyPatch(Array(patch.utf8), type: .merge, to: pod())
        #expect(result.strictErrors == [])
        #expect(result.object.as(Pod.self)?.spec.containers.first?.resources?.limits == ["memory": "1"])
    }

    @Test("Bodies of requests")
    func bodies() throws {
        func failure(_ body: String, _ kind: ResourceKind?) -> String? {
            do throws(StatusError) {
                _ = try decodeObject(Array(body.utf8), defaultKind: kind)
                return nil
            } catch {
                return error.message
            }
        }
        #expect(failure(#"{"metadata":{"name":"a"}}"#, .pod) == nil)
        #expect(
            failure(#"{"kind":"Foo","apiVersion":"v1"}"#, .pod)
                == "Foo in version \"v1\" cannot be handled as a Pod: no kind \"Foo\" is registered for version \"v1\" in "
                + "scheme \"pkg/api/legacyscheme/scheme.go:30\"")
        #expect(failure(#"{"apiVersion":"v1"}"#, nil) == #"Object 'Kind' is missing in '{"apiVersion":"v1"}'"#)
        #expect(
            failure(#"{"kind":"Deployment","apiVersion":"apps/v1","spec":{"replicas":"2"}}"#, .deployment)
                == "Deployment in version \"v1\" cannot be handled as a Deployment: json: cannot unmarshal string into Go "
                + "struct field DeploymentSpec.spec.replicas of type int32")
        #expect(failure("", .pod)?.hasSuffix("(<empty>)") == true)
        #expect(failure("[1]", .pod)?.hasPrefix("the object provided is unrecognized (must be of type Pod): ") == true)
        let decoded = try decodeObject(
            Array(
                #"{"kind":"Pod","apiVersion":"v1","spec":{"a":1,"b":{"c":[{}]}},"metadata":{"labels":{"x":"1","x":"2"}}}"#
                    .utf8),
            defaultKind: nil)
        #expect(
            decoded.strictErrors
                == ["unknown field \"spec.a\"", "unknown field \"spec.b\"", "duplicate field \"metadata.labels.x\""])
        #expect(
            StatusError.strictDecoding(decoded.strictErrors, of: .pod).message
                == "Pod in version \"v1\" cannot be handled as a Pod: strict decoding error: unknown field "
                + "\"spec.a\", unknown field \"spec.b\", duplicate field \"metadata.labels.x\"")
        // Names are told as they read, not as they are written.
        let escaped = try decodeObject(Array(#"{"metadata":{"a\u0000b":1,"\u00e9":2}}"#.utf8), defaultKind: .pod)
        #expect(
            escaped.strictErrors == [#"unknown field "metadata.a\x00b""#, #"unknown field "metadata.é""#])
        // What is unknown and there twice is only unknown, and its inside is nobody's concern.
        let body = #"{"spec":{"containers":[{"imag":{"a":1,"a":2},"name":"a","imag":1,"name":"b"}],"containers":[]}}"#
        let repeated = try decodeObject(Array(body.utf8), defaultKind: .pod)
        #expect(
            repeated.strictErrors == [
                "unknown field \"spec.containers[0].imag\"", "duplicate field \"spec.containers[0].name\"",
                "duplicate field \"spec.containers\"",
            ])
    }

    /// What a patch makes of an object is one of the same kind.
    @Test(arguments: [
        (#"{"kind":"Secret"}"#, "converting (v1.Secret) to (core.Pod): unknown conversion"),
        (
            #"{"apiVersion":"x","kind":null}"#,
            #"no kind "Pod" is registered for version "x" in scheme "#
                + #""pkg/api/legacyscheme/scheme.go:30""#
        ),
        (
            #"{"apiVersion":true}"#,
            "couldn't get version/kind; json parse error: json: cannot unmarshal bool into Go struct field "
                + ".apiVersion of type string"
        ),
        (#"{"apiVersion":"v7"}"#, "no kind \"Pod\" is registered for version \"v7\" in scheme"),
    ])
    func theKindStays(patch: String, reason: String) throws {
        do throws(StatusError) {
            _ = try applyPatch(Array(patch.utf8), type: .merge, to: Pod(name: "a", namespace: "default").boxed)
            Issue.record("a patch changed the kind")
        } catch {
            #expect(error.code == 422)
            #expect(error.message.contains(reason), "\(error.message)")
        }
    }
}
