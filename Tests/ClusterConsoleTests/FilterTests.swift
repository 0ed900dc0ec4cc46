import ClusterConsole
import ClusterCore
import KubeAPI
import KubeClient
import KubeCluster
import TerminalUI
import Testing

/// What the filter bar makes of what is typed.
@Suite struct FilterTests {
    private static func names(_ text: String, _ cluster: SampleCluster = .small()) throws -> [String] {
        let filter = try #require(try RowFilter(text))
        var names: [String] = []
        cluster.snapshot.objects.forEach(.pod) { object in
            if filter.matches(object) { names.append(object.name) }
            return true
        }
        return names
    }

    @Test func aPatternIsMatchedAgainstTheWholeRow() throws {
        #expect(try Self.names("^default web.*pending") == ["web-7d4b9c6f5-8"])
        #expect(try Self.names("-[12]$").isEmpty, "the name is not the end of the row")
        #expect(try Self.names(#"db-\d .*node-1\b"#) == ["db-1"])
        #expect(try Self.names("!^default") == ["coredns-1", "kube-proxy-1"])
        #expect(try Self.names("kube-system core") == ["coredns-1"], "text goes over cells, too")
    }

    @Test func labelsAndLettersInOrder() throws {
        #expect(try Self.names("-l app=db") == ["db-1", "db-2"])
        #expect(try Self.names("app=db") == ["db-1", "db-2"])
        #expect(try Self.names("app!=web,app!=db") == ["coredns-1", "kube-proxy-1"])
        #expect(try Self.names("-f kpr1") == ["kube-proxy-1"])
        #expect(try RowFilter("") == nil && RowFilter("-l ") == nil && RowFilter("-f") == nil && RowFilter("!") == nil)
    }

    @Test func whatOnlyGrowsOldIsNotSearched() throws {
        var cluster = SampleCluster.small()
        // All pods are four minutes old; that is in no filter, today or later.
        #expect(try Self.names("4m", cluster).isEmpty)
        var pod = SampleCluster.pod("again")
        pod.status.containerStatuses[0].restartCount = 9
        var last = ContainerState()
        var end = ContainerStateTerminated()
        end.exitCode = 1
        end.finishedAt = (cluster.time - .minutes(2)).time
        last.terminated = end
        pod.status.containerStatuses[0].lastState = last
        cluster.put(pod)
        let cells = ClusterTables.cells(pod.boxed, now: cluster.time)
        #expect(cells.contains("9 (2m ago)"))
        #expect(try Self.names("ago", cluster).isEmpty)
        #expect(try Self.names("running 9", cluster) == ["again"])
        let desk = Desk(cluster)
        desk.press("/9 ")
        #expect(desk.row(3).contains("[1]"))
        desk.change { $0.time = $0.time + .hours(3) }
        #expect(desk.row(3).contains("[1]") && desk.row(5).contains("again"))
    }

    @Test func anInvalidPatternIsSaidAndTheRowsStay() {
        let desk = Desk()
        desk.press("/web")
        #expect(desk.row(3).contains("[8]"))
        desk.press("(")
        #expect(desk.row(23).contains("✗ missing closing ): `web(`"))
        #expect(desk.row(3).contains("[8]"), "the rows are those of the filter before")
        desk.press("<enter>")
        #expect(desk.row(23).hasPrefix(" /web("), "what is wrong is mended where it is typed")
        desk.press("-7d4b9c6f5-)[12] ")
        #expect(desk.row(3).contains("[2]") && !desk.row(23).contains("✗"))
        desk.press("<enter>")
        #expect(desk.row(3).contains("pods(all)[2] </web(-7d4b9c6f5-)[12] >") && desk.row(23).contains("help"))
        desk.press("/[<esc>")
        #expect(desk.row(3).contains("[2]"), "esc puts back what was there")
    }

    @Test func aCommandWithAnInvalidPatternShowsAllAndSaysWhy() {
        let desk = Desk(size: Size(width: 120, height: 30))
        desk.press(":pods /[a<enter>")
        #expect(desk.row(3).contains("[12]") && desk.row(3).contains("✗ missing closing ]: `[a`"))
    }

    /// Where no row stands in its way, what is wrong is said whole, and not that nothing matches.
    @Test func whatIsWrongIsSaidInsteadOfNoRows() {
        let desk = Desk(size: Console.minimumSize)
        desk.press("/zzz")
        #expect(desk.text.contains("No pods match “zzz”."))
        desk.press("(")
        #expect(desk.text.contains("This filter is not valid.") && !desk.text.contains("No pods match"))
        #expect((5..<14).contains { desk.row($0).contains("missing closing ): `zzz(`") })
    }

    @Test func aPatternFollowsChanges() {
        let desk = Desk()
        desk.press("/^default .*(pending|failed)<enter>")
        #expect(desk.row(3).contains("[1]"))
        desk.change { $0.put(SampleCluster.pod("db-1", phase: "Failed", app: "db")) }
        #expect(desk.row(3).contains("[2]"))
        desk.change { $0.put(SampleCluster.pod("db-1", app: "db")) }
        #expect(desk.row(3).contains("[1]"))
    }
}
