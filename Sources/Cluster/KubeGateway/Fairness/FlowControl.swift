import KubeAPI

/// API Priority and Fairness: which requests are served now, which wait, and which are refused, by the cluster's
/// FlowSchemas and PriorityLevelConfigurations.
///
/// A value that knows no thread and no clock: `PriorityAndFairness` drives it. Times are seconds of a clock that only
/// goes on.
///
/// Follows apiserver pkg/util/flowcontrol/apf_controller.go.
package struct FlowControl: Sendable {
    /// The seats of a request that has been classified, by which it is given up or ended.
    package struct Seat: Sendable {
        package let level: String
        fileprivate let number: Int
    }

    package enum Outcome: Equatable, Sendable {
        /// Served now; its seats are to be given back at its end.
        case served
        /// Will be served, or given up.
        case waits
        /// Refused, with what the client is told to wait, in seconds.
        case refused(retryAfter: Int)
    }

    package struct Admission: Sendable {
        package let outcome: Outcome
        package let seat: Seat
        package let schema: String
        package let schemaUID: String
        package let levelUID: String
    }

    /// How often lent seats are given out anew, in seconds.
    package static let adjustmentPeriod = 10.0

    private let totalSeats: Int
    private let mandatory: [KubeObject]
    private var classifier = FlowClassifier([])
    private(set) var levels: [String: PriorityLevel] = [:]
    private(set) var fairFraction = 0.0
    private var nextNumber = 0

    /// - Parameters:
    ///   - totalSeats: What all levels share that are not exempt.
    ///   - mandatory: Objects that are there even if the API has none of their names: `exempt` and `catch-all`.
    package init(totalSeats: Int, mandatory: [KubeObject], now: Double) {
        self.totalSeats = totalSeats
        self.mandatory = mandatory
        _ = configure([], [], now: now)
    }

    // MARK: Configuration

    /// Goes by other objects from now on. What waits and is served stays so: a level that is gone empties itself first.
    ///
    /// - Returns: What is to be begun.
    package mutating func configure(
        _ levelObjects: [PriorityLevelConfiguration], _ schemaObjects: [FlowSchema], now: Double
    ) -> [@Sendable () -> Void] {
        for name in levels.keys { levels[name]?.isLeaving = true }
        for object in levelObjects { take(object, now: now) }
        for object in mandatory {
            guard let object = object.as(PriorityLevelConfiguration.self), levels[object.name]?.isLeaving ?? true else {
                continue
            }
            take(object, now: now)
        }
        var rules = schemaObjects.map { FlowRules($0) }
        for object in mandatory {
            guard let object = object.as(FlowSchema.self), !rules.contains(where: { $0.name == object.name }) else {
                continue
            }
            rules.append(FlowRules(object))
        }
        // One whose level is not there is passed over.
        classifier = FlowClassifier(rules.filter { levels[$0.level].map { !$0.isLeaving } ?? false })
        for (name, level) in levels where level.isLeaving && level.queues.isIdle { levels[name] = nil }
        let shares = levels.values.reduce(0) { $0 + $1.settings.shares }
        for name in levels.keys { levels[name]?.setBounds(total: totalSeats, shares: shares) }
        return allocate(now)
    }

    private mutating func take(_ object: PriorityLevelConfiguration, now: Double) {
        guard let settings = LevelSettings(object) else { return }
        let uid = object.metadata.uid ?? ""
        if levels[object.name]?.configure(uid: uid, settings) == nil {
            levels[object.name] = PriorityLevel(object.name, uid: uid, settings, now: now)
        }
    }

    /// Ends a period of borrowing: seats that one level lends and does not use go to those that want more.
    ///
    /// - Returns: What is to be begun.
    package mutating func adjust(now: Double) -> [@Sendable () -> Void] {
        for (name, level) in levels where level.isLeaving && level.queues.isIdle { levels[name] = nil }
        return allocate(now)
    }

    private mutating func allocate(_ now: Double) -> [@Sendable () -> Void] {
        let names = levels.keys.sorted(by: precedesUTF8)
        for name in names {
            levels[name]?.release(now)
            levels[name]?.demand.endPeriod(now: now)
        }
        let nominal = names.reduce(0) { $0 + (levels[$1]?.nominalSeats ?? 0) }
        let result = SeatAllocation.share(nominal, among: names.compactMap { levels[$0]?.claim })
        fairFraction = result.fraction
        for (name, seats) in zip(names, result.seats) { levels[name]?.setSeats(Int(seats.rounded())) }
        return names.flatMap { dispatchAll($0, now: now) }
    }

    // MARK: Requests

    /// Classifies a request and asks for its seats.
    ///
    /// - Parameters:
    ///   - width: How many seats it would take, if it may take as many.
    ///   - watches: How many watches will be told of what it writes; nil if it writes nothing.
    ///   - begin: Called later, if it has to wait.
    ///   - others: Is given what else is to be begun.
    package mutating func admit(
        _ user: UserInfo, _ info: RequestInfo, width: Int, watches: Int? = nil, now: Double,
        begin: @escaping @Sendable () -> Void, others: inout [@Sendable () -> Void]
    ) -> Admission {
        let rules = classifier.schema(of: user, info)
        nextNumber += 1
        let username = user.username ?? ""
        let number = nextNumber
        let admitted = levels[rules.level]?.admit(now: now) { level in
            let hasFlows = level.settings.queuing.map { $0.queues > 1 } ?? false
            let distinguisher =
                switch rules.distinguisher {
                case .user where hasFlows: username
                case .namespace where hasFlows: info.namespace
                default: ""
                }
            return FlowRequest(
                number: number, schema: rules.name, distinguisher: distinguisher, user: username, info: info,
                work: RequestWork(width: width, watches: watches, widest: level.widestRequest), arrival: now,
                begin: begin)
        }
        others += admitted?.begun ?? []
        return Admission(
            outcome: admitted?.outcome ?? .refused(retryAfter: 1), seat: Seat(level: rules.level, number: number),
            schema: rules.name, schemaUID: rules.uid, levelUID: levels[rules.level]?.uid ?? "")
    }

    /// Takes a waiting request out, because it has waited too long or its client has gone. False if it has been begun
    /// already.
    package mutating func giveUp(_ seat: Seat, _ refusal: LevelCounts.Refusal, now: Double) -> Bool {
        levels[seat.level]?.giveUp(seat.number, refusal, now: now) ?? false
    }

    /// Gives the seats of a request back, or its place in the queue if it has none yet.
    ///
    /// - Returns: What is to be begun.
    package mutating func leave(_ seat: Seat, now: Double) -> [@Sendable () -> Void] {
        if levels[seat.level]?.finish(seat.number, now: now) ?? false { return dispatchAll(seat.level, now: now) }
        _ = giveUp(seat, .cancelled, now: now)
        return []
    }

    private mutating func dispatchAll(_ name: String, now: Double) -> [@Sendable () -> Void] {
        levels[name]?.dispatchAll(now: now) ?? []
    }

    // MARK: Seats that are held

    /// When seats of a request's level become free that were held beyond its end, and that others wait for; nil if
    /// nobody waits for any.
    package func nextRelease(of seat: Seat) -> Double? { levels[seat.level]?.nextRelease }

    /// Takes seats back whose time has come, and begins what waits for them.
    ///
    /// - Returns: What is to be begun, and when seats become free next that others wait for.
    package mutating func release(now: Double) -> (begun: [@Sendable () -> Void], next: Double?) {
        let names = levels.keys.sorted(by: precedesUTF8)
        let begun = names.flatMap { dispatchAll($0, now: now) }
        return (begun, names.compactMap { levels[$0]?.nextRelease }.min())
    }

    /// The client is told to stay away longer if many were.
    package func retryAfter(_ seat: Seat) -> Int { levels[seat.level]?.refusals.retryAfter ?? 1 }

    // MARK: Reading

    /// As it is at a time, without what would begin then.
    package func settled(now: Double) -> FlowControl {
        var control = self
        for name in levels.keys { control.levels[name]?.release(now) }
        return control
    }

    var sortedLevels: [PriorityLevel] { levels.values.sorted { compareUTF8($0.name, $1.name) < 0 } }

    /// What a level has: by its shares, at least, at most, and now; nil if there is no such level.
    package func seats(of level: String) -> (nominal: Int, minimum: Int, maximum: Int, current: Int)? {
        levels[level].map { ($0.nominalSeats, $0.minimumSeats, $0.maximumSeats, $0.seats) }
    }

    /// How many requests of a level are served and how many wait; nil if there is no such level.
    package func counts(of level: String) -> (served: Int, waiting: Int)? {
        levels[level].map { ($0.queues.executing.count, $0.queues.waitingCount) }
    }
}

extension PriorityLevel {
    /// What becomes of a request, and what else is to be begun.
    fileprivate mutating func admit(
        now: Double, _ make: (PriorityLevel) -> FlowRequest
    ) -> (outcome: FlowControl.Outcome, begun: [@Sendable () -> Void]) {
        release(now)
        let request = make(self)
        counts.came(request)
        let outcome: FlowControl.Outcome
        var begun: [FlowRequest] = []
        let hash =
            settings.queuing.map { $0.queues > 1 } ?? false
            ? ShuffleSharding.hash(request.schema, request.distinguisher) : 0
        switch queues.admit(request, hash: hash, limit: limit, now: now, &begun) {
        case .begun:
            outcome = .served
            counts.began(request, wait: settings.isExempt ? nil : 0, hasWaited: false)
        case .waits(let queueLength):
            outcome = .waits
            counts.waits(request, queueLength: queueLength)
        case .refused(let refusal):
            counts.refused(request, refusal, now: now, hasWaited: false)
            refusals.note(second: Int(now))
            outcome = .refused(retryAfter: refusals.retryAfter)
        }
        for other in begun { begin(other, now) }
        noteDemand(now)
        return (outcome, begun.map(\.begin))
    }

    private mutating func begin(_ request: FlowRequest, _ now: Double) {
        counts.began(request, wait: now - request.arrival, hasWaited: true)
    }

    fileprivate mutating func giveUp(_ number: Int, _ refusal: LevelCounts.Refusal, now: Double) -> Bool {
        release(now)
        guard let request = queues.remove(number, limit: seats, now: now) else { return false }
        counts.refused(request, refusal, now: now, hasWaited: true)
        if refusal == .timedOut { refusals.note(second: Int(now)) }
        noteDemand(now)
        return true
    }

    fileprivate mutating func finish(_ number: Int, now: Double) -> Bool {
        release(now)
        guard let request = queues.finish(number, limit: limit, now: now) else { return false }
        counts.ended(request, now: now)
        if request.work.additionalLatency == 0 { counts.released(request) }
        noteDemand(now)
        return true
    }

    fileprivate mutating func dispatchAll(now: Double) -> [@Sendable () -> Void] {
        release(now)
        guard let limit else { return [] }
        let begun = queues.dispatchAll(limit: limit, now: now)
        for request in begun { begin(request, now) }
        if !begun.isEmpty { noteDemand(now) }
        return begun.map(\.begin)
    }
}
