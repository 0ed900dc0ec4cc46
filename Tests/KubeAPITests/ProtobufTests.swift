import Foundation
import KubeAPI
import TestSupport
import Testing

@Suite("Protobuf")
struct ProtobufTests {
    // MARK: Against upstream's bytes

    /// Files of both encodings whose type the schema has, and that no later version wrote again.
    static let referenceFiles: [String] = RoundTripTests.referenceFiles.filter { !$0.contains("after_roundtrip") }

    @Test(
        "Upstream's bytes decode to upstream's JSON, and the JSON encodes to the same bytes",
        .enabled(if: Reference.folder != nil, Comment(rawValue: Reference.absence)), arguments: referenceFiles)
    func reference(file: String) throws {
        let json = try Reference.bytes("roundtrip/" + file)
        let protobuf = try Reference.bytes("roundtrip/" + file.replacingOccurrences(of: ".json", with: ".pb"))
        let name = try ObjectDecoding.typeMeta(json)
        guard let kind = Catalogue.kind(apiVersion: name.apiVersion, kind: name.kind) else {
            let parts = file.split(separator: ".")
            try otherType(String(parts[parts.count - 2]), json, protobuf)
            return
        }
        let fromJSON = try decodeObject(json, defaultKind: nil).object
        let fromProtobuf = try ProtobufCoding.decode(protobuf, defaultKind: nil)
        #expect(fromProtobuf.kind == kind)
        #expect(fromProtobuf.jsonValue == fromJSON.jsonValue)
        #expect(difference(ProtobufCoding.encode(fromJSON), protobuf) == nil)
        #expect(difference(ProtobufCoding.encode(fromProtobuf), protobuf) == nil)
    }

    /// Types of the machinery that are no resources.
    private func otherType(_ kind: String, _ json: [UInt8], _ protobuf: [UInt8]) throws {
        func check<Value: ProtobufCodable>(_: Value.Type, apiVersion: String = "v1") throws {
            let fromJSON = try Value.decode(json)
            let fromProtobuf = try ProtobufCoding.decode(protobuf, as: Value.self)
            #expect(fromProtobuf == fromJSON)
            #expect(difference(ProtobufCoding.encode(fromJSON, apiVersion: apiVersion, kind: kind), protobuf) == nil)
        }
        switch kind {
        case "Status": try check(Status.self)
        case "TokenRequest": try check(TokenRequest.self, apiVersion: "authentication.k8s.io/v1")
        case "Eviction": try check(Eviction.self, apiVersion: "policy/v1")
        case "WatchEvent":
            let event = try ProtobufCoding.decode(protobuf, as: WatchEvent.self)
            #expect(try event.object == JSONValue.decode(json)["object"])
            #expect(ProtobufCoding.encode(event, apiVersion: "", kind: "") == protobuf)
        default:
            // Options come as query parameters, reviews and discovery documents as JSON, and ranges are not served.
            #expect(
                [
                    "AdmissionReview", "APIGroupDiscovery", "GetOptions", "PatchOptions", "PodExecOptions",
                    "PodPortForwardOptions", "RangeAllocation", "UpdateOptions",
                ].contains(kind), "\(kind) is not looked at")
        }
    }

    /// Where two encodings first differ, with the bytes around.
    private func difference(_ actual: [UInt8], _ expected: [UInt8]) -> String? {
        if actual == expected { return nil }
        let index = zip(actual, expected).enumerated().first { $0.element.0 != $0.element.1 }?.offset
        let start = max((index ?? min(actual.count, expected.count)) - 40, 0)
        func around(_ bytes: [UInt8]) -> String {
            String(reflecting: String(decoding: bytes.dropFirst(start).prefix(80), as: UTF8.self))
        }
        return "from byte \(start): \(around(actual)) instead of \(around(expected))"
    }

    // MARK: All kinds

    @Test(
        "An object with every field set comes back from protobuf",
        arguments: Catalogue.kinds.map(\.kind))
    func everyField(kind: ResourceKind) throws {
        var sample = SchemaSamples.object(kind)
        // Of RFC 3339's years and quantities nothing is lost; `window` is a Go duration.
        if sample["window"] != nil { sample["window"] = "1m30.5s" }
        let object = try decodeObject(sample.json, defaultKind: nil).object
        let bytes = ProtobufCoding.encode(object)
        let decoded = try ProtobufCoding.decode(bytes, defaultKind: nil)
        #expect(decoded.jsonValue == object.jsonValue)
        #expect(ProtobufCoding.encode(decoded) == bytes)
        let isEqual = kind.info.coder.isEqual(decoded, object)
        #expect(isEqual)
    }

    @Test("An empty object of every kind comes back, and says no more than before")
    func empty() throws {
        // Metrics always have a time and a window.
        for info in Catalogue.kinds where info.group != "metrics.k8s.io" {
            let object = info.coder.make(metadata: ObjectMeta())
            let decoded = try ProtobufCoding.decode(ProtobufCoding.encode(object), defaultKind: nil)
            #expect(decoded.jsonValue == object.jsonValue, "\(info.name)")
            let isEqual = info.coder.isEqual(decoded, object)
            #expect(isEqual, "\(info.name)")
        }
    }

    // MARK: What is written

    @Test("Plain values are written when they are zero, pointers when they are set")
    func zeroes() throws {
        var spec = DeploymentSpec()
        spec.replicas = 0
        // replicas=0, template{metadata, spec{…}}, strategy, minReadySeconds=0, paused=false.
        #expect(Array(spec.protobuf.prefix(3)) == [0x08, 0x00, 0x1A])
        #expect(Array(spec.protobuf.suffix(8)) == [0x22, 0x02, 0x0A, 0x00, 0x28, 0x00, 0x38, 0x00])
        let decoded = try DeploymentSpec.decode(protobuf: spec.protobuf)
        #expect(decoded.replicas == 0)
        #expect(decoded.minReadySeconds == nil)
        #expect(decoded.paused == nil)
        #expect(decoded.strategy == nil)
        #expect(decoded == spec)
    }

    @Test("What Go writes though it is zero, and what it leaves out, is the same in JSON")
    func zeroesInJSON() throws {
        let text = #"{"metadata":{"name":"","creationTimestamp":null},"value":0,"description":""}"#
        let priorityClass = try PriorityClass.decode(text)
        #expect(priorityClass.metadata.name == nil)
        #expect(
            priorityClass.jsonText
                == #"{"kind":"PriorityClass","apiVersion":"scheduling.k8s.io/v1","metadata":{},"value":0}"#)
        var condition = PodCondition()
        condition.type = "Ready"
        condition.status = "True"
        #expect(
            condition.jsonText
                == #"{"type":"Ready","status":"True","lastProbeTime":null,"lastTransitionTime":null}"#)
        var container = Container()
        container.name = "a"
        #expect(container.jsonText == #"{"name":"a","resources":{}}"#)
        #expect(try Container.decode(container.jsonText) == container)
        #expect(try PersistentVolumeClaimSpec.decode(#"{"storageClassName":""}"#).storageClassName == "")
        // Lists without `omitempty`, required or not.
        #expect(PodSpec().jsonText == #"{"containers":null}"#)
        #expect(
            Role().jsonText
                == #"{"kind":"Role","apiVersion":"rbac.authorization.k8s.io/v1","metadata":{},"rules":null}"#)
        #expect(TypedLocalObjectReference().jsonText == #"{"apiGroup":null,"kind":"","name":""}"#)
        #expect(try TypedLocalObjectReference.decode(#"{"apiGroup":null}"#).apiGroup == nil)
        let slice = EndpointSlice()
        #expect(
            slice.jsonText
                == #"{"kind":"EndpointSlice","apiVersion":"discovery.k8s.io/v1","metadata":{},"addressType":"","#
                + #""endpoints":null,"ports":null}"#)
        #expect(try EndpointSlice.decode(slice.jsonText) == slice)
        #expect(
            PodDisruptionBudgetStatus().jsonText
                == #"{"disruptionsAllowed":0,"currentHealthy":0,"desiredHealthy":0,"expectedPods":0}"#)
    }

    @Test("What is required and has omitempty is left out when it is empty, and written in protobuf")
    func requiredAndLeftOut() throws {
        var spec = ValidatingAdmissionPolicyBindingSpec()
        #expect(spec.jsonText == "{}")
        #expect(spec.protobuf == [0x0A, 0x00])
        #expect(try ValidatingAdmissionPolicyBindingSpec.decode("{}") == spec)
        spec.policyName = "a"
        spec.validationActions = ["Deny"]
        #expect(spec.jsonText == #"{"policyName":"a","validationActions":["Deny"]}"#)
        #expect(ParentReference().jsonText == "{}")
        // And a pointer without `omitempty`.
        #expect(IngressClassParametersReference().jsonText == #"{"kind":"","name":"","scope":null}"#)
    }

    @Test("An APIService, which is the aggregator's, by the numbers of its own message")
    func aggregated() throws {
        var spec = APIServiceSpec()
        spec.group = "g"
        spec.version = "v"
        spec.groupPriorityMinimum = 3
        spec.versionPriority = 4
        let expected: [UInt8] = [0x12, 0x01, 0x67, 0x1A, 0x01, 0x76, 0x20, 0x00, 0x38, 0x03, 0x40, 0x04]
        #expect(spec.protobuf == expected)
        #expect(try APIServiceSpec.decode(protobuf: expected) == spec)
    }

    @Test("Members of a schema that are one thing or another")
    func schemaAlternatives() throws {
        func schema(_ member: String) throws -> JSONSchemaProps { try JSONSchemaProps.decode("{\(member)}") }
        // Every plain field is written; what is looked at comes after them.
        func tail(_ member: String) throws -> [UInt8] {
            let schema = try schema(member)
            #expect(try JSONSchemaProps.decode(protobuf: schema.protobuf) == schema)
            let number = member.hasPrefix("\"items") ? 24 : member.hasPrefix("\"dep") ? 32 : 30
            let head: [UInt8] = [UInt8(number << 3 & 0x7F | 0x82), UInt8(number >> 4)]
            let start = try #require(schema.protobuf.firstRange(of: head)?.upperBound)
            return Array(schema.protobuf[start...].prefix(4))
        }
        #expect(try tail(#""additionalProperties":true"#).prefix(3) == [0x02, 0x08, 0x01])
        #expect(try tail(#""additionalProperties":false"#).prefix(3) == [0x02, 0x08, 0x00])
        #expect(try schema(#""additionalProperties":{"type":"x"}"#).additionalProperties?.allows == true)
        #expect(try tail(#""items":[]"#).first == 0)
        #expect(try schema(#""items":[]"#).jsonText == #"{"items":null}"#)
        #expect(try tail(#""dependencies":{"a":["b"]}"#) == [0x08, 0x0A, 0x01, 0x61])
        #expect(try schema(#""dependencies":{"a":1}"#).jsonText == #"{"dependencies":{"a":null}}"#)
        // Nobody is told of unknown fields in there.
        let unknown = try JSONSchemaProps.decodeReportingUnknownFields(
            #"{"items":{"foo":1},"not":{"foo":1},"additionalProperties":{"foo":1}}"#)
        #expect(unknown.unknownFields == ["not.foo"])
        let failure = #expect(throws: StatusError.self) {
            try decodeObject(
                #"{"spec":{"versions":[{"schema":{"openAPIV3Schema":{"additionalProperties":5}}}]}}"#.utf8.map { $0 },
                defaultKind: .customResourceDefinition)
        }
        #expect(
            failure?.message == #"CustomResourceDefinition in version "v1" cannot be handled as a "#
                + "CustomResourceDefinition: boolean or JSON schema expected")
    }

    @Test("Small values, byte by byte")
    func bytes() {
        var writer = ProtobufWriter()
        writer.string(2, "b")
        writer.string(1, "a")
        writer.finishMessage(3, 0)
        #expect(writer.bytes == [0x1A, 0x06, 0x0A, 0x01, 0x61, 0x12, 0x01, 0x62])
        writer.removeAll()
        writer.int(16, -1)
        #expect(writer.bytes == [0x80, 0x01] + [UInt8](repeating: 0xFF, count: 9) + [0x01])
        writer.removeAll()
        writer.stringMap(1, ["b": "2", "a": ""])
        #expect(
            writer.bytes == [
                0x0A, 0x05, 0x0A, 0x01, 0x61, 0x12, 0x00, 0x0A, 0x06, 0x0A, 0x01, 0x62, 0x12, 0x01, 0x32,
            ])
        writer.removeAll()
        writer.intOrString(1, .string("25%"))
        #expect(writer.bytes == [0x0A, 0x09, 0x08, 0x01, 0x10, 0x00, 0x1A, 0x03, 0x32, 0x35, 0x25])
        writer.removeAll()
        writer.time(1, Time())
        #expect(writer.bytes == [0x0A, 0x00])
        writer.removeAll()
        for size in [0, 1, 127, 128, 20_000, 100_000] { writer.string(1, String(repeating: "x", count: size)) }
        #expect(writer.count == 120_256 + 6 + 1 + 1 + 1 + 2 + 3 + 3)
    }

    @Test("Numbers of every length", arguments: [0, 1, 127, 128, 16_383, 16_384, 1 << 35, Int.max, Int.min, -1])
    func numbers(value: Int) throws {
        var status = HorizontalPodAutoscalerStatus()
        status.observedGeneration = value
        #expect(try HorizontalPodAutoscalerStatus.decode(protobuf: status.protobuf).observedGeneration == value)
    }

    @Test("Numbers of a list come one by one or packed")
    func packed() throws {
        var context = PodSecurityContext()
        context.supplementalGroups = [1, 300, 2]
        #expect(context.protobuf == [0x20, 0x01, 0x20, 0xAC, 0x02, 0x20, 0x02])
        let packed: [UInt8] = [0x22, 0x04, 0x01, 0xAC, 0x02, 0x02]
        #expect(try PodSecurityContext.decode(protobuf: packed) == context)
    }

    @Test(
        "Go durations",
        arguments: [
            ("1m0s", 60_000_000_000), ("30s", 30_000_000_000), ("1.5s", 1_500_000_000),
            ("-2h45m0s", -9_900_000_000_000),
            ("0s", 0), ("1µs", 1000), ("2.5ms", 2_500_000), ("100ns", 100), ("1h0m0.000000001s", 3_600_000_000_001),
        ])
    func durations(text: String, nanoseconds: Int) {
        #expect(GoDuration.nanoseconds(text) == nanoseconds)
        #expect(GoDuration.text(nanoseconds: nanoseconds) == text)
    }

    @Test("What is no duration", arguments: ["", "-", "1", "s", "1x", "1..5s", ".s", "9223372036854775808ns", "1s2"])
    func noDuration(text: String) { #expect(GoDuration.nanoseconds(text) == nil) }

    // MARK: Lists and watches

    @Test("A list of encoded items is the list's own encoding")
    func list() throws {
        var list = PodList()
        list.metadata.resourceVersion = "42"
        list.metadata.remainingItemCount = 7
        list.items = (0..<3).map { Pod(name: "pod-\($0)", namespace: "default") }
        let items = list.items.map { ProtobufCoding.message($0.boxed) }
        let bytes = ProtobufCoding.list(apiVersion: "v1", kind: "PodList", metadata: list.metadata, items: items)
        // And in pieces.
        let heads = items.map { ProtobufCoding.itemHead(size: $0.count) }
        let size = zip(heads, items).reduce(0) { $0 + $1.0.count + $1.1.count }
        let frame = ProtobufCoding.listFrame(
            apiVersion: "v1", kind: "PodList", metadata: list.metadata, size: size)
        #expect(frame.start + zip(heads, items).flatMap { $0.0 + $0.1 } + frame.end == bytes)
        #expect(bytes == ProtobufCoding.encode(list, apiVersion: "v1", kind: "PodList"))
        #expect(try ProtobufCoding.decode(bytes, as: PodList.self) == list)
        let envelope = try ProtobufCoding.open(bytes)
        #expect(envelope.apiVersion == "v1")
        #expect(envelope.kind == "PodList")
    }

    @Test("A watch event is a frame with an object in its envelope")
    func watch() throws {
        let object = ProtobufCoding.encode(ConfigMap(name: "a").boxed)
        let frame = ProtobufCoding.watchFrame(type: "ADDED", object: object)
        let length = frame.prefix(4).reduce(0) { $0 << 8 | Int($1) }
        #expect(length == frame.count - 4)
        #expect(Array(frame[4..<11]) == [0x0A, 0x05] + Array("ADDED".utf8))
        #expect(Array(frame.suffix(object.count)) == object)
        let decoded = try ProtobufCoding.decode(Array(frame.suffix(object.count)), defaultKind: nil)
        #expect(decoded.name == "a")
    }

    @Test("A kept message in an envelope is the object's encoding; partial metadata holds metadata alone")
    func kept() throws {
        let secret = Secret(name: "s", namespace: "n").boxed
        let message = ProtobufCoding.message(secret)
        #expect(
            ProtobufCoding.envelope(apiVersion: "v1", kind: "Secret", message: message)
                == ProtobufCoding.encode(secret))
        let partial = try ProtobufCoding.open(ProtobufCoding.encode(partialMetadata: secret.metadata))
        #expect(partial.kind == "PartialObjectMetadata")
        #expect(partial.raw == ProtobufCoding.message(partialMetadata: secret.metadata))
        #expect(try Secret.decode(protobuf: partial.raw).metadata == secret.metadata)
    }
}
