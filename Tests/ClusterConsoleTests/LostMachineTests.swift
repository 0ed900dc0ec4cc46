import ClusterConsole
import ClusterCore
import KubeAPI
import KubeClient
import KubeCluster
import TerminalUI
import Testing

/// Machines whose Node object somebody deleted: they can be seen, and started again.
@Suite struct LostMachineTests {
    private static func rows(_ desk: Desk) -> [String] {
        (5..<desk.screen.frame.height - 2).map { desk.row($0) }.filter { $0.contains("node-") }
    }

    private static func desk() -> Desk {
        let desk = Desk(size: Size(width: 120, height: 30))
        desk.press(":nodes<enter>")
        return desk.change { cluster in
            cluster.poweredOff = ["node-2"]
            cluster.remove(ObjectKey(.node, name: "node-2"))
        }
    }

    @Test func aMachineWithoutANodeStandsAmongTheNodes() {
        let desk = Self.desk()
        let rows = Self.rows(desk)
        #expect(rows.count == 3 && rows[1].contains("node-2"), "\(desk.text)")
        let words = rows[1].split(separator: " ").map(String.init)
        #expect(words == ["│", "node-2", "no", "Node", "object", "off", "│"])
        #expect(desk.row(3).contains(" nodes[2] +1 machine without Node "))
        desk.press("jX")
        guard case .powerOn("node-2")? = desk.console.takeCommands().first?.command else {
            Issue.record("X does not power node-2 on")
            return
        }
        // What concerns the object is not there.
        desk.press("dyEC<ctrl-d>")
        #expect(desk.console.takeCommands().isEmpty && desk.row(3).contains(" nodes[2]"))
        desk.change { cluster in
            cluster.poweredOff = []
            cluster.put(SampleCluster.node("node-2"))
        }
        #expect(Self.rows(desk).count == 3 && desk.row(3).contains(" nodes[3] ─"), "\(desk.text)")
        #expect(desk.row(6).contains("node-2") && desk.row(6).contains("Ready"))
    }

    @Test func itIsFilteredSortedAndMarkedAsTheOthers() {
        let desk = Self.desk()
        desk.press("/no node<enter>")
        #expect(Self.rows(desk).count == 1 && desk.row(3).contains(" nodes[0] +1 machine without Node "))
        desk.press("<esc>/!node-2<enter>")
        #expect(Self.rows(desk).count == 2 && desk.row(3).contains(" nodes[2] </!node-2>"))
        desk.press("<esc>NN")
        #expect(Self.rows(desk).map { $0.contains("no Node object") } == [false, true, false])
        desk.press("S")
        #expect(Self.rows(desk).map { $0.contains("no Node object") } == [false, false, true])
        desk.press("g<space><space><space>x")
        let commands = desk.console.takeCommands().map { "\($0.command)" }
        #expect(commands == [#"powerOff("node-1")"#, #"powerOff("node-3")"#], "the other is off already")
        desk.press("X")
        #expect(desk.console.takeCommands().map { "\($0.command)" } == [#"powerOn("node-2")"#])
    }

    @Test func itIsFoundWhereChangesWereLost() {
        let desk = Desk(size: Size(width: 120, height: 30))
        desk.press(":nodes<enter>")
        desk.lateChange { $0.remove(ObjectKey(.node, name: "node-2")) }
        #expect(Self.rows(desk).map { $0.contains("no Node object") } == [false, true, false], "\(desk.text)")
        desk.press("j<space>")
        desk.lateChange { $0.put(SampleCluster.node("node-1")) }
        desk.press("x")
        #expect(desk.console.takeCommands().map { "\($0.command)" } == [#"powerOff("node-2")"#], "its mark stays")
        desk.lateChange { $0.put(SampleCluster.node("node-2")) }
        #expect(Self.rows(desk).count == 3 && !desk.text.contains("no Node object"))
    }

    @Test func itsPodsAndEventsAreFound() {
        let desk = Self.desk()
        desk.press("j<enter>")
        #expect(desk.row(3).contains(" pods(node-2)["), "\(desk.text)")
        desk.press("<esc>e")
        #expect(desk.row(3).contains(" events(node/node-2)["), "\(desk.text)")
    }

    @Test func aNodeObjectAloneHasNoMachine() {
        let desk = LiveDesk(nodes: 2)
        _ = desk.cluster.perform(.create([Boxed(Node(name: "paper"))]), id: 1)
        desk.update()
        desk.press(":nodes<enter>G")
        let row = desk.text.split(separator: "\n").first { $0.contains("paper") } ?? ""
        #expect(row.split(separator: " ").prefix(5) == ["│", "paper", "Unknown", "<none>", "<none>"], "\(row)")
        #expect(!(desk.text.split(separator: "\n").last ?? "").contains("power o"))
        // Sorted by power it stands apart from the machines that run.
        desk.press(">>")
        let names = desk.text.split(separator: "\n").compactMap { line in
            let words = line.split(separator: " ")
            return words.count > 4 && ["on", "<none>"].contains(words[3]) ? words[1] : nil
        }
        #expect(desk.text.contains("POWER↑") && names == ["paper", "node-1", "node-2"], "\(desk.text)")
    }

    @Test func startedAgainItIsANodeAsBefore() throws {
        let desk = LiveDesk(nodes: 3)
        desk.press(":nodes<enter>jx<ctrl-d>d<wait 2m>")
        #expect(desk.cluster.snapshot().objects.object(ObjectKey(.node, name: "node-2")) == nil)
        #expect(desk.text.contains("no Node object"), "\(desk.text)")
        desk.press("X<wait 1m>")
        #expect(!desk.text.contains("no Node object"), "\(desk.text)")
        let node = try #require(desk.cluster.snapshot().objects.get(Node.self, name: "node-2"))
        #expect(node.status.conditions.first { $0.type == "Ready" }?.status == "True")
        let range = try #require(node.spec.podCIDR).split(separator: ".").prefix(3).joined(separator: ".") + "."
        var pod = Pod(name: "solo", namespace: "default")
        pod.spec.nodeName = "node-2"
        var container = Container()
        container.name = "c"
        container.image = "nginx:1.27"
        pod.spec.containers = [container]
        #expect(desk.cluster.perform(.create([Boxed(pod)]), id: 2).errors.isEmpty)
        desk.press("<wait 30s>")
        let made = try #require(desk.cluster.snapshot().objects.get(Pod.self, namespace: "default", name: "solo"))
        #expect(made.status.phase == "Running" && made.status.podIP?.hasPrefix(range) == true)
    }
}
