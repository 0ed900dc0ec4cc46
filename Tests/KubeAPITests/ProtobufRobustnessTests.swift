import KubeAPI
import Testing

@Suite("Protobuf from anywhere")
struct ProtobufRobustnessTests {
    @Test("What is no envelope is refused")
    func envelopes() {
        func message(_ bytes: [UInt8]) -> String {
            do throws(StatusError) {
                _ = try ProtobufCoding.decode(bytes, defaultKind: .pod)
                return ""
            } catch {
                return error.message
            }
        }
        let magic = Array("k8s\0".utf8)
        #expect(message([]).contains("empty data"))
        #expect(message(Array("{}".utf8)).contains("expected prefix [107 56 115 0]"))
        #expect(message(magic).contains("empty body"))
        #expect(message(magic + [0x0A, 0x7F]).contains("unexpected end of a message"))
        let unknown = ProtobufCoding.envelope(apiVersion: "v1", kind: "Ship", message: [])
        #expect(message(unknown).contains("no kind \"Ship\" is registered for version \"v1\""))
        let broken = ProtobufCoding.envelope(apiVersion: "v1", kind: "Pod", message: [0x0A])
        #expect(message(broken).hasPrefix("Pod in version \"v1\" cannot be handled as a Pod: proto: unexpected end"))
        // Without a kind it is what the request is about.
        #expect(message(ProtobufCoding.envelope(apiVersion: "", kind: "", message: [])) == "")
    }

    @Test(
        "Fields that are written wrongly, cut short or unknown",
        arguments: [
            ([0x08, 0x01], "wrong wire type 0"),  // metadata as a number
            ([0x0A, 0x05, 0x0A], "unexpected end of a message"),
            ([0x0A, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01], "unexpected end of a message"),
            ([0x0A, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01], "integer overflow"),
            ([0x00], "illegal tag 0"),
            ([0x0C], "wrong wire type 4"),  // the end of a group that never began
            ([0xA3, 0x06], "unexpected end of a group"),
            ([0x0A, 0x06, 0x42, 0x04, 0x08, 0xFF, 0xFF], "unexpected end of a message"),
            ([0xA2, 0x06, 0x01, 0x00], ""),  // unknown, skipped
            ([0xA3, 0x06, 0xAB, 0x06, 0x08, 0x01, 0xAC, 0x06, 0xA4, 0x06], ""),  // unknown groups, skipped
            ([0xA1, 0x06, 1, 2, 3, 4, 5, 6, 7, 8, 0xA5, 0x06, 1, 2, 3, 4], ""),
        ] as [([UInt8], String)])
    func malformed(bytes: [UInt8], message: String) {
        do throws(ProtobufFailure) {
            _ = try ProtobufCoding.decode(message: bytes, as: .pod)
            #expect(message == "")
        } catch {
            #expect(error.message == message)
        }
    }

    @Test("Times, quantities and JSON that cannot be")
    func values() {
        func failure(_ write: (inout ProtobufWriter) -> Void) -> String? {
            var writer = ProtobufWriter()
            write(&writer)
            do throws(ProtobufFailure) {
                _ = try ProtobufCoding.decode(message: writer.bytes, as: .controllerRevision)
                return nil
            } catch {
                return error.message
            }
        }
        let wrongTime = failure { writer in
            writer.int(1, Int.max)
            writer.finishMessage(8, 0)
            writer.finishMessage(1, 0)
        }
        #expect(wrongTime == "time out of range")
        let wrongJSON = failure { writer in
            writer.string(1, "{")
            writer.finishMessage(2, 0)
        }
        #expect(wrongJSON?.hasPrefix("expected JSON: ") == true)
        let deepGroups =
            [UInt8](repeating: 0xA3, count: 1)
            + (0..<200_000).flatMap { _ in [0x06, 0xA3] as [UInt8] } + [0x06]
        #expect(throws: ProtobufFailure.self) { try ProtobufCoding.decode(message: deepGroups, as: .pod) }
    }

    @Test("Schemas within schemas are read so deep and no deeper")
    func deepSchemas() throws {
        func nested(_ levels: Int) -> [UInt8] {
            var writer = ProtobufWriter()
            // `allOf`, a list: two levels in JSON.
            for _ in 0..<levels { writer.finishMessage(25, 0) }
            return writer.bytes
        }
        let schema = try JSONSchemaProps.decode(protobuf: nested(400))
        #expect(try JSONSchemaProps.decode(schema.json) == schema)
        for levels in [401, 200_000] {
            let failure = #expect(throws: ProtobufFailure.self) {
                try JSONSchemaProps.decode(protobuf: nested(levels))
            }
            #expect(failure?.message == "exceeded max depth")
        }
    }

    @Test("Random and mutated bytes never crash, and what decodes encodes again", arguments: 0..<24)
    func fuzz(seed: Int) throws {
        var random = TestRandom(seed: UInt64(seed))
        let kinds = Catalogue.kinds
        for _ in 0..<400 {
            let kind = kinds[random.below(kinds.count)].kind
            let sample = try ObjectDecoding.decode(SchemaSamples.object(kind).json, as: kind).object
            var bytes = ProtobufCoding.message(sample)
            switch random.below(4) {
            case 0: bytes = (0..<random.below(200)).map { _ in UInt8(random.below(256)) }
            case 1: bytes.removeLast(min(bytes.count, 1 + random.below(bytes.count)))
            case 2:
                let start = random.below(bytes.count)
                bytes.removeSubrange(start..<min(bytes.count, start + 1 + random.below(8)))
            default:
                for _ in 0...random.below(8) { bytes[random.below(bytes.count)] = UInt8(random.below(256)) }
            }
            guard let decoded = try? ProtobufCoding.decode(message: bytes, as: kind) else { continue }
            let again = ProtobufCoding.message(decoded)
            let second = try ProtobufCoding.decode(message: again, as: kind)
            #expect(ProtobufCoding.message(second) == again, "seed \(seed), \(kind.info.name)")
        }
    }
}
