import Foundation
import KubeAPI

extension Measurement {
    static let podCoding = Measurement(
        name: "pod-coding",
        bounds: [
            Bound(label: "encode one pod of 2.8 KB", unit: "µs", floor: 6, aim: 3),
            Bound(label: "decode one pod of 2.8 KB", unit: "µs", floor: 12, aim: 6),
            Bound(label: "encode the same pod in protobuf", unit: "µs", floor: 6, aim: 3),
            Bound(label: "decode the same pod from protobuf", unit: "µs", floor: 12, aim: 6),
        ]
    ) {
        let bytes = Array(Fixtures.podJSON.utf8)
        guard let pod = try? Pod.decode(bytes) else { return [] }
        let rounds = 20_000
        var writer = JSONWriter(capacity: 1 << 16)
        var encode = Double.infinity
        var decode = Double.infinity
        // The best of five: what is left is the machine's noise.
        for _ in 0..<5 {
            var start = wallSeconds()
            for _ in 0..<rounds {
                writer.removeAll()
                pod.encode(into: &writer)
            }
            encode = min(encode, (wallSeconds() - start) / Double(rounds) * 1e6)
            start = wallSeconds()
            for _ in 0..<rounds { _ = try? Pod.decode(bytes) }
            decode = min(decode, (wallSeconds() - start) / Double(rounds) * 1e6)
        }
        let message = pod.protobuf
        var protobufWriter = ProtobufWriter(capacity: 1 << 16)
        var encodeProtobuf = Double.infinity
        var decodeProtobuf = Double.infinity
        for _ in 0..<5 {
            var start = wallSeconds()
            for _ in 0..<rounds {
                protobufWriter.removeAll()
                pod.encode(protobuf: &protobufWriter)
            }
            encodeProtobuf = min(encodeProtobuf, (wallSeconds() - start) / Double(rounds) * 1e6)
            start = wallSeconds()
            for _ in 0..<rounds { _ = try? Pod.decode(protobuf: message) }
            decodeProtobuf = min(decodeProtobuf, (wallSeconds() - start) / Double(rounds) * 1e6)
        }
        return [
            Figure(label: "encode one pod of 2.8 KB", value: encode),
            Figure(label: "decode one pod of 2.8 KB", value: decode),
            Figure(label: "encode the same pod in protobuf", value: encodeProtobuf),
            Figure(label: "decode the same pod from protobuf", value: decodeProtobuf),
        ]
    }
}
