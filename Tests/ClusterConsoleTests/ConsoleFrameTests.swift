import ClusterConsole
import ClusterCore
import KubeAPI
import KubeClient
import KubeCluster
import TerminalUI
import Testing

/// What is on the screen: header, title, rows, hints, at several sizes.
@Suite struct ConsoleFrameTests {
    @Test func theFirstFrameShowsThePodsOfAllNamespaces() {
        let desk = Desk()
        #expect(
            desk.text == """
                 2026-01-01 00:10:00Z  1×  seed 1  rev 23
                 nodes 3/3 ready  pods 11 running 1 pending
                 cpu ████              25%  mem ▌                  3%  api                  0/s
                ╭─ pods(all)[12] ──────────────────────────────────────────────────────────────╮
                │ NAMESPACE↑   NAME              READY   STATUS     RESTARTS   AGE   IP       ›│
                │ default      db-1              1/1     Running    0          4m    <none>    │
                │ default      db-2              1/1     Running    0          4m    <none>    │
                │ default      web-7d4b9c6f5-1   1/1     Running    0          4m    <none>    │
                │ default      web-7d4b9c6f5-2   1/1     Running    0          4m    <none>    │
                │ default      web-7d4b9c6f5-3   1/1     Running    0          4m    <none>    │
                │ default      web-7d4b9c6f5-4   1/1     Running    0          4m    <none>    │
                │ default      web-7d4b9c6f5-5   1/1     Running    0          4m    <none>    │
                │ default      web-7d4b9c6f5-6   1/1     Running    0          4m    <none>    │
                │ default      web-7d4b9c6f5-7   1/1     Running    0          4m    <none>    │
                │ default      web-7d4b9c6f5-8   0/1     Pending    0          4m    <none>    │
                │ kube-system  coredns-1         1/1     Running    0          4m    <none>    │
                │ kube-system  kube-proxy-1      1/1     Running    0          4m    <none>    │
                │                                                                              │
                │                                                                              │
                │                                                                              │
                │                                                                              │
                │                                                                              │
                ╰─ pods ──────────────────────────────────────────────────────────────── 1/12 ─╯
                 ? help  enter open  : go to  / filter  d describe  y yaml  e events  c create

                """)
    }

    /// As far as there is room, what tells most is whole; addresses and nodes go first.
    @Test(arguments: [70, 80, 90, 100, 120])
    func columnsGoByWhatTheyTell(width: Int) {
        var cluster = SampleCluster.small()
        for (number, phase) in ["Pending", "Failed", "Running"].enumerated() {
            var pod = SampleCluster.pod("shop-5d59d67564-x7k2\(number)", phase: phase)
            if phase == "Pending" {
                var waiting = ContainerStateWaiting()
                waiting.reason = "ContainerCreating"
                pod.status.containerStatuses[0].state?.waiting = waiting
            }
            cluster.put(pod)
        }
        let desk = Desk(cluster, size: Size(width: width, height: 24))
        desk.press(":pods default<enter>")
        for word in ["NAME", "READY", "STATUS", "RESTARTS", "AGE", "ContainerCreating", "shop-5d59d67564-x7k20"] {
            #expect(desk.text.contains(word), "\(word) is missing at \(width)")
        }
        #expect(desk.row(4).contains("NODE") == (width >= 90))
        desk.press("<right>")
        #expect(desk.row(4).contains("IP") || width >= 90, "what found no room is to the right")
    }

    @Test(arguments: ["60x16", "80x24", "120x40", "160x50"])
    func theHeaderSaysEverythingAtEverySize(_ text: String) throws {
        let desk = Desk(size: try #require(Size(text)))
        let header = (0..<3).map { desk.row($0) }.joined(separator: "\n")
        for word in [
            "2026-01-01 00:10:00Z", "1×", "seed 1", "rev 23", "3/3", "11", "1 pend", "cpu", "25%", "mem", "api", "/s",
        ] {
            #expect(header.contains(word), "\(word) is missing at \(text)")
        }
    }

    /// A number is whole or not there: of a half one nobody knows what it is the half of.
    @Test(arguments: [60, 66, 80, 112, 120, 140])
    func theHeaderHasNoHalfNumbers(width: Int) {
        let desk = Desk(size: Size(width: width, height: 24))
        desk.change { cluster in
            cluster.seed = .max
            cluster.isClockPaused = true
            cluster.statistics.nodes = 5_000
            cluster.statistics.nodesReady = 4_999
            cluster.statistics.podsRunning = 149_000
            cluster.statistics.podsPending = 1_000
            cluster.statistics.podsFailed = 20
            cluster.statistics.podsTerminating = 300
        }
        let header = (0..<3).map { desk.row($0) }.joined(separator: "\n")
        for text in ["PAUSED", "seed 184467", "  rev 23", "4,999/5,000", "149,000 run"] {
            #expect(header.contains(text), "\(text) is missing: \(header)")
        }
        #expect(header.contains("300 term") || !header.contains("300"), "\(header)")
        #expect(header.contains("20 fail") || !header.contains(" 20 "), "\(header)")
    }

    @Test func aStoppedClockSaysPaused() {
        let desk = Desk()
        desk.change { $0.isClockPaused = true }
        #expect(desk.row(0).contains("PAUSED") && !desk.row(0).contains("1×"))
    }

    @Test(arguments: [
        (1, "1×"), (0.25, "0.25×"), (0.0001, "0.0001×"), (0.01234, "0.0123×"), (1.5, "1.5×"), (3600, "3,600×"),
        (.infinity, "max"),
    ])
    func everySpeedIsSaid(speed: Double, text: String) {
        let desk = Desk()
        desk.change { $0.speed = speed }
        #expect(desk.row(0).contains("  \(text)  seed"), "\(desk.row(0))")
    }

    @Test func belowTheLeastSizeItSaysSoAndOnlyLeavingWorks() {
        let desk = Desk(size: Size(width: 59, height: 16))
        #expect(desk.text.contains("The window is too small.") && desk.text.contains("60x16"))
        #expect(!desk.text.contains("pods"))
        desk.press("c")
        #expect(!desk.console.exitRequested)
        desk.press("q")
        #expect(desk.console.exitRequested)
    }

    @Test func shrinkingAndGrowingAgainKeepsThePlace() {
        let desk = Desk()
        desk.press("jj")
        let before = desk.text
        desk.console.handle(.resize(Size(width: 30, height: 8)))
        _ = desk.console.frame(wallSeconds: desk.wall)
        desk.console.handle(.resize(Size(width: 80, height: 24)))
        desk.draw()
        #expect(desk.text == before)
    }

    @Test func aKindWithoutAControllerSaysSo() {
        let desk = Desk(size: Size(width: 120, height: 30))
        desk.press(":sts<enter>")
        let notice = "Stored only: Drydock has no controller for them yet."
        #expect(desk.text.contains("No statefulsets here.") && desk.text.contains(notice), "before one is made")
        desk.change { $0.put(StatefulSet(name: "db", namespace: "default")) }
        #expect(desk.row(4).contains(notice))
        desk.press(":ds<enter>")
        #expect(desk.text.contains("Only kube-proxy's is kept up: no controller for others yet."))
        desk.press(":deploy<enter>")
        #expect(!desk.row(4).contains("no controller"))
    }

    /// An event is its message and what it is about: those have the room where there is little.
    @Test func eventsLeaveRoomForTheirMessages() {
        let wide = Desk(size: Size(width: 160, height: 30))
        wide.press(":events<enter>")
        for title in ["NAMESPACE", "LAST SEEN↑", "TYPE", "REASON", "OBJECT", "MESSAGE"] {
            #expect(wide.row(4).contains(title), "\(title): \(wide.row(4))")
        }
        let desk = Desk()
        desk.press(":events<enter>")
        #expect(desk.row(4).hasPrefix("│ LAST SEEN↑  REASON "), "\(desk.row(4))")
        let message = "Successfully assigned default/web to node-3"
        #expect(desk.text.contains(message.prefix(24)), "\(desk.text)")
        desk.press(":pods default<enter>Ge")
        #expect(!desk.row(4).contains("OBJECT") && desk.text.contains(message.prefix(40)), "all are about one pod")
        let small = Desk(size: Size(width: 60, height: 16))
        small.press(":events<enter>")
        #expect(small.row(4).hasPrefix("│ LAST SEEN↑  OBJECT"), "\(small.row(4))")
        #expect(small.text.contains(message.prefix(24)))
    }

    @Test func theHeadingThatRowsAreSortedByIsWhole() {
        for width in [60, 70, 80, 100, 120] {
            let desk = Desk(size: Size(width: width, height: 24))
            for (key, title) in [("T", "RESTARTS"), ("S", "STATUS"), ("R", "READY"), ("P", "NAMESPACE")] {
                desk.press(key)
                #expect(desk.row(4).contains(title + "↑"), "\(width): \(desk.row(4))")
            }
        }
    }

    @Test func everyThemeShowsTheSameText() {
        let frames = [Theme.dark, .light, .monochrome].map { Desk(theme: $0).text }
        #expect(frames[0] == frames[1] && frames[1] == frames[2])
    }

    @Test func deletedRowsStayForASecondAndThenGo() {
        let desk = Desk()
        desk.press("jjj").change { $0.remove(ObjectKey(.pod, namespace: "default", name: "db-2")) }
        #expect(desk.text.contains("db-2") && desk.row(3).contains("[11]"))
        desk.wall += 1.1
        desk.draw()
        #expect(!desk.text.contains("db-2"))
    }

    /// On the selected row, too, which is the one that is looked at.
    @Test(arguments: ["", "jj"])
    func changedCellsFlashAndFade(keys: String) {
        let desk = Desk()
        desk.press(keys)
        func style(_ column: String) -> Style {
            let x = (0..<80).first { x in desk.row(4).dropFirst(x).hasPrefix(column) } ?? 0
            return desk.screen.frame[x, 7].style
        }
        let calm = style("STATUS")
        desk.change { cluster in
            var pod = SampleCluster.pod("web-7d4b9c6f5-1", node: "node-2")
            pod.metadata.uid = "same"
            pod.status.phase = "Failed"
            cluster.put(pod)
        }
        let flash = style("STATUS")
        #expect(flash.background != calm.background)
        desk.wall += 0.5
        desk.draw()
        #expect(style("STATUS").background != flash.background && style("STATUS").background != calm.background)
        #expect(style("NAME").background == calm.background, "what did not change is calm")
        desk.wall += 0.6
        desk.draw()
        #expect(style("STATUS").background == calm.background)
        #expect(desk.console.wantsRedrawAt == nil)
    }

    /// Annotations under each other look alike, though the first alone has its label in its line.
    @Test func valuesOfSeveralLinesHaveOneColour() {
        let desk = Desk(size: Size(width: 100, height: 40))
        desk.change { cluster in
            var pod = SampleCluster.pod("aaa")
            pod.metadata.annotations = ["example.com/first": "1", "example.com/second": "2"]
            cluster.put(pod)
        }
        desk.press("gd")
        func style(_ text: String) -> Style? {
            for y in 0..<40 {
                let row = desk.row(y)
                guard let range = row.firstRange(of: text) else { continue }
                return desk.screen.frame[row.distance(from: row.startIndex, to: range.lowerBound), y].style
            }
            return nil
        }
        #expect(style("example.com/first:") == style("example.com/second:") && style("example.com/first:") != nil)
        #expect(style("Annotations:") != style("example.com/second:"))
    }

    @Test func theSelectionStaysWithItsObject() {
        let desk = Desk()
        desk.press("jj")
        #expect(desk.row(7).contains("web-7d4b9c6f5-1"))
        desk.change { $0.put(SampleCluster.pod("aaa")) }
        desk.press("d")
        #expect(desk.row(3).contains("describe(pod/default/web-7d4b9c6f5-1)"))
    }

    @Test func eventsComeNewestFirst() {
        let desk = Desk(size: Size(width: 160, height: 30))
        let now = desk.cluster.time
        desk.press(":events<enter>").change { cluster in
            let pod = SampleCluster.pod("web-7d4b9c6f5-1").boxed
            cluster.put(SampleCluster.event(9, about: pod, reason: "Newest", message: "now", at: now + .seconds(5)))
            cluster.time = now + .seconds(6)
        }
        #expect(desk.row(5).contains("Newest"))
    }
}
