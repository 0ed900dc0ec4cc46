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
        ],
        runs: 3
    ) {
        let bytes = Array(Fixtures.podJSON.utf8)
        guard let pod = try? Pod.decode(bytes) else { return [] }
        let message = pod.protobuf
        var writer = JSONWriter(capacity: 1 << 16)
        var protobufWriter = ProtobufWriter(capacity: 1 << 16)
        return [
            microseconds {
                writer.removeAll()
                pod.encode(into: &writer)
            },
            microseconds { _ = try? Pod.decode(bytes) },
            microseconds {
                protobufWriter.removeAll()
                pod.encode(protobuf: &protobufWriter)
            },
            microseconds { _ = try? Pod.decode(protobuf: message) },
        ]
    }

    /// How long a piece of work takes: the best of five rounds, as what is above that is the machine's noise.
    private static func microseconds(_ work: () -> Void) -> Double {
        let times = 20_000
        let rounds = (0..<5).map { _ in
            let start = wallSeconds()
            for _ in 0..<times { work() }
            return (wallSeconds() - start) / Double(times) * 1e6
        }
        return rounds.min() ?? .infinity
    }
}
