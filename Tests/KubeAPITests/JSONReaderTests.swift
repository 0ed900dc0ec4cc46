import KubeAPI
import Testing

@Suite("The JSON reader")
struct JSONReaderTests {
    @Test(
        "Texts that are JSON",
        arguments: [
            "null", " true ", "[]", "[ ]", "{}", "{ }", "[1,2]", "[ 1 , 2 ]", "[[],[[]]]", #"{"a":{"b":[{}]}}"#, "-0",
            "0", "1.5e+3", "1E-2",
            #"{"a":1,"b":2}"#, "[\n\"x\"\n,\t\"y\"\r]", #"{"\u0061":1}"#, "[{}]", "[[1],[2]]", #"["[","{"]"#,
        ])
    func valid(text: String) throws {
        let value = try JSONValue.decode(text)
        #expect(try JSONValue.decode(value.json).json == value.json)
        #expect(skips(text))
    }

    @Test(
        "Texts that are not",
        arguments: [
            "", " ", "nul", "tru", "[", "]", "{", "}", "[1", "[1,", "[1,]", "[,1]", "[1 2]", "[1,,2]", "{,}", #"{"a"}"#,
            #"{"a":}"#, #"{"a":1,}"#,
            #"{,"a":1}"#, #"{"a":1 "b":2}"#, #"{"a":1,,"b":2}"#, "{a:1}", "01", "-", "+1", "1.", ".5", "1e", "1e+",
            "0x1", "--1", "\"", "\"\\x\"",
            "\"\\u12\"", "\"\n\"", "\"\t\"", "1 2", "null null", "[1]]", "{}}", "'a'", "nan", "\u{0}", "[1\u{0}]",
            "{\"a\u{1}\":1}", "-01",
            #"[1"2"]"#, #"[[1]2]"#, #"{"a":"b""c":1}"#,
        ])
    func invalid(text: String) {
        #expect(throws: JSONFailure.self) { try JSONValue.decode(text) }
        #expect(!skips(text))
    }

    /// Whether a skip moves over the whole text.
    private func skips(_ text: String) -> Bool {
        Array(text.utf8).withUnsafeBufferPointer { buffer in
            var reader = JSONReader(buffer)
            reader.skip()
            reader.finish()
            return !reader.failed
        }
    }

    @Test("Deep nesting fails instead of overflowing the stack")
    func depth() {
        let text = String(repeating: "[", count: 100_000)
        #expect(throws: JSONFailure.self) { try JSONValue.decode(text) }
        #expect(!skips(text))
        #expect(throws: JSONFailure.self) { try Pod.decode(#"{"x":"# + text) }
    }

    @Test(
        "Numbers fit their fields",
        arguments: [
            ("2147483647", true), ("2147483648", false), ("-2147483648", true), ("-2147483649", false), ("1.0", false),
            ("1e2", false),
            ("9223372036854775808", false), ("\"1\"", false), ("null", true),
        ])
    func integers(text: String, fits: Bool) {
        let object = #"{"spec":{"replicas":\#(text)}}"#
        let decoded = try? Deployment.decode(object)
        #expect((decoded != nil) == fits)
    }

    @Test("64-bit numbers", arguments: [Int.max, Int.min, 0, -1, 999_999_999_999_999_999, -999_999_999_999_999_999])
    func wide(value: Int) throws {
        #expect(try Int.decode(String(value)) == value)
        #expect(try JSONValue.decode(String(value)) == .int(value))
        #expect(value.jsonText == String(value))
    }

    @Test("Failures tell the field")
    func paths() {
        func failure(_ text: String) -> JSONFailure? {
            do throws(JSONFailure) {
                _ = try Pod.decode(text)
                return nil
            } catch {
                return error
            }
        }
        #expect(
            failure(#"{"spec":{"containers":[{"name":"a"},{"name":"b","ports":[{"containerPort":"x"}]}]}}"#)?.path
                == "spec.containers[1].ports[0].containerPort")
        #expect(failure(#"{"metadata":{"labels":{"a":1}}}"#)?.path == "metadata.labels.a")
        #expect(failure(#"{"metadata":{"labels":{"a":1}}}"#)?.message == "expected a string, found a number")
        #expect(failure(#"[]"#)?.message == "expected an object, found an array")
    }

    @Test("Unknown fields are told with their paths and dropped")
    func unknownFields() throws {
        let text = #"{"spec":{"x":{"y":[1]},"containers":[{"nam":"a","name":"b"}]},"z":null}"#
        let (pod, unknown) = try Pod.decodeReportingUnknownFields(text)
        #expect(unknown == ["spec.x", "spec.containers[0].nam", "z"])
        #expect(pod.spec.containers.map(\.name) == ["b"])
    }

    @Test("Random bytes, truncations and mutations never crash, and what is accepted is stable", arguments: 0..<24)
    func fuzz(seed: UInt64) {
        var random = TestRandom(seed: seed)
        let alphabet = Array("{}[]:,\"\\u0123456789eE+-.truefalsn <>\n\u{e9}".utf8)
        let sample = SchemaSamples.object(Catalogue.kinds[random.below(Catalogue.kinds.count)].kind).json
        for step in 0..<60 {
            var bytes: [UInt8]
            switch random.below(3) {
            case 0: bytes = (0..<random.below(64)).map { _ in alphabet[random.below(alphabet.count)] }
            case 1: bytes = Array(sample.prefix(random.below(sample.count)))
            default:
                bytes = sample
                for _ in 0..<(1 + random.below(4)) {
                    let index = random.below(bytes.count)
                    switch random.below(3) {
                    case 0: bytes[index] = alphabet[random.below(alphabet.count)]
                    case 1: bytes.remove(at: index)
                    default: bytes.insert(UInt8(truncatingIfNeeded: random.next()), at: index)
                    }
                }
            }
            let text = String(decoding: bytes, as: UTF8.self)
            if let value = try? JSONValue.decode(bytes) {
                #expect((try? JSONValue.decode(value.json).json) == value.json, "seed \(seed), step \(step): \(text)")
            }
            if let decoded = try? decodeObject(bytes, defaultKind: .pod) {
                let again = try? decodeObject(decoded.object.json, defaultKind: nil).object.json
                #expect(again == decoded.object.json, "seed \(seed), step \(step): \(text)")
            }
        }
    }
}
