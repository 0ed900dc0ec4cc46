import ClusterConsole
import ClusterCore
import Foundation
import KubeAPI
import KubeClient
import KubeCluster
import TerminalUI
import TestSupport
import Testing

/// Keys, and what they do.
@Suite struct ConsoleKeyTests {
    @Test func everyActionHasOneBindingAndEveryKeyOneMeaning() {
        let bindings = KeyTable.sections.flatMap(\.bindings)
        for action in Action.allCases { #expect(bindings.filter { $0.action == action }.count == 1, "\(action)") }
        for place in KeyPlace.allCases {
            let here = bindings.filter { $0.place == nil || $0.place == place }
            let keys = here.flatMap(\.keys)
            #expect(Set(keys).count == keys.count)
            for binding in here {
                for key in binding.keys { #expect(KeyTable.binding(for: key, in: place)?.action == binding.action) }
            }
        }
        // One key alone means something else in texts, as it does in k9s.
        let keys = bindings.flatMap(\.keys)
        #expect(Set(keys.filter { key in keys.filter { $0 == key }.count > 1 }) == [.character("N")])
    }

    @Test func shiftedLettersSortAsInK9s() {
        let desk = Desk(size: Size(width: 120, height: 30))
        for (key, title) in [
            ("N", "NAME"), ("A", "AGE"), ("S", "STATUS"), ("R", "READY"), ("T", "RESTARTS"), ("O", "NODE"),
        ] {
            desk.press(key)
            #expect(desk.row(4).contains(title + "↑"), "\(key): \(desk.row(4))")
            desk.press(key)
            #expect(desk.row(4).contains(title + "↓"), "\(key): \(desk.row(4))")
        }
        desk.press("P")
        #expect(desk.row(4).contains("NAMESPACE↑") && desk.row(5).contains("db-1"))
        for key in ["P", "PI"] {
            desk.press(key)
            #expect(desk.row(4).contains("NAMESPACE↓") && desk.row(5).contains("kube-proxy-1"), "\(desk.row(5))")
        }
        desk.press("?")
        #expect(
            desk.text.contains("N      by name") || desk.text.contains("N") && !desk.text.contains("previous match"))
        desk.press("<esc>y/name<enter>")
        #expect(desk.row(3).contains("/name 1/"))
        desk.press("n")
        #expect(desk.row(3).contains("/name 2/"))
        desk.press("N")
        #expect(desk.row(3).contains("/name 1/"))
        desk.press("?")
        #expect(desk.text.contains("previous match") && !desk.text.contains("by name"))
    }

    /// What is out of sight is stepped over: an order that no heading shows would be a riddle.
    @Test func theOrderGoesByTheColumnsThatAreSeen() {
        for width in [60, 80, 120] {
            let desk = Desk(size: Size(width: width, height: 24))
            func headings() -> [String] { desk.row(4).split { " │›".contains($0) }.map(String.init) }
            for keys in [">", "<lt>"] {
                for _ in 0..<9 {
                    let before = headings()
                    guard let here = before.firstIndex(where: { $0.hasSuffix("↑") }) else {
                        Issue.record("no arrow at \(width): \(before)")
                        return
                    }
                    let next = before[(here + (keys == ">" ? 1 : before.count - 1)) % before.count]
                    desk.press(keys)
                    let sorted = headings().first { $0.hasSuffix("↑") }
                    #expect(sorted?.hasPrefix(next.prefix { $0 != "…" }) == true, "\(before) \(keys) \(headings())")
                }
            }
        }
        // Two presses between two frames count twice, and where one namespace shows, its rows go by name already.
        let desk = Desk(size: Size(width: 120, height: 24))
        desk.press(":pods default<enter>")
        desk.console.handle(.key(.character(">")))
        desk.press(">")
        #expect(desk.row(4).contains("STATUS↑"), "\(desk.row(4))")
        desk.press("P")
        #expect(desk.row(4).contains("NAME↑"))
        desk.press("N")
        #expect(desk.row(4).contains("NAME↓"))
    }

    /// A terminal that has only ASCII tells each key by a name that no other key has.
    @Test func keysReadTheSameInASCII() {
        for binding in KeyTable.sections.flatMap(\.bindings) {
            #expect(binding.label.allSatisfy { $0.isASCII || $0 == "…" }, "\(binding.label)")
        }
        for keys in ["", "?", "<ctrl-d>", "c", "c1", ":nodes<enter>D"] {
            let desk = Desk(size: Size(width: 120, height: 30))
            desk.press(keys)
            let hints = desk.screen.frame.height - 1
            #expect(desk.screen.frame.restricted(to: .ascii).row(hints) == desk.row(hints), "\(keys)")
        }
    }

    /// The table in the documentation is the program's.
    @Test func theDocumentationListsTheSameKeys() throws {
        let file = Repository.root.appendingPathComponent("Documentation/Console.md")
        let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map(String.init)
        let expected = KeyTable.sections.flatMap { section in
            ["| **\(section.title)** | |"]
                + section.bindings.map { binding in
                    let keys = binding.label.split(separator: " ").map { "`\($0)`" }
                    let place = binding.place.map { $0 == .table ? ", in tables" : ", in texts" } ?? ""
                    return "| \(keys.joined(separator: " ")) | \(binding.help)\(place) |"
                }
        }
        let start = try #require(lines.firstIndex(of: expected[0]))
        #expect(Array(lines[start..<min(lines.count, start + expected.count)]) == expected)
    }

    /// Enter runs what stands in the field, the end that is shown after the cursor included, where what is typed alone
    /// means nothing.
    @Test(arguments: [
        ("dep", "deployments(all)[2]"), ("endpoints", "endpoints(all)[0]"), ("no", "nodes[3]"), ("nod", "nodes[3]"),
        ("po kube-s", "pods(kube-system)[2]"), ("po db-1", "describe(pod/default/db-1)"), ("po !web", "pods(all)[4]"),
        ("dep kube-s", "deployments(kube-system)[0]"), ("dep /we", "deployments(all)[1] </we>"),
        ("po -f cdn", "pods(all)[1] </-f cdn>"), ("po -l app=db", "pods(all)[2] </-l app=db>"),
    ])
    func enterRunsWhatTheCommandBarShows(line: String, title: String) {
        let desk = Desk(size: Size(width: 100, height: 30))
        desk.press(":\(line)<enter>")
        #expect(desk.row(3).contains(title), "\(desk.row(3))")
    }

    @Test(arguments: [
        ("podz", "There is no kind or command podz; did you mean pods?"),
        ("opds", "There is no kind or command opds; did you mean pods?"),
        ("pdo", "There is no kind or command pdo; did you mean pods?"),
        ("depolyment", "There is no kind or command depolyment; did you mean deployments?"),
        ("qiut", "There is no kind or command qiut; did you mean quit?"),
        ("xyzzy", "There is no kind or command xyzzy."),
        ("po kube-x", "There is no namespace or pod kube-x."),
        ("po defualt", "There is no namespace or pod defualt; did you mean default?"),
        ("no nodule", "There is no node nodule."),
        ("speed fast", "The speed is a number above 0, up to 1000000, or max."),
        ("theme blue", "The theme is dark, light or mono."),
    ])
    func whatCannotBeRunIsSaid(line: String, message: String) {
        let desk = Desk(size: Size(width: 100, height: 30))
        desk.press(":\(line)<enter>")
        #expect(desk.text.contains(message), "\(desk.text)")
    }

    @Test func theNumbersOfNamespacesAreInTheHelp() {
        let desk = Desk(size: Size(width: 120, height: 50))
        desk.press(":pods kube-system<enter>0?")
        #expect(desk.text.contains("1…9    a recent namespace"))
        #expect(desk.text.contains("1      default") && desk.text.contains("2      kube-system"))
        desk.press("2")
        #expect(desk.row(3).contains("pods(kube-system)[2]"))
    }

    @Test func aNamespaceThatIsGoneIsNotJustEmpty() {
        let desk = Desk(size: Size(width: 100, height: 30))
        desk.press(":pods kube-public<enter>")
        #expect(desk.text.contains("No pods in namespace kube-public."))
        desk.change { $0.remove(ObjectKey(.namespace, name: "kube-public")) }
        #expect(desk.text.contains("There is no namespace kube-public."))
    }

    /// At the beginning, and whenever it is asked for.
    @Test func whereTheAPIIsServedIsSaid() {
        let desk = Desk(size: Size(width: 100, height: 30))
        desk.press(":api<enter>")
        #expect(desk.text.contains("• The cluster is served to no clients."))
        desk.console.noteAPI(APINotice("The API is served at https://127.0.0.1:6443"))
        #expect(desk.draw().text.contains("• The API is served at https://127.0.0.1:6443"))
        desk.press("<wait 10s>j")
        #expect(!desk.text.contains("6443"))
        desk.press(":api<enter>")
        #expect(desk.text.contains("• The API is served at https://127.0.0.1:6443"))
        desk.console.noteAPI(APINotice("cannot listen at 127.0.0.1:6443", isProblem: true))
        #expect(desk.draw().text.contains("✗ cannot listen at 127.0.0.1:6443"))
    }

    /// When it begins, when it ends, and whenever it is asked for.
    @Test func whyTheClusterIsReadOnlyIsSaid() {
        let desk = Desk(size: Size(width: 100, height: 30))
        desk.console.noteFailure("no space is left.")
        #expect(desk.draw().text.contains("✗ The cluster is read-only: no space is left."))
        desk.press("<wait 10s>j")
        #expect(!desk.text.contains("read-only"))
        desk.press(":api<enter>")
        #expect(desk.text.contains("✗ The cluster is read-only: no space is left."))
        desk.console.noteFailure(nil)
        #expect(desk.draw().text.contains("• The cluster takes writes again."))
        desk.press("<wait 10s>:api<enter>")
        #expect(!desk.text.contains("read-only"))
    }

    @Test func aMenuTakesClicks() {
        let desk = Desk(size: Size(width: 100, height: 30))
        desk.press("c")
        let y = (0..<30).first { desk.row($0).contains("in $EDITOR") } ?? 0
        desk.console.handle(.mouse(MouseEvent(.click, x: 50, y: y)))
        guard case .edit(_, "create.yaml")? = desk.console.takeExternalRequest() else {
            Issue.record("the second entry is not chosen")
            return
        }
    }

    @Test func helpShowsOnlyWhatWorksHere() {
        let desk = Desk(size: Size(width: 160, height: 50))
        desk.press("?")
        #expect(desk.text.contains("describe, as kubectl does") && !desk.text.contains("cut a node's power"))
        desk.press("<esc>:nodes<enter>?")
        #expect(desk.text.contains("cut a node's power") && !desk.text.contains("set the replicas"))
    }

    @Test func helpScrollsWhereItDoesNotFit() {
        let desk = Desk(size: Size(width: 60, height: 16))
        desk.press("?")
        #expect(!desk.text.contains("leave"))
        desk.press("G")
        #expect(desk.text.contains("leave"))
    }

    @Test func enterDrillsDownAndEscComesBack() {
        let desk = Desk(size: Size(width: 120, height: 30))
        desk.press(":nodes<enter><enter>")
        #expect(desk.row(3).contains("pods(node-1)["))
        #expect(desk.row(28).contains("nodes › node-1"))
        desk.press("<enter>")
        #expect(desk.row(3).contains("describe(pod/"))
        desk.press("<esc><esc>")
        #expect(desk.row(3).contains("nodes[3]"))
        desk.press(":deploy<enter>j<enter>")
        #expect(desk.row(3).contains("pods(deployment/web)[8]"))
        desk.change { cluster in
            var service = Service(name: "web", namespace: "default")
            service.spec.selector = ["app": "web"]
            cluster.put(service)
            cluster.put(Service(name: "outside", namespace: "default"))
        }
        // A Service leads to its pods, and to its rules by their own key; one without a selector has no pods.
        desk.press(":svc<enter>j<enter>")
        #expect(desk.row(3).contains("pods(service/web)[8]"))
        desk.press("<esc>")
        #expect(desk.row(29).contains("v rules"))
        desk.press("v")
        #expect(desk.row(3).contains("rules(default/web)"))
        desk.press("<esc>k<enter>")
        #expect(desk.row(3).contains("describe(service/default/outside)"))
        desk.press(":ns<enter>G<enter>")
        #expect(desk.row(3).contains("pods(kube-system)[2]"))
        desk.press("0")
        #expect(desk.row(3).contains("pods(all)[12]"))
        desk.press("1")
        #expect(desk.row(3).contains("pods(default)[10]"))
    }

    @Test func theCommandBarCompletesAndGoes() {
        let desk = Desk(size: Size(width: 100, height: 30))
        desk.press(":dep")
        #expect(desk.text.contains("deployments") && desk.text.contains("apps/v1"))
        desk.press("<tab><enter>")
        #expect(desk.row(3).contains("deployments(all)[2]"))
        desk.press(":po kube-system<enter>")
        #expect(desk.row(3).contains("pods(kube-system)[2]"))
        desk.press(":pods all<enter>")
        #expect(desk.row(3).contains("pods(all)[12]"))
        desk.press(":podz<enter>")
        #expect(desk.text.contains("There is no kind or command podz; did you mean pods?"))
    }

    @Test func theCommandBarKnowsWhatHasRules() {
        let desk = Desk(size: Size(width: 100, height: 30))
        desk.change { cluster in
            cluster.put(Service(name: "web", namespace: "default"))
            cluster.put(Service(name: "twin", namespace: "default"))
            cluster.put(Service(name: "twin", namespace: "kube-system"))
        }
        desk.press(":rules ")
        #expect(desk.text.contains("rules web") && desk.text.contains("service in default"))
        #expect(desk.text.contains("rules default/twin") && desk.text.contains("rules kube-system/twin"))
        desk.press("we<tab><enter>")
        #expect(desk.row(3).contains("rules(default/web)"))
    }

    @Test func filtersNarrowTheRows() {
        let desk = Desk()
        desk.press("/web")
        #expect(desk.row(3).contains("pods(all)[8] </web>"))
        desk.press("<enter>")
        #expect(desk.row(3).contains("[8]"))
        desk.press("<esc>")
        #expect(desk.row(3).contains("[12]"))
        desk.press("/!web<enter>")
        #expect(desk.row(3).contains("[4]"))
        desk.press("/<ctrl-u>-l app=db<enter>")
        #expect(desk.row(3).contains("[2]"))
        desk.press("/<ctrl-u>db|coredns<enter>")
        #expect(desk.row(3).contains("[3]"))
        desk.press("/<ctrl-u>nothing at all<enter>")
        #expect(desk.text.contains("No pods match “nothing at all”."))
    }

    @Test func whatAFilterHidesIsNotActedOn() {
        let desk = Desk()
        desk.press("/nosuch<enter>")
        #expect(!desk.row(23).contains("describe"))
        desk.press("<ctrl-d>")
        #expect(!desk.text.contains("Delete"))
        desk.press("d")
        #expect(desk.row(3).contains("pods(all)[0]"))
        desk.press("<esc>d")
        #expect(desk.row(3).contains("describe(pod/default/db-1)"))
    }

    /// A row that was deleted fades where it stood; at the top keys are about the first row that is there meanwhile.
    @Test func theSelectionAtTheTopIsOnARowThatIsThere() {
        let desk = Desk()
        desk.change { $0.remove(ObjectKey(.pod, namespace: "default", name: "db-1")) }
        #expect(desk.text.contains("db-1") && desk.row(23).contains("d describe"))
        #expect(desk.row(22).hasSuffix(" 1/11 ─╯"), "what fades is not counted")
        desk.press("d")
        #expect(desk.row(3).contains("describe(pod/default/db-2)"))
        desk.press("<esc>")
        desk.change { cluster in
            for pod in cluster.snapshot.objects.list(Pod.self) { cluster.remove(pod.key) }
        }
        desk.press("d")
        #expect(desk.row(3).contains("pods(all)[0]"))
    }

    @Test func marksThatAFilterHidesAreNotActedOn() {
        let desk = Desk(size: Size(width: 100, height: 30))
        desk.press(":pods default<enter><space><space><space>")
        #expect(desk.row(3).contains(" 3 marked ") && !desk.row(3).contains("hidden"))
        desk.press("/web<enter>")
        #expect(desk.row(3).contains(" 3 marked, 2 hidden "))
        desk.press("<ctrl-d>")
        #expect(desk.text.contains("Delete pod default/web-7d4b9c6f5-1?"), "two databases are marked, too")
        desk.press("<esc>/<ctrl-u>web-7d4b9c6f5-4<enter>")
        #expect(desk.row(3).contains(" 3 marked, all hidden "))
        desk.press("<ctrl-d>")
        #expect(desk.text.contains("Delete pod default/web-7d4b9c6f5-4?"))
        desk.press("<esc>/<ctrl-u><enter><ctrl-d>")
        #expect(desk.text.contains("Delete 3 pods?"))
    }

    @Test func aNodeTakesItsPodsAlong() {
        let desk = Desk(size: Size(width: 100, height: 30))
        desk.change { $0.put(SampleCluster.pod("elsewhere", node: nil, phase: "Pending")) }
        desk.press(":nodes<enter>j<ctrl-d>")
        #expect(desk.text.contains("Delete node node-2?"))
        // Three of `web`, one of `db`.
        #expect(desk.text.contains("This also removes 4 Pods."), "\(desk.text)")
    }

    @Test func whatGoesAlongIsBrokenOnceOnTheSmallestScreen() {
        let desk = Desk(size: Console.minimumSize)
        desk.change { cluster in
            cluster.put(SampleCluster.namespace("team"))
            cluster.put(ConfigMap(name: "map", namespace: "team"))
            cluster.put(Service(name: "service", namespace: "team"))
            cluster.put(ServiceAccount(name: "account", namespace: "team"))
            cluster.put(PersistentVolumeClaim(name: "claim", namespace: "team"))
            cluster.put(SampleCluster.pod("pod", namespace: "team"))
            cluster.put(Secret(name: "secret", namespace: "team"))
        }
        desk.press(":ns<enter>G<ctrl-d>")
        for line in [
            "  This also removes 1 ConfigMap, 1 ", "  PersistentVolumeClaim, 1 Pod, 1 Secret, 1 ",
            "  ServiceAccount and 1 Service. ",
        ] { #expect(desk.text.contains(line), "\(desk.text)") }
    }

    @Test func namespacesAreChosenOnlyWhereTheyShow() {
        let desk = Desk(size: Size(width: 160, height: 50))
        for keys in [":pods kube-system<enter>:nodes<enter><enter>", ":pods kube-system<enter>y"] {
            desk.press(keys + "?")
            #expect(!desk.text.contains("all namespaces") && !desk.text.contains("a recent namespace"), "\(keys)")
            desk.press("<esc>0:deploy<enter>")
            #expect(desk.row(3).contains("deployments(kube-system)"), "\(keys): \(desk.row(3))")
        }
        desk.press("?")
        #expect(desk.text.contains("all namespaces"))
    }

    @Test func whoIsRestartedIsToldInOneAndInMany() {
        let desk = Desk(size: Size(width: 100, height: 30))
        desk.change { cluster in
            for name in ["api", "shop"] { cluster.put(SampleCluster.deployment(name, replicas: 1, ready: 1)) }
        }
        desk.press(":deployments default<enter>/api|shop<enter>r")
        #expect(desk.text.contains("Restart deployment default/api?"))
        #expect(desk.text.contains("Its pods are replaced as its strategy says."))
        desk.press("<esc><space><space>r")
        #expect(desk.text.contains("Restart 2 deployments?"))
        #expect(desk.text.contains("Their pods are replaced as their strategies say."))
    }

    @Test func aRangeIsMarkedFromTheNearestMark() {
        let desk = Desk(size: Size(width: 100, height: 30))
        // Without a mark there is nowhere to begin.
        desk.press(":pods default<enter>jj<ctrl-space>")
        #expect(!desk.row(3).contains("marked"))
        desk.press("g<space>jj<ctrl-space>")
        #expect(desk.row(3).contains(" 4 marked "))
        // Above the selection the nearest counts, which is not the first.
        desk.press("jj<ctrl-space>")
        #expect(desk.row(3).contains(" 6 marked "))
        // None is above: from the nearest below.
        desk.press("<ctrl-\\>G<space>kkk<ctrl-space>")
        #expect(desk.row(3).contains(" 4 marked "), "\(desk.row(3))")
        desk.press("<ctrl-d>")
        #expect(desk.text.contains("Delete 4 pods?"))
    }

    @Test func marksFollowWhatTheListHolds() {
        let desk = Desk(size: Size(width: 100, height: 30))
        desk.press(":pods default<enter>/db|web<enter><space><space><space>")
        #expect(desk.row(3).contains(" 3 marked "))
        // A marked row that the filter does not hold any more is hidden, and comes back with its name.
        desk.press("/<ctrl-u>-l app=db<enter>")
        #expect(desk.row(3).contains(" 3 marked, 1 hidden "))
        desk.change { $0.put(SampleCluster.pod("db-1", app: "cache")) }
        #expect(desk.row(3).contains(" 3 marked, 2 hidden "))
        desk.change { $0.put(SampleCluster.pod("db-1", app: "db")) }
        #expect(desk.row(3).contains(" 3 marked, 1 hidden "))
        desk.change { $0.remove(ObjectKey(.pod, namespace: "default", name: "db-1")) }
        #expect(desk.row(3).contains(" 2 marked, 1 hidden "))
        // What goes while changes are lost is not marked either.
        desk.lateChange { $0.remove(ObjectKey(.pod, namespace: "default", name: "db-2")) }
        #expect(desk.row(3).contains(" 1 marked, all hidden "))
    }

    @Test func lookingGoesByTheSelectionAndDeletingByTheMarks() {
        let desk = Desk()
        desk.press("<space>d")
        #expect(desk.row(3).contains("describe(pod/default/db-2)"))
        desk.press("<esc>y")
        #expect(desk.row(3).contains("yaml(pod/default/db-2)"))
        desk.press("<esc><ctrl-d>")
        #expect(desk.text.contains("Delete pod default/db-1?"))
    }

    @Test func aNameIsLookedForInAllNamespacesThatAreShown() {
        let desk = Desk()
        desk.press(":pods coredns-1<enter>")
        #expect(desk.row(3).contains("describe(pod/kube-system/coredns-1)"))
        desk.change { cluster in
            for namespace in ["kube-public", "kube-system"] {
                cluster.put(SampleCluster.pod("twin", namespace: namespace))
                cluster.put(Service(name: "twin", namespace: namespace))
            }
            cluster.put(Service(name: "alone", namespace: "kube-system"))
        }
        desk.press(":pods twin<enter>")
        #expect(desk.text.contains("There are 2, in kube-public, kube-system: say pods NAMESPACE twin."))
        desk.press(":rules twin<enter>")
        #expect(desk.text.contains("There are 2, in kube-public, kube-system: say rules NAMESPACE/twin."))
        desk.press(":rules alone<enter>")
        #expect(desk.row(3).contains("rules(kube-system/alone)"))
        desk.press(":rules kube-public/twin<enter>")
        #expect(desk.row(3).contains("rules(kube-public/twin)"))
    }

    @Test func namesStayWhenColumnsAreScrolledOut() {
        let desk = Desk()
        desk.press("<right><right>")
        #expect(desk.row(4).contains("NAMESPACE↑") && desk.row(4).contains("NAME ") && !desk.row(4).contains("READY"))
        #expect(desk.row(5).contains("db-1"))
    }

    @Test func timeKeysSendCommands() {
        let desk = Desk()
        func commands(_ keys: String) -> [String] {
            desk.press(keys)
            return desk.console.takeCommands().map { "\($0.command)" }
        }
        #expect(commands(".") == ["setClockPaused(true)", "step"])
        // Before the cluster shows what it was asked for, keys go on from that.
        #expect(commands("p") == ["setClockPaused(false)"])
        #expect(commands("pp") == ["setClockPaused(true)", "setClockPaused(false)"])
        #expect(commands("+++") == ["setSpeed(2.0)", "setSpeed(5.0)", "setSpeed(10.0)"])
        #expect(commands("-") == ["setSpeed(5.0)"])
        #expect(commands(":speed max<enter>") == ["setSpeed(inf)"])
        #expect(commands("-") == ["setSpeed(3600.0)"])
    }

    @Test func timeKeysGoByTheClockThatIsShown() {
        let desk = Desk()
        func commands(_ keys: String) -> [String] {
            desk.press(keys)
            return desk.console.takeCommands().map { "\($0.command)" }
        }
        desk.change { $0.isClockPaused = true }
        #expect(commands(".") == ["step"])
        #expect(commands("p") == ["setClockPaused(false)"])
        #expect(commands("-") == ["setSpeed(0.5)"])
    }

    @Test func nodeActionsGoByTheStateOfTheNode() {
        let desk = Desk(size: Size(width: 120, height: 30))
        desk.press(":nodes<enter>X")
        #expect(desk.console.takeCommands().isEmpty)
        desk.press("x")
        guard case .powerOff("node-1")? = desk.console.takeCommands().first?.command else {
            Issue.record("x does not power node-1 off")
            return
        }
        desk.change { $0.poweredOff = ["node-1"] }
        #expect(desk.row(5).contains("off"))
        desk.press("X<space>x")
        // The first is off: powered on; then it is marked, which leaves nothing to power off.
        guard case .powerOn("node-1")? = desk.console.takeCommands().first?.command else {
            Issue.record("X does not power node-1 on")
            return
        }
        desk.press("<space><space>C")
        #expect(desk.console.takeCommands().count == 3)
    }

    @Test func deletionSaysWhatGoesWithIt() {
        var cluster = SampleCluster.small()
        let deployment = cluster.snapshot.objects.object(ObjectKey(.deployment, namespace: "default", name: "web"))
        var replicaSet = ReplicaSet(name: "web-7d4b9c6f5", namespace: "default")
        var owner = OwnerReference()
        owner.kind = "Deployment"
        owner.name = "web"
        owner.uid = deployment?.uid ?? ""
        replicaSet.metadata.uid = "rs"
        replicaSet.metadata.ownerReferences = [owner]
        cluster.put(replicaSet)
        owner.kind = "ReplicaSet"
        owner.uid = "rs"
        for number in 1...10 {
            var pod = SampleCluster.pod("web-owned-\(number)")
            pod.metadata.ownerReferences = [owner]
            cluster.put(pod)
        }
        let desk = Desk(cluster, size: Size(width: 100, height: 30))
        desk.press(":deploy<enter>j<ctrl-d>")
        #expect(desk.text.contains("Delete deployment default/web?"))
        #expect(desk.text.contains("This also removes 10 Pods and 1 ReplicaSet."))
        desk.press("<enter>")
        #expect(desk.console.takeCommands().isEmpty, "the focus is not on what deletes")
        desk.press("<ctrl-d>d")
        guard case .delete(let keys, _)? = desk.console.takeCommands().first?.command else {
            Issue.record("nothing is deleted")
            return
        }
        #expect(keys.map(\.name) == ["web"])
        desk.press(":ns<enter><ctrl-d>")
        #expect(desk.text.contains("Type default to confirm:") && desk.text.contains("2 Deployments"))
    }

    @Test func aDoubleClickOpensAndAHeaderSorts() {
        let desk = Desk()
        desk.console.handle(.mouse(MouseEvent(.click, x: 10, y: 6)))
        desk.console.handle(.mouse(MouseEvent(.doubleClick, x: 10, y: 6)))
        desk.draw()
        #expect(desk.row(3).contains("describe(pod/default/db-2)"))
        desk.press("<esc>")
        let x = (0..<80).first { desk.row(4).dropFirst($0).hasPrefix("STATUS") } ?? 0
        desk.console.handle(.mouse(MouseEvent(.click, x: x, y: 4)))
        desk.draw()
        #expect(desk.row(4).contains("STATUS↑") && desk.row(5).contains("Pending"))
    }
}
