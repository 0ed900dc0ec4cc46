import ClusterCore
import KubeAPI
import KubeNode
import Testing

/// What init containers do when no annotation says how long they work.
@Suite struct InitContainerTests {
    private func status(after time: Interval, _ annotations: StringMap<String> = [:]) throws -> PodStatus {
        let node = TestNode()
        node.boot()
        try node.create(
            makePod(annotations: annotations) {
                $0.spec.initContainers = [makeContainer("setup"), makeContainer("copy")]
            }
        )
        node.run(time)
        return try #require(node.pod()).status
    }

    @Test("They do their work and end, so that manifests from anywhere come up")
    func theyEnd() throws {
        let status = try status(after: .seconds(10))
        #expect(status.phase == "Running")
        #expect(status.initContainerStatuses.map { $0.state?.terminated?.exitCode } == [0, 0])
        #expect(status.initContainerStatuses.map { $0.restartCount } == [0, 0])
        #expect(status.containerStatuses.map { $0.ready } == [true])
    }

    @Test("A code alone has one fail when its work is done")
    func theyFail() throws {
        let status = try status(after: .seconds(30), ["drydock.dev/exit-code.copy": "3"])
        #expect(status.phase == "Pending")
        let copy = status.initContainerStatuses[1]
        #expect(copy.restartCount > 0)
        #expect((copy.state?.terminated ?? copy.lastState?.terminated)?.exitCode == 3)
    }

    @Test("A long script holds the pod up")
    func theyWait() throws {
        let status = try status(after: .minutes(60), ["drydock.dev/exit-after.setup": "1000h"])
        #expect(status.phase == "Pending")
        #expect(status.initContainerStatuses[0].state?.running != nil)
    }
}
