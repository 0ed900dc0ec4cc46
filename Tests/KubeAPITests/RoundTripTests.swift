import Foundation
import KubeAPI
import SchemaGeneration
import TestSupport
import Testing

@Suite("Round trips")
struct RoundTripTests {
    @Test("An object with every field set decodes and encodes to the same JSON", arguments: Catalogue.kinds.map(\.kind))
    func everyField(kind: ResourceKind) throws {
        let sample = SchemaSamples.object(kind)
        let decoded = try decodeObject(sample.json, defaultKind: nil)
        #expect(decoded.strictErrors == [])
        #expect(decoded.object.kind == kind)
        let first = decoded.object.json
        #expect(withoutNestedKinds(try JSONValue.decode(first)) == sample)
        let second = try decodeObject(first, defaultKind: nil).object
        #expect(second.json == first)
        let isEqual = kind.info.coder.isEqual(decoded.object, second)
        #expect(isEqual)
    }

    @Test("Objects are equal only if every field of theirs is", arguments: Catalogue.kinds.map(\.kind))
    func everyFieldCounts(kind: ResourceKind) throws {
        let sample = SchemaSamples.object(kind)
        let object = try decodeObject(sample.json, defaultKind: nil).object
        var count = 0
        try forEachOmission(sample) { path, changed in
            if path == ".apiVersion" || path == ".kind" { return }
            count += 1
            let other = try decodeObject(changed.json, defaultKind: kind).object
            let isEqual = kind.info.coder.isEqual(object, other)
            #expect(!isEqual, "\(path) may be left out")
        }
        #expect(count > 2)
    }

    /// Calls `body` with the value without one of its members, for each member at any depth.
    private func forEachOmission(
        _ value: JSONValue, _ path: String = "", _ body: (String, JSONValue) throws -> Void
    ) rethrows {
        switch value {
        case .object(let members):
            for (name, member) in members {
                var changed = members
                changed.removeValue(forKey: name)
                try body("\(path).\(name)", .object(changed))
                try forEachOmission(member, "\(path).\(name)") { path, inner in
                    changed[name] = inner
                    try body(path, .object(changed))
                }
            }
        case .array(let elements):
            for (index, element) in elements.enumerated() {
                try forEachOmission(element, "\(path)[\(index)]") { path, inner in
                    var changed = elements
                    changed[index] = inner
                    try body(path, .array(changed))
                }
            }
        default: break
        }
    }

    @Test(
        "Objects of the reference decode and encode to the same JSON",
        .enabled(if: Reference.folder != nil, Comment(rawValue: Reference.absence)), arguments: referenceFiles)
    func reference(file: String) throws {
        let bytes = try Reference.bytes("roundtrip/" + file)
        let name = try ObjectDecoding.typeMeta(bytes)
        guard Catalogue.kind(apiVersion: name.apiVersion, kind: name.kind) != nil else { return }
        let decoded = try decodeObject(bytes, defaultKind: nil)
        let ignored = Self.laterThanTheSchema[file] ?? []
        #expect(decoded.strictErrors == ignored.filter { $0 == "status" }.map { "unknown field \"\($0)\"" })
        var expected = try JSONValue.decode(bytes)
        var actual = withoutNestedKinds(decoded.object.jsonValue)
        for path in ignored {
            expected = removing(path.split(separator: ".").map(String.init), from: expected)
            actual = removing(path.split(separator: ".").map(String.init), from: actual)
        }
        #expect(actual == expected, "\(difference(expected, actual, "") ?? "")")
        // What Go wrote has its fields in the order of its structs.
        if ignored.isEmpty, expected == (try JSONValue.decode(decoded.object.json)) {
            let text = String(decoding: decoded.object.json, as: UTF8.self)
            #expect(text == String(decoding: compact(bytes), as: UTF8.self))
        }
    }

    /// JSON without the blanks between its tokens.
    private func compact(_ json: [UInt8]) -> [UInt8] {
        var isText = false
        var isEscaped = false
        return json.filter { byte in
            if isText {
                if byte == UInt8(ascii: "\""), !isEscaped { isText = false }
                isEscaped = byte == UInt8(ascii: "\\") && !isEscaped
                return true
            }
            isText = byte == UInt8(ascii: "\"")
            return byte > UInt8(ascii: " ")
        }
    }

    @Test(
        "Fields stand in JSON as they are declared in Go",
        arguments: [
            #"{"kind":"EndpointSlice","apiVersion":"discovery.k8s.io/v1","metadata":{"ownerReferences":"#
                + #"[{"apiVersion":"v1","kind":"Service","name":"a","uid":"u"}]},"#
                + #""addressType":"IPv4","endpoints":null,"ports":null}"#,
            #"{"kind":"ConfigMap","apiVersion":"v1","metadata":{},"immutable":true,"data":{"a":"b"}}"#,
            #"{"kind":"RoleBinding","apiVersion":"rbac.authorization.k8s.io/v1","metadata":{},"#
                + #""roleRef":{"apiGroup":"","kind":"Role","name":"a"}}"#,
        ])
    func order(json: String) throws {
        let object = try decodeObject(Array(json.utf8), defaultKind: nil).object
        #expect(String(decoding: object.json, as: UTF8.self) == json)
    }

    @Test("Bytes that are there and empty are left out of JSON, and kept in protobuf")
    func emptyBytes() throws {
        let json =
            #"{"kind":"CertificateSigningRequest","apiVersion":"certificates.k8s.io/v1","metadata":{"#
            + #""name":"a"},"spec":{"request":"YQ==","signerName":"s"},"status":{"certificate":""}}"#
        let object = try decodeObject(Array(json.utf8), defaultKind: nil).object
        let again = try ProtobufCoding.decode(ProtobufCoding.encode(object), defaultKind: nil)
        #expect(again.as(CertificateSigningRequest.self)?.status.certificate == Base64Data())
        for object in [object, again] {
            #expect(String(decoding: object.json, as: UTF8.self).hasSuffix(#""signerName":"s"},"status":{}}"#))
        }
    }

    /// Files that a later version wrote again, with the fields in which it differs from the schema.
    private static let laterThanTheSchema = [
        "core.v1.Pod.after_roundtrip.json": ["status.nodeAllocatableResourceClaimStatuses"],
        "storage.k8s.io.v1.CSINode.after_roundtrip.json": ["status"],
    ]

    private func removing(_ path: [String], from value: JSONValue) -> JSONValue {
        var value = value
        guard let first = path.first, let member = value[first] else { return value }
        value[first] = path.count == 1 ? JSONValue?.none : removing(Array(path.dropFirst()), from: member)
        return value
    }

    /// The claims in a StatefulSet always say their kind, as those that the API server writes do.
    private func withoutNestedKinds(_ value: JSONValue) -> JSONValue {
        guard var spec = value["spec"], case .array(var claims)? = spec["volumeClaimTemplates"] else { return value }
        for index in claims.indices {
            claims[index]["kind"] = nil
            claims[index]["apiVersion"] = nil
        }
        spec["volumeClaimTemplates"] = .array(claims)
        var result = value
        result["spec"] = spec
        return result
    }

    static let referenceFiles: [String] = {
        guard let folder = Reference.folder?.appendingPathComponent("roundtrip") else { return [] }
        let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return files.filter { $0.hasSuffix(".json") }.sorted()
    }()

    /// Where two values first differ.
    private func difference(_ left: JSONValue, _ right: JSONValue, _ path: String) -> String? {
        if left == right { return nil }
        switch (left, right) {
        case (.object(let first), .object(let second)):
            for name in Set(first.keys + second.keys).sorted() {
                let found = difference(first[name] ?? "absent", second[name] ?? "absent", path + "." + name)
                if let found { return found }
            }
            return nil
        case (.array(let first), .array(let second)) where first.count == second.count:
            for index in first.indices {
                if let found = difference(first[index], second[index], path + "[\(index)]") { return found }
            }
            return nil
        default: return "\(path): \(left.jsonText.prefix(200)) became \(right.jsonText.prefix(200))"
        }
    }

    @Test("Generated files match the table")
    func generatedFiles() throws {
        let root = Repository.root.appendingPathComponent("Sources/Cluster/KubeAPI")
        let table = try String(
            contentsOf: root.appendingPathComponent("Schema/kubernetes-1.36.schema"), encoding: .utf8)
        let schema = try Schema(text: table)
        #expect(schema.text == table)
        let folder = root.appendingPathComponent("Generated")
        let files = SwiftWriter(schema).files
        for file in files {
            let found = try? String(contentsOf: folder.appendingPathComponent(file.path), encoding: .utf8)
            #expect(found == file.text, "\(file.path) differs: generate again")
        }
        let present = FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String } ?? []
        #expect(present.filter { $0.hasSuffix(".swift") }.sorted() == files.map(\.path).sorted())
    }

    @Test(
        "The table matches the official documents",
        .enabled(if: Reference.folder != nil, Comment(rawValue: Reference.absence)))
    func tableMatchesReference() throws {
        let schema = try Schema(
            openAPI: Data(try Reference.bytes("kubernetes-1.36-openapi.json")),
            protobufFields: Data(try Reference.bytes("kubernetes-1.36-protobuf-fields.json")))
        let path = "Sources/Cluster/KubeAPI/Schema/kubernetes-1.36.schema"
        let table = try String(contentsOf: Repository.root.appendingPathComponent(path), encoding: .utf8)
        #expect(schema.text == table)
    }

    @Test("The table at run time has every kind and field")
    func runTimeTable() {
        for info in Catalogue.kinds {
            #expect(SchemaTable.shared.type(of: info.kind).isKind || info.group == "metrics.k8s.io")
        }
        let pod = SchemaTable.shared.type(named: "PodSpec")?.field("containers")
        #expect(pod?.patchStrategy == .merge)
        #expect(pod?.patchMergeKey == "name")
        #expect(pod?.listType == .map(keys: ["name"]))
        #expect(pod?.isRequired == true)
        #expect(pod?.type == .list(.object("Container")))
        let volumes = SchemaTable.shared.type(named: "PodSpec")?.field("volumes")
        #expect(volumes?.patchStrategy == [.merge, .retainKeys])
    }
}
