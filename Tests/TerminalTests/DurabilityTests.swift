import Foundation
import TestSupport
import Testing

/// Kills a serving cluster through `Tests/Clients/durability.py`, as a client sees it. `DRYDOCK_KILLS` sets how often,
/// `DRYDOCK_SEED` when.
@Suite("Durability", .enabled(if: PythonClients.isPresent, "the Python clients are not installed"))
struct DurabilityTests {
    @Test func everyAcknowledgedWriteOutlivesAKill() throws {
        let folder = try TemporaryFolder()
        let variables = ProcessInfo.processInfo.environment
        let seed = variables["DRYDOCK_SEED"] ?? String(UInt32.random(in: 1...UInt32.max))
        let result = try Tools.run(
            PythonClients.python,
            [
                Repository.root.path + "/Tests/Clients/durability.py", Tools.drydock, folder.path,
                variables["DRYDOCK_KILLS"] ?? "8", seed,
            ])
        #expect(result.status == 0, "seed \(seed): \(result.output)\(result.errors)")
    }
}
