import ClusterConsole
import ClusterCore
import KubeAPI
import KubeClient
import KubeCluster
import TerminalUI
import Testing

/// The view of every kind over a whole cluster.
@Suite struct KindViewTests {
    @Test func everyKindShowsItsOwnObjects() {
        let desk = LiveDesk(nodes: 2, size: Size(width: 160, height: 60))
        desk.press("<wait 30s>")
        let kinds = Catalogue.kinds.filter { $0.kind.isStored && $0.supports(verb: "list") }
        #expect(kinds.count > 50)
        for info in kinds {
            desk.press(":\(info.groupResource)<enter>")
            let snapshot = desk.cluster.snapshot().objects
            var names: [String] = []
            snapshot.forEach(info.kind) { object in
                names.append(object.name)
                return true
            }
            let title = desk.screen.frame.row(3)
            let isTitled = title.contains(info.plural) && title.contains("[\(names.count)]")
            #expect(isTitled, "\(info.groupResource): \(title)")
            // Below the headings, which a line about a missing controller may stand above.
            let rows = (4..<57).map { desk.screen.frame.row($0) }.drop { !$0.contains("NAME") }.dropFirst()
            // Events stand by their time.
            if info.kind == .event { continue }
            for (name, row) in zip(names, rows) where name.count < 40 {
                #expect(row.contains(name), "\(info.groupResource): \(row)")
            }
        }
    }

    @Test func usageIsShownAsItIs() throws {
        let desk = LiveDesk(nodes: 2, size: Size(width: 120, height: 30))
        desk.press("<wait 40s>:podmetrics kube-system<enter>")
        let count = desk.cluster.snapshot().objects.count(.podMetrics, namespace: "kube-system")
        #expect(count > 5)
        #expect(desk.screen.frame.row(3).contains("pods.metrics.k8s.io(kube-system)[\(count)]"))
        #expect(desk.screen.frame.row(5).contains("coredns-"))
        // Filters, orders and the way round are those of any table.
        desk.press("/etcd<enter>")
        #expect(desk.screen.frame.row(3).contains("[1]") && desk.screen.frame.row(5).contains("etcd-node-1"))
        desk.press("<esc>I")
        #expect(desk.screen.frame.row(5).contains("kube-scheduler-node-1"))
        // A pod that goes takes its usage along; the one that replaces it has none yet.
        desk.press("/coredns<enter>")
        #expect(desk.screen.frame.row(3).contains("[2]"))
        let pods = desk.cluster.snapshot().objects.list(Pod.self, namespace: "kube-system")
        let dns = try #require(pods.first { $0.name.hasPrefix("coredns-") })
        var now = DeleteOptions()
        now.gracePeriodSeconds = 0
        _ = desk.cluster.perform(.delete([dns.key], options: now), id: 1)
        desk.update()
        desk.draw()
        #expect(desk.screen.frame.row(3).contains("[1]"))
        #expect(!desk.screen.frame.row(5).contains(dns.name))
    }

    @Test func theStateOfComponentsIsTheirs() {
        let desk = LiveDesk(nodes: 1, size: Size(width: 100, height: 24))
        desk.press(":cs<enter>")
        #expect(desk.screen.frame.row(3).contains("componentstatuses[3]"))
        for (row, name) in zip(5..<8, ["controller-manager", "etcd-0", "scheduler"]) {
            #expect(desk.screen.frame.row(row).contains(name) && desk.screen.frame.row(row).contains("Healthy"))
        }
        desk.press("y")
        #expect(desk.text.contains("kind: ComponentStatus"))
    }
}
