import ClusterConsole
import ClusterCore
import KubeAPI
import KubeClient
import KubeCluster
import TerminalUI
import Testing

/// How the console tells that nodes are being drained.
@Suite struct DrainingTests {
    private static func running(_ node: String = "node-2", in cluster: SampleCluster) -> DrainProgress {
        var drain = DrainProgress(node: node, started: cluster.time)
        drain.total = 9
        drain.evicted = 3
        drain.leaving = 2
        drain.held = (1...4).map { number in
            DrainProgress.HeldPod(
                key: ObjectKey(.pod, namespace: "default", name: "web-\(number)"),
                reason: "The disruption budget web needs 4 healthy pods and has 4 currently")
        }
        drain.retry = cluster.time + .seconds(4)
        return drain
    }

    @Test func aDrainIsShownWhileItRunsAndItsEndIsTold() {
        let desk = Desk(size: Size(width: 120, height: 30))
        #expect(!desk.text.contains("draining"))
        desk.change { $0.drains = [Self.running(in: $0)] }
        #expect(
            desk.row(28).hasPrefix(
                " draining node-2  3/9 evicted · 2 leaving · 4 held back  budget web needs 4 healthy pods and has 4"
            ), "\(desk.row(28))")
        #expect(desk.row(27).hasPrefix("╰"), "the page ends above it")
        // Wherever one looks.
        desk.press(":deploy<enter>")
        #expect(desk.row(28).contains("draining node-2  3/9 evicted"))
        desk.change { cluster in
            cluster.drains[0].phase = .drained
            cluster.drains[0].evicted = 9
        }
        #expect(desk.text.contains("node/node-2 drained") && !desk.text.contains("draining"))
        desk.press("<wait 10s>")
        desk.change { $0.put(SampleCluster.pod("other")) }
        #expect(!desk.text.contains("drained"), "it is told once")
    }

    @Test func severalDrainsAreShownTogether() {
        let desk = Desk()
        desk.change { $0.drains = [Self.running("node-1", in: $0), Self.running("node-2", in: $0)] }
        #expect(desk.row(22).hasPrefix(" draining 2 nodes  6/18 evicted · 4 leaving · 8 held back  budget web needs"))
    }

    @Test func aDrainThatRunsIsStoppedByTheSameKey() {
        let desk = Desk(size: Size(width: 100, height: 30))
        desk.press(":nodes<enter>D")
        #expect(desk.text.contains("Drain node node-1?"))
        #expect(desk.text.contains("It is cordoned, and 5 Pods are evicted."))
        desk.press("d")
        guard case .drain("node-1")? = desk.console.takeCommands().first?.command else {
            Issue.record("node-1 is not drained")
            return
        }
        desk.change { $0.drains = [Self.running("node-1", in: $0)] }
        desk.press("D")
        #expect(desk.text.contains("node/node-1 is being drained: 3/9 evicted · 2 leaving · 4 held back"))
        #expect(desk.text.contains("Held back, tried again in 4s:") && desk.text.contains("default/web-4"))
        // The dialog goes with what happens.
        desk.change { $0.drains[0].held.removeLast() }
        #expect(desk.text.contains("3 held back") && !desk.text.contains("default/web-4"))
        desk.press("<enter>")
        #expect(desk.console.takeCommands().isEmpty, "the focus is not on what stops it")
        desk.press("Ds")
        guard case .stopDrain("node-1")? = desk.console.takeCommands().first?.command else {
            Issue.record("the drain is not stopped")
            return
        }
        desk.change { $0.drains[0].phase = .stopped }
        #expect(desk.text.contains("Draining node/node-1 was stopped, 6 of 9 pods left"))
    }

    @Test func aDrainThatIsDoneAtOnceSaysSoOnce() {
        let desk = Desk(size: Size(width: 100, height: 30))
        desk.press(":nodes<enter>Dd")
        let id = desk.console.takeCommands().first?.id ?? 0
        desk.change(
            outcomes: [CommandOutcome(id: id, messages: ["node/node-1 cordoned", "node/node-1 drained"])]
        ) { cluster in
            var drain = DrainProgress(node: "node-1", started: cluster.time)
            drain.phase = .drained
            cluster.drains = [drain]
        }
        #expect(desk.text.ranges(of: "node/node-1 drained").count == 1)
    }
}
