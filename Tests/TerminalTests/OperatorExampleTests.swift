import Foundation
import TestSupport
import Testing

/// `Examples/operator`, as a CI job runs it.
@Suite("The operator example", .enabled(if: PythonClients.isPresent, "the Python clients are not installed"))
struct OperatorExampleTests {
    @Test func theOperatorIsTestedAsInCI() throws {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        let result = try Tools.run(
            "/usr/bin/env",
            [
                "DRYDOCK=\(Tools.drydock)", "PATH=\(PythonClients.programs):\(path)",
                Repository.root.path + "/Examples/operator/test.sh",
            ])
        #expect(
            result.status == 0 && result.output.hasSuffix("the operator works\n"), "\(result.output)\(result.errors)")
    }
}
