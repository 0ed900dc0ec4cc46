import KubeAPI
import Testing

@Suite("Sets of fields")
struct FieldSetTests {
    /// A set as `FieldsV1` writes it.
    private func set(_ text: String) throws -> FieldSet {
        try FieldSet(try FieldsV1.decode(text))
    }

    private func text(_ set: FieldSet) -> String { String(decoding: set.fieldsV1.json, as: UTF8.self) }

    private func key(_ fields: (String, JSONValue)...) -> PathElement {
        .key(fields.map { PathElement.KeyField(name: $0.0, value: $0.1) })
    }

    @Test(
        "What is read is written the same",
        arguments: [
            "{}",
            #"{"f:data":{"f:a":{},"f:b":{}}}"#,
            #"{"f:metadata":{"f:labels":{".":{},"f:app.kubernetes.io/name":{}}},"f:spec":{"f:replicas":{}}}"#,
            #"{"f:spec":{"f:containers":{"k:{\"name\":\"web\"}":{".":{},"f:image":{},"f:name":{},"f:ports":{"#
                + #""k:{\"containerPort\":80,\"protocol\":\"TCP\"}":{".":{},"f:containerPort":{}}}}}}}"#,
            #"{"f:metadata":{"f:finalizers":{".":{},"v:\"a\"":{},"v:\"b\"":{}}}}"#,
            #"{"f:values":{"v:1":{},"v:true":{}},"f:list":{"i:0":{},"i:12":{}}}"#,
        ])
    func roundTrip(fields: String) throws {
        let canonical = text(try set(fields))
        #expect(text(try set(canonical)) == canonical)
        // Only the last sample is not in order.
        if !fields.contains("i:12") { #expect(canonical == fields) }
    }

    @Test("Fields come before keys before values before indexes; numbers are ordered as numbers")
    func order() throws {
        let fields = #"{"i:1":{},"v:\"a\"":{},"v:10":{},"v:9":{},"k:{\"port\":443}":{},"k:{\"port\":80}":{},"f:z":{}}"#
        #expect(
            text(try set(fields))
                == #"{"f:z":{},"k:{\"port\":80}":{},"k:{\"port\":443}":{},"v:9":{},"v:10":{},"v:\"a\"":{},"i:1":{}}"#)
        #expect(PathElement.value(1) == PathElement.value(.double(1)))
        #expect(key(("a", 1)) < key(("a", 1), ("b", 1)))
    }

    @Test("Elements that are not known are left out; what is no element is an error")
    func unknown() throws {
        #expect(text(try set(#"{"x:new":{"f:a":{}},"f:b":{}}"#)) == #"{"f:b":{}}"#)
        for broken in ["{\"spec\":{}}", "{\"f\":{}}", "{\"k:name\":{}}", "{\"v:{\":{}}", "{\"i:x\":{}}"] {
            #expect(throws: FieldSet.ParseFailure.self, "\(broken)") { try self.set(broken) }
        }
    }

    @Test("Spaces go, the order stays, until the set is worked with")
    func verbatim() throws {
        let fields = try FieldsV1.decode("{ \"f:b\" : { } ,\n\t\"f:a\" : {\"k:{\\\"n\\\": \\\"<x y>\\\"}\":{}} }")
        #expect(
            String(decoding: fields.json, as: UTF8.self)
                == #"{"f:b":{},"f:a":{"k:{\"n\": \"\u003cx y\u003e\"}":{}}}"#)
        var entry = ManagedFieldsEntry()
        entry.fieldsV1 = fields
        let decoded = try ManagedFieldsEntry.decode(entry.json)
        #expect(decoded == entry)
        #expect(try ManagedFieldsEntry.decode(protobuf: entry.protobuf) == entry)
    }

    @Test("Union, intersection and differences")
    func operations() throws {
        let left = try set(#"{"f:a":{},"f:b":{".":{},"f:c":{},"f:d":{}},"f:e":{"f:g":{}}}"#)
        let right = try set(#"{"f:b":{"f:c":{},"f:x":{}},"f:e":{}}"#)
        #expect(
            text(left.union(right))
                == #"{"f:a":{},"f:b":{".":{},"f:c":{},"f:d":{},"f:x":{}},"f:e":{".":{},"f:g":{}}}"#)
        #expect(text(left.intersection(right)) == #"{"f:b":{"f:c":{}}}"#)
        #expect(text(left.difference(right)) == #"{"f:a":{},"f:b":{".":{},"f:d":{}},"f:e":{"f:g":{}}}"#)
        #expect(text(left.recursiveDifference(right)) == #"{"f:a":{},"f:b":{".":{},"f:d":{}}}"#)
        #expect(left.difference(left).isEmpty)
        #expect(left.count == 5)
    }

    @Test("Paths as messages print them")
    func paths() {
        let path: [PathElement] = [
            .field("spec"), .field("containers"), key(("name", "web \"1\"")), .field("ports"),
            key(("containerPort", 80), ("protocol", "TCP")), .field("values"), .value("a"), .value(1), .index(3),
        ]
        #expect(
            path.map(\.description).joined()
                == #".spec.containers[name="web \"1\""].ports[containerPort=80,protocol="TCP"].values[="a"][=1][3]"#)
    }

    @Test("Random sets agree with sets of paths", arguments: 0..<20)
    func oracle(seed: Int) {
        var random = TestRandom(seed: UInt64(seed))
        func path() -> [PathElement] {
            (0...random.below(3)).map { _ in
                switch random.below(3) {
                case 0: .field(["a", "b", "c"][random.below(3)])
                case 1: key(("name", .int(random.below(3))))
                default: .value(.int(random.below(2)))
                }
            }
        }
        func names(_ set: FieldSet) -> Set<String> {
            var names: Set<String> = []
            set.forEach { names.insert($0.map(\.serialized).joined(separator: "/")) }
            return names
        }
        for _ in 0..<50 {
            let first = (0..<random.below(12)).map { _ in path() }
            let second = (0..<random.below(12)).map { _ in path() }
            let (left, right) = (FieldSet(first), FieldSet(second))
            let (leftNames, rightNames) = (names(left), names(right))
            #expect(leftNames == Set(first.map { $0.map(\.serialized).joined(separator: "/") }), "seed \(seed)")
            #expect(names(left.union(right)) == leftNames.union(rightNames), "seed \(seed)")
            #expect(names(left.intersection(right)) == leftNames.intersection(rightNames), "seed \(seed)")
            #expect(names(left.difference(right)) == leftNames.subtracting(rightNames), "seed \(seed)")
            let below = leftNames.filter { name in
                !rightNames.contains { name == $0 || name.hasPrefix($0 + "/") }
            }
            #expect(names(left.recursiveDifference(right)) == below, "seed \(seed)")
            #expect((try? FieldSet(left.fieldsV1)) == left, "seed \(seed)")
            for name in first { #expect(left.contains(name)) }
        }
    }
}
