import ClusterConsole
import ClusterCore
import KubeAPI
import KubeClient
import KubeCluster
import TerminalUI
import Testing

/// What runs on the nodes, beside them in their table.
@Suite struct NodeLoadTests {
    private static func desk() -> Desk {
        let desk = Desk(size: Size(width: 160, height: 30))
        return desk.press(":nodes<enter>")
    }

    private static func words(_ desk: Desk, _ row: Int) -> [String] {
        desk.row(row).split(separator: " ").map(String.init)
    }

    @Test func podsAndTheirRequestsAreCounted() {
        let desk = Self.desk()
        #expect(
            Self.words(desk, 5) == [
                "│", "node-1", "Ready", "on", "<none>", "10m", "v1.36.0", "5", "1250m", "(31%)", "640Mi", "(3%)",
                "192.168.0.1", "│",
            ], "\(desk.text)")
        #expect(Self.words(desk, 6)[7...11] == ["4", "1", "(25%)", "512Mi", "(3%)"])
        #expect(Self.words(desk, 7)[7...11] == ["3", "750m", "(18%)", "384Mi", "(2%)"])
    }

    /// On the least screen, too, how many pods a node has is seen.
    @Test(arguments: ["60x16", "80x24", "120x30"])
    func howManyPodsIsAlwaysSeen(_ text: String) throws {
        let desk = Desk(size: try #require(Size(text)))
        desk.press(":nodes<enter>")
        for title in ["NAME↑", "STATUS", "POWER", "PODS"] { #expect(desk.row(4).contains(title), "\(desk.row(4))") }
    }

    @Test func theyFollowEveryChange() {
        let desk = Self.desk()
        desk.change { $0.remove(ObjectKey(.pod, namespace: "default", name: "db-1")) }
        #expect(Self.words(desk, 5)[7...9] == ["4", "1", "(25%)"])
        // Bound, then ended, as a Job's pod.
        desk.change { $0.put(SampleCluster.pod("late", node: nil, phase: "Pending")) }
        #expect(Self.words(desk, 5)[7] == "4")
        desk.change { $0.put(SampleCluster.pod("late", node: "node-1")) }
        #expect(Self.words(desk, 5)[7...8] == ["5", "1250m"])
        desk.change { $0.put(SampleCluster.pod("late", node: "node-1", phase: "Succeeded")) }
        #expect(Self.words(desk, 5)[7...8] == ["4", "1"])
        desk.lateChange { $0.put(SampleCluster.pod("later", node: "node-3")) }
        #expect(Self.words(desk, 7)[7...8] == ["4", "1"])
    }

    @Test func nodesAreSortedByThem() {
        let desk = Self.desk()
        func names() -> [String] { (5...7).map { Self.words(desk, $0)[1] } }
        desk.press(">>>>>>")
        #expect(desk.row(4).contains("PODS↑") && names() == ["node-3", "node-2", "node-1"], "\(desk.text)")
        desk.change { cluster in
            for number in 1...3 { cluster.put(SampleCluster.pod("more-\(number)", node: "node-3")) }
        }
        #expect(names() == ["node-2", "node-1", "node-3"])
        desk.press("<lt><lt><lt><lt>")
        #expect(desk.row(4).contains("POWER↑"))
        desk.change { $0.poweredOff = ["node-2"] }
        #expect(names() == ["node-2", "node-1", "node-3"], "off comes before on")
        desk.press("I")
        #expect(names() == ["node-3", "node-1", "node-2"])
    }

    @Test func deletingANodeSaysWhatBecomesOfItsMachine() {
        let desk = Self.desk()
        desk.press("<ctrl-d>")
        #expect(desk.text.contains("The machine stays. It registers again when it is switched off and on."))
    }
}
