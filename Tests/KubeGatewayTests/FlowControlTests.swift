import KubeAPI
import KubeAPIServer
import KubeGateway
import NIOConcurrencyHelpers
import Testing

/// Flow control with a clock that a test moves, over objects that it makes up.
final class FlowBench {
    var control: FlowControl
    var now = 0.0
    private let begun = NIOLockedValueBox<[String]>([])
    private var seats: [String: FlowControl.Seat] = [:]

    init(seats: Int, _ levels: [PriorityLevelConfiguration], _ schemas: [FlowSchema]) {
        control = FlowControl(totalSeats: seats, mandatory: FlowControlDefaults.mandatory, now: 0)
        configure(levels, schemas)
    }

    /// What upstream's API server begins with.
    init(defaultsWith seats: Int) {
        control = FlowControl(totalSeats: seats, mandatory: FlowControlDefaults.mandatory, now: 0)
        configure(
            FlowControlDefaults.objects.compactMap { $0.as(PriorityLevelConfiguration.self) },
            FlowControlDefaults.objects.compactMap { $0.as(FlowSchema.self) })
    }

    func configure(_ levels: [PriorityLevelConfiguration], _ schemas: [FlowSchema]) {
        for begin in control.configure(levels, schemas, now: now) { begin() }
    }

    @discardableResult
    func ask(
        _ name: String, user: String, groups: [String] = ["system:authenticated"], _ method: String = "GET",
        _ path: String = "/api/v1/nodes", width: Int = 1, watches: Int = 0
    ) -> FlowControl.Admission {
        var asker = UserInfo()
        asker.username = user
        asker.groups = groups
        let info = RequestInfo(method: method, path: path, query: QueryItems(""))
        var others: [@Sendable () -> Void] = []
        let admission = control.admit(
            asker, info, width: width, watches: watches, now: now,
            begin: { [begun] in begun.withLockedValue { $0.append(name) } }, others: &others)
        for begin in others { begin() }
        if admission.outcome == .served { begun.withLockedValue { $0.append(name) } }
        seats[name] = admission.seat
        return admission
    }

    func seat(of name: String) -> FlowControl.Seat? { seats[name] }

    func finish(_ name: String) {
        guard let seat = seats[name] else { return }
        for begin in control.leave(seat, now: now) { begin() }
    }

    /// Goes on to a time, and wakes the control when it wants to be.
    func advance(to time: Double) {
        now = time
        for begin in control.release(now: now).begun { begin() }
    }

    func giveUp(_ name: String) -> Bool {
        seats[name].map { control.giveUp($0, .timedOut, now: now) } ?? false
    }

    /// The names of all that was begun, in order.
    var order: [String] { begun.withLockedValue { $0 } }

    static func level(
        _ name: String, shares: Int, lendable: Int = 0, borrowing: Int? = 0,
        queues: (count: Int, hand: Int, length: Int)? = nil
    ) -> PriorityLevelConfiguration {
        var level = PriorityLevelConfiguration(name: name)
        level.spec.type = "Limited"
        var limited = LimitedPriorityLevelConfiguration()
        limited.nominalConcurrencyShares = shares
        limited.lendablePercent = lendable
        limited.borrowingLimitPercent = borrowing
        var response = LimitResponse()
        response.type = queues == nil ? "Reject" : "Queue"
        if let queues {
            var queuing = QueuingConfiguration()
            queuing.queues = queues.count
            queuing.handSize = queues.hand
            queuing.queueLengthLimit = queues.length
            response.queuing = queuing
        }
        limited.limitResponse = response
        level.spec.limited = limited
        return level
    }

    /// A schema for all requests of a group.
    static func schema(
        _ name: String, level: String, precedence: Int = 1000, group: String = "system:authenticated"
    ) -> FlowSchema {
        var schema = FlowSchema(name: name)
        schema.spec.priorityLevelConfiguration.name = level
        schema.spec.matchingPrecedence = precedence
        var method = FlowDistinguisherMethod()
        method.type = "ByUser"
        schema.spec.distinguisherMethod = method
        var subject = FlowcontrolSubject()
        subject.kind = "Group"
        var groupSubject = GroupSubject()
        groupSubject.name = group
        subject.group = groupSubject
        var rule = ResourcePolicyRule()
        rule.verbs = ["*"]
        rule.apiGroups = ["*"]
        rule.resources = ["*"]
        rule.namespaces = ["*"]
        rule.clusterScope = true
        var rules = PolicyRulesWithSubjects()
        rules.subjects = [subject]
        rules.resourceRules = [rule]
        schema.spec.rules = [rules]
        return schema
    }
}

@Suite("Priority and fairness")
struct FlowControlTests {
    /// One seat for a level "work" of one queue a flow.
    private func narrow(hand: Int = 1, length: Int = 50) -> FlowBench {
        FlowBench(
            seats: 2, [FlowBench.level("work", shares: 5, queues: (64, hand, length))],
            [FlowBench.schema("work", level: "work")])
    }

    // MARK: Classification

    private static let account = "system:serviceaccount:"

    @Test(arguments: [
        ("kubernetes-admin", "kubeadm:cluster-admins", "GET", "/api/v1/pods", "global-default"),
        ("root", "system:masters", "GET", "/api/v1/pods", "exempt"),
        ("system:anonymous", "system:unauthenticated", "GET", "/livez", "probes"),
        ("system:anonymous", "system:unauthenticated", "GET", "/livez/etcd", "probes"),
        ("system:anonymous", "system:unauthenticated", "GET", "/livezz", "global-default"),
        ("system:anonymous", "system:unauthenticated", "POST", "/livez", "global-default"),
        (
            "system:node:a", "system:nodes", "PUT",
            "/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/a", "system-node-high"
        ),
        ("system:node:a", "system:nodes", "PATCH", "/api/v1/nodes/a/status", "system-node-high"),
        ("system:node:a", "system:nodes", "GET", "/api/v1/pods", "system-nodes"),
        ("system:kube-scheduler", "", "PATCH", "/api/v1/namespaces/x/pods/a/status", "kube-scheduler"),
        (
            "system:kube-scheduler", "", "PUT",
            "/apis/coordination.k8s.io/v1/namespaces/kube-system/leases/kube-scheduler", "system-leader-election"
        ),
        (
            account + "kube-system:endpoint-controller", "", "PUT", "/api/v1/namespaces/x/endpoints/a",
            "endpoint-controller"
        ),
        (account + "kube-system:other", "", "PUT", "/api/v1/namespaces/x/endpoints/a", "workload-leader-election"),
        (account + "kube-system:other", "", "GET", "/api/v1/pods", "kube-system-service-accounts"),
        (account + "default:other", "system:serviceaccounts", "GET", "/api/v1/pods", "service-accounts"),
    ])
    func defaults(user: String, group: String, method: String, path: String, schema: String) {
        let bench = FlowBench(defaultsWith: 600)
        let groups = group == "system:unauthenticated" ? [group] : [group, "system:authenticated"]
        // Twice: the second time the user is known.
        for _ in 0..<2 {
            #expect(bench.ask("x", user: user, groups: groups, method, path).schema == schema)
        }
    }

    @Test func precedenceThenName() {
        let bench = FlowBench(
            seats: 100, [FlowBench.level("work", shares: 10)],
            [
                FlowBench.schema("late", level: "work", precedence: 900),
                FlowBench.schema("b", level: "work", precedence: 500),
                FlowBench.schema("a", level: "work", precedence: 500),
                FlowBench.schema("dangling", level: "none", precedence: 2),
            ])
        #expect(bench.ask("1", user: "u").schema == "a")
        #expect(bench.ask("2", user: "u", groups: ["others"]).schema == "catch-all")
        bench.configure([], [FlowBench.schema("a", level: "work", precedence: 500)])
        #expect(bench.ask("3", user: "u").schema == "catch-all")
    }

    // MARK: Seats

    @Test func seatsOfTheDefaults() throws {
        let bench = FlowBench(defaultsWith: 600)
        let expected = [
            ("exempt", 0, 0, 600), ("catch-all", 13, 13, 613), ("system", 74, 50, 674), ("node-high", 98, 73, 698),
            ("leader-election", 25, 25, 625), ("workload-high", 98, 49, 698), ("workload-low", 245, 24, 845),
            ("global-default", 49, 24, 649),
        ]
        for (name, nominal, minimum, maximum) in expected {
            let seats = try #require(bench.control.seats(of: name))
            #expect([seats.nominal, seats.minimum, seats.maximum] == [nominal, minimum, maximum], "\(name)")
        }
        // Idle levels share all seats by what they would not lend.
        #expect(bench.control.seats(of: "leader-election")?.current == 58)
        #expect(bench.control.seats(of: "workload-low")?.current == 56)
    }

    @Test func whatIsNotUsedIsLent() throws {
        let bench = FlowBench(
            seats: 100,
            [
                FlowBench.level("busy", shares: 10, borrowing: nil, queues: (8, 2, 50)),
                FlowBench.level("calm", shares: 35, lendable: 80, borrowing: nil, queues: (8, 2, 50)),
            ], [FlowBench.schema("busy", level: "busy")])
        #expect(bench.control.seats(of: "busy")?.nominal == 20)
        for number in 0..<80 { bench.ask("\(number)", user: "u\(number)") }
        bench.now = 10
        for begin in bench.control.adjust(now: bench.now) { begin() }
        let seats = try #require(bench.control.seats(of: "busy")?.current)
        #expect(seats > 60)
        // The lender keeps its minimum, and all together have no more than there are.
        #expect(try #require(bench.control.seats(of: "calm")).current >= 14)
        #expect(bench.control.counts(of: "busy")?.served == min(seats, 80))
    }

    @Test func sharing() {
        let claims: [SeatAllocation.Claim] = [2, 4, 30].map { .init(from: 1, to: 10, target: $0) }
        let (seats, fraction) = SeatAllocation.share(12, among: claims)
        #expect(abs(fraction - 11.0 / 34) < 1e-9)
        #expect(zip(seats, [1, 44.0 / 34, 330.0 / 34]).allSatisfy { abs($0 - $1) < 1e-9 })
        #expect(SeatAllocation.share(100, among: claims).seats == [10, 10, 10])
        #expect(SeatAllocation.share(0, among: claims).seats == [1, 1, 1])
    }

    // MARK: Queues

    @Test func flowsTakeTurns() {
        let bench = narrow()
        for number in 1...5 { bench.ask("flood \(number)", user: "flood") }
        bench.ask("calm 1", user: "calm")
        bench.ask("calm 2", user: "calm")
        #expect(bench.control.counts(of: "work")?.waiting == 6)
        for place in 0..<7 {
            bench.now += 0.003
            bench.finish(bench.order[place])
        }
        #expect(
            bench.order == ["flood 1", "calm 1", "flood 2", "calm 2", "flood 3", "flood 4", "flood 5"])
        #expect(bench.control.counts(of: "work")?.served == 0)
        #expect(bench.ask("again", user: "calm").outcome == .served)
    }

    /// Whose requests take long waits for those whose requests are short.
    @Test func longRequestsAreCharged() {
        let bench = narrow()
        for number in 1...3 { bench.ask("slow \(number)", user: "slow") }
        for number in 1...6 { bench.ask("quick \(number)", user: "quick") }
        for place in 0..<6 {
            let name = bench.order[place]
            bench.now += name.hasPrefix("slow") ? 0.03 : 0.001
            bench.finish(name)
        }
        #expect(bench.order == ["slow 1"] + (1...6).map { "quick \($0)" })
    }

    @Test func fullQueuesRefuse() {
        let bench = narrow(length: 2)
        #expect(bench.ask("1", user: "a").outcome == .served)
        #expect(bench.ask("2", user: "a").outcome == .waits)
        #expect(bench.ask("3", user: "a").outcome == .waits)
        #expect(bench.ask("4", user: "a").outcome == .refused(retryAfter: 1))
        #expect(bench.ask("5", user: "b").outcome == .waits)
        #expect(bench.ask("6", user: "root", groups: ["system:masters"]).outcome == .served)
    }

    @Test func levelsWithoutQueuesRefuse() {
        let bench = FlowBench(
            seats: 4, [FlowBench.level("work", shares: 5)], [FlowBench.schema("work", level: "work")])
        #expect(bench.ask("1", user: "a").outcome == .served)
        // Its second seat is free, and not wide enough.
        #expect(bench.ask("2", user: "a", width: 2).outcome == .refused(retryAfter: 1))
        #expect(bench.ask("3", user: "a").outcome == .served)
        #expect(bench.ask("4", user: "a").outcome == .refused(retryAfter: 1))
        bench.finish("1")
        #expect(bench.ask("5", user: "a").outcome == .served)
    }

    @Test func whatIsGivenUpIsNotBegun() {
        let bench = narrow()
        for name in ["1", "2", "3"] { bench.ask(name, user: "a") }
        #expect(bench.giveUp("2"))
        #expect(!bench.giveUp("2"))
        #expect(!bench.giveUp("1"))
        bench.finish("1")
        bench.finish("1")
        #expect(bench.order == ["1", "3"])
    }

    /// A flow has only its hand of the queues, and uses all of it.
    @Test func aFlowHasAHandOfQueues() {
        let bench = narrow(hand: 4, length: 1)
        let outcomes = (1...6).map { bench.ask("\($0)", user: "a").outcome }
        #expect(outcomes == [.served, .waits, .waits, .waits, .waits, .refused(retryAfter: 1)])
    }

    // MARK: Seats for watches

    /// Fourteen seats, and a write that 25 watches are told of: it takes three, and holds them for 5 ms after its end.
    @Test func writesHoldSeatsForWatches() throws {
        let bench = FlowBench(
            seats: 28, [FlowBench.level("work", shares: 5, queues: (64, 1, 50))],
            [FlowBench.schema("work", level: "work")])
        #expect(bench.control.seats(of: "work")?.current == 14)
        bench.ask("write", user: "a", "PUT", "/api/v1/nodes/a", watches: 25)
        let others = (1...12).map { "\($0)" }
        for name in others { bench.ask(name, user: name) }
        let first = ["write"] + others.dropLast()
        #expect(bench.order == first)
        bench.now = 0.001
        bench.finish("write")
        // Its client has its answer, but nobody its seats.
        #expect(bench.control.counts(of: "work")?.served == 11)
        #expect(bench.control.counts(of: "work")?.waiting == 1)
        let seat = try #require(bench.seat(of: "12"))
        let time = try #require(bench.control.nextRelease(of: seat))
        #expect(abs(time - 0.006) < 1e-9)
        bench.advance(to: 0.005)
        #expect(bench.order == first)
        bench.advance(to: time)
        #expect(bench.order == first + ["12"])
        #expect(bench.control.nextRelease(of: seat) == nil)
    }

    /// Nobody is woken if nobody waits: the next request takes what has become free meanwhile.
    @Test func heldSeatsBecomeFreeByThemselves() {
        let bench = FlowBench(
            seats: 10, [FlowBench.level("work", shares: 5)], [FlowBench.schema("work", level: "work")])
        let write = bench.ask("write", user: "a", "DELETE", "/api/v1/nodes/a", watches: 50)
        bench.finish("write")
        #expect(bench.control.nextRelease(of: write.seat) == nil)
        bench.now = 0.004
        #expect(bench.ask("early", user: "b").outcome == .refused(retryAfter: 1))
        bench.now = 0.0051
        #expect(bench.ask("late", user: "b").outcome == .served)
    }

    /// 150 watches would take 15 seats; ten are held, for half as long again.
    @Test func manyWatchesHoldSeatsForLonger() {
        let bench = FlowBench(
            seats: 20, [FlowBench.level("work", shares: 5)], [FlowBench.schema("work", level: "work")])
        #expect(bench.control.seats(of: "work")?.current == 10)
        bench.ask("write", user: "a", "POST", "/api/v1/nodes", watches: 150)
        bench.finish("write")
        bench.now = 0.0074
        #expect(bench.ask("early", user: "b").outcome == .refused(retryAfter: 1))
        bench.now = 0.0076
        #expect(bench.ask("late", user: "b").outcome == .served)
        // Nine watches take nothing.
        bench.finish("late")
        bench.ask("quiet", user: "a", "POST", "/api/v1/nodes", watches: 9)
        bench.finish("quiet")
        #expect(bench.ask("wide", user: "b", width: 10).outcome == .served)
    }

    @Test func watchesThatAWriteIsToldTo() throws {
        let counts = WatchCounts()
        let pods = GroupResource(resource: "pods")
        func place(_ path: String, _ fields: String = "") throws -> WatchCounts.Place? {
            let selector = try FieldSelector(parsing: fields, kind: .pod)
            return WatchCounts.place(
                RequestInfo(method: "GET", path: path, query: QueryItems("watch=true")), selector)
        }
        func count(_ method: String, _ path: String) -> Int? {
            counts.count(of: RequestInfo(method: method, path: path, query: QueryItems("")))
        }
        let all = try #require(try place("/api/v1/pods"))
        #expect(all == WatchCounts.Place())
        let ofNamespace = try #require(try place("/api/v1/namespaces/a/pods", "status.phase=Running"))
        let ofOne = try #require(try place("/api/v1/namespaces/a/pods", "metadata.name=x"))
        #expect(ofOne == WatchCounts.Place(namespace: "a", name: "x"))
        #expect(try place("/api/v1/pods", "spec.nodeName=node-1") == nil)
        #expect(try place("/api/v1/pods", "spec.nodeName=") == all)
        for place in [all, ofNamespace, ofOne] { counts.add(pods, place) }
        #expect(count("PUT", "/api/v1/namespaces/a/pods/x/status") == 3)
        #expect(count("DELETE", "/api/v1/namespaces/a/pods/y") == 2)
        #expect(count("POST", "/api/v1/namespaces/a/pods") == 2)
        #expect(count("PATCH", "/api/v1/namespaces/b/pods/x") == 1)
        #expect(count("DELETE", "/api/v1/namespaces/a/pods") == nil)
        #expect(count("GET", "/api/v1/namespaces/a/pods/x") == nil)
        #expect(count("POST", "/api/v1/namespaces/a/configmaps") == 0)
        let accounts = GroupResource(resource: "serviceaccounts")
        counts.add(accounts, all)
        #expect(count("POST", "/api/v1/namespaces/a/serviceaccounts/x/token") == nil)
        #expect(count("PUT", "/api/v1/namespaces/a/serviceaccounts/x") == 1)
        for place in [all, ofNamespace, ofOne] { counts.remove(pods, place) }
        #expect(count("PUT", "/api/v1/namespaces/a/pods/x") == 0)
    }

    // MARK: Changes

    @Test func aLevelThatGoesEmptiesItself() {
        let bench = narrow()
        for name in ["1", "2"] { bench.ask(name, user: "a") }
        bench.configure([], [])
        #expect(bench.ask("3", user: "a").schema == "catch-all")
        bench.finish("1")
        #expect(bench.order == ["1", "3", "2"])
        bench.finish("2")
        for begin in bench.control.adjust(now: 10) { begin() }
        #expect(bench.control.seats(of: "work") == nil)
    }

    @Test func moreSeatsBeginWhatWaits() {
        let bench = narrow()
        for name in ["1", "2", "3"] { bench.ask(name, user: "a") }
        bench.configure(
            [FlowBench.level("work", shares: 100, queues: (64, 1, 50))], [FlowBench.schema("work", level: "work")])
        #expect(bench.control.seats(of: "work")?.current == 2)
        #expect(bench.order == ["1", "2"])
    }

    /// The mandatory objects count as they are, though somebody deleted them.
    @Test func mandatoryObjectsAreAlwaysThere() {
        let bench = FlowBench(seats: 10, [], [])
        #expect(bench.ask("1", user: "root", groups: ["system:masters"]).schema == "exempt")
        #expect(bench.ask("2", user: "a").schema == "catch-all")
        #expect(bench.control.seats(of: "catch-all")?.current == 10)
    }

    @Test func refusalsLengthenTheWait() {
        var rate = RefusalRate()
        // Second by second, ten refusals each: twice as long at the second, and again when that has passed.
        var told: [Int] = []
        for second in 0..<8 {
            for _ in 0..<10 { rate.note(second: second) }
            told.append(rate.retryAfter)
        }
        #expect(told == [1, 2, 2, 4, 4, 4, 4, 8])
        // Then one every forty seconds: a second less each time.
        for second in [40, 80, 120] { rate.note(second: second) }
        #expect(rate.retryAfter == 5)
    }
}
