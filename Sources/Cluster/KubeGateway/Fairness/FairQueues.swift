import KubeAPI

/// A request that has been classified, for as long as it waits and is served.
struct FlowRequest: Sendable {
    let number: Int
    /// The name of its FlowSchema.
    let schema: String
    /// What tells its flow from the schema's others.
    let distinguisher: String
    let user: String
    let info: RequestInfo
    let work: RequestWork
    /// When it came, in seconds of a clock that only goes on.
    let arrival: Double
    /// Called when a seat is there, on any thread, if the request had to wait for it.
    let begin: @Sendable () -> Void
    /// The queue it is or was in; nil if there are none.
    fileprivate(set) var queue: Int?
    /// When it was given its seats.
    fileprivate(set) var start: Double?
    fileprivate var virtualArrival = 0.0

    init(
        number: Int, schema: String, distinguisher: String, user: String, info: RequestInfo, work: RequestWork,
        arrival: Double, begin: @escaping @Sendable () -> Void
    ) {
        self.number = number
        self.schema = schema
        self.distinguisher = distinguisher
        self.user = user
        self.info = info
        self.work = work
        self.arrival = arrival
        self.begin = begin
    }

    var seats: Int { work.seats }

    /// Seats times seconds that it is taken to need before that is known.
    fileprivate var guess: Double { work.total(FairQueues.guessedDuration) }
}

/// The requests of one priority level, in queues that get the same number of seats each, however many requests they
/// hold: fair queuing.
///
/// Time is virtual: it goes on by the seats a queue has for itself. A queue's `nextDispatch` is the virtual time at
/// which the request at its head would begin if every queue had its share; the request that would then end first is
/// next. A request is taken to last 3 ms until it has ended; then its queue is charged what it really took.
///
/// Two queues share one seat; A holds ten requests of 3 ms and B, a moment later, one. A's first is served. Then A's
/// head would begin at 3 ms and end at 6, B's begin at 0 and end at 3: B is served, before A's nine others.
///
/// A write that many watches are told of holds its seats for a while after its end. Nobody need be woken for that
/// unless somebody waits: seats whose time has come are taken back before anything else is done.
///
/// Follows apiserver pkg/util/flowcontrol/fairqueuing/queueset.
struct FairQueues: Sendable {
    struct Queue: Sendable {
        fileprivate(set) var waiting: [FlowRequest] = []
        fileprivate(set) var waitingSeats = 0
        fileprivate(set) var executing = 0
        fileprivate(set) var seatsInUse = 0
        fileprivate(set) var nextDispatch = 0.0

        fileprivate var isActive: Bool { executing > 0 || !waiting.isEmpty }
        /// A request is not begun, in virtual time, before it came.
        fileprivate mutating func bound() {
            if let first = waiting.first, first.virtualArrival > nextDispatch { nextDispatch = first.virtualArrival }
        }
    }

    /// Seats of a request that has ended, until their time has come.
    struct Held: Sendable {
        let until: Double
        let request: FlowRequest
    }

    /// What came of asking for seats.
    enum Outcome: Equatable { case begun, waits(queueLength: Int), refused(LevelCounts.Refusal) }

    /// Upstream's guess, in seconds.
    static let guessedDuration = 0.003

    /// Nil for none: what cannot be served at once is refused.
    private(set) var configuration: LevelSettings.Queuing?
    private(set) var queues: [Queue] = []
    private(set) var executing: [Int: FlowRequest] = [:]
    /// In the order in which their times come.
    private(set) var held: [Held] = []
    private(set) var seatsInUse = 0
    private(set) var waitingCount = 0
    private(set) var waitingSeats = 0
    private var activeQueues = 0
    private(set) var virtualTime = 0.0
    private var lastTime: Double
    private var turn = 0

    init(now: Double) { lastTime = now }

    var isIdle: Bool { executing.isEmpty && waitingCount == 0 }

    /// Queues that are too many now are emptied first; nothing more is put into them.
    mutating func configure(_ configuration: LevelSettings.Queuing?) {
        self.configuration = configuration
        let wanted = configuration?.queues ?? 0
        while queues.count < wanted { queues.append(Queue()) }
        while let last = queues.last, queues.count > wanted, !last.isActive, last.seatsInUse == 0 {
            queues.removeLast()
        }
    }

    private mutating func pass(_ now: Double, limit: Int) {
        let passed = max(0, now - lastTime)
        lastTime = now
        if activeQueues > 0 {
            virtualTime += passed * Double(min(seatsInUse + waitingSeats, limit)) / Double(activeQueues)
        }
    }

    private func hasRoom(_ seats: Int, limit: Int) -> Bool {
        // What is wider than the whole level is served alone.
        seats > limit ? executing.isEmpty : seatsInUse + seats <= limit
    }

    // MARK: Coming

    /// - Parameters:
    ///   - limit: The seats of the level; nil if it has no bounds.
    ///   - others: Is given requests besides this one that can begin.
    mutating func admit(
        _ request: FlowRequest, hash: UInt64, limit: Int?, now: Double, _ others: inout [FlowRequest]
    ) -> Outcome {
        guard let limit else {
            begin(request, now)
            return .begun
        }
        pass(now, limit: limit)
        guard let configuration else {
            if !hasRoom(request.seats, limit: limit) { return .refused(.noSeat) }
            begin(request, now)
            return .begun
        }
        let index = choose(hash, configuration)
        if seatsInUse >= limit, queues[index].waiting.count >= configuration.queueLengthLimit {
            return .refused(.queueFull)
        }
        enqueue(request, index)
        var isBegun = false
        while let next = dispatch(limit: limit, now: now) {
            if next.number == request.number { isBegun = true } else { others.append(next) }
        }
        return isBegun ? .begun : .waits(queueLength: queues[index].waiting.count)
    }

    /// The queue of the hand with the least work waiting.
    private func choose(_ hash: UInt64, _ configuration: LevelSettings.Queuing) -> Int {
        if configuration.queues == 1 { return 0 }
        var best = 0
        var least = Int.max
        ShuffleSharding.deal(hash, deckSize: configuration.queues, handSize: configuration.handSize) { index in
            let work = queues[index].waitingSeats
            if work < least { (best, least) = (index, work) }
        }
        return best
    }

    private mutating func enqueue(_ request: FlowRequest, _ index: Int) {
        var request = request
        request.queue = index
        request.virtualArrival = virtualTime
        if !queues[index].isActive {
            activeQueues += 1
            queues[index].nextDispatch = virtualTime
        }
        queues[index].waiting.append(request)
        queues[index].waitingSeats += request.seats
        queues[index].bound()
        waitingCount += 1
        waitingSeats += request.seats
    }

    // MARK: Going

    /// Begins the request that is next, if there is one and its seats are free.
    ///
    /// Complexity: O(queues) if any request waits.
    private mutating func dispatch(limit: Int, now: Double) -> FlowRequest? {
        if waitingCount == 0 || seatsInUse >= limit && !executing.isEmpty { return nil }
        var best: Int?
        var earliest = Double.infinity
        for offset in 1...queues.count {
            let index = (turn + offset) % queues.count
            guard let first = queues[index].waiting.first else { continue }
            let end = queues[index].nextDispatch + first.guess
            if end < earliest { (best, earliest) = (index, end) }
        }
        guard let index = best, let first = queues[index].waiting.first, hasRoom(first.seats, limit: limit) else {
            return nil
        }
        turn = index
        queues[index].waiting.removeFirst()
        queues[index].waitingSeats -= first.seats
        waitingCount -= 1
        waitingSeats -= first.seats
        queues[index].nextDispatch += first.guess
        queues[index].bound()
        begin(first, now)
        return first
    }

    private mutating func begin(_ request: FlowRequest, _ now: Double) {
        var request = request
        request.start = now
        seatsInUse += request.seats
        if let index = request.queue {
            queues[index].executing += 1
            queues[index].seatsInUse += request.seats
        }
        executing[request.number] = request
    }

    /// Begins all that can be begun: seats have become free, or there are more of them.
    mutating func dispatchAll(limit: Int, now: Double) -> [FlowRequest] {
        if waitingCount == 0 { return [] }
        pass(now, limit: limit)
        var begun: [FlowRequest] = []
        while let next = dispatch(limit: limit, now: now) { begun.append(next) }
        return begun
    }

    /// Ends a request and takes its seats back, or holds them until `releaseNext` does. Nil if it has none.
    mutating func finish(_ number: Int, limit: Int?, now: Double) -> FlowRequest? {
        guard let request = executing[number] else { return nil }
        pass(now, limit: limit ?? 0)
        executing[number] = nil
        if let index = request.queue {
            queues[index].executing -= 1
            let duration = now - (request.start ?? now)
            queues[index].nextDispatch -=
                Double(request.work.initialSeats) * (FairQueues.guessedDuration - duration)
            queues[index].bound()
            if !queues[index].isActive { activeQueues -= 1 }
        }
        if request.work.additionalLatency > 0 {
            let until = now + request.work.additionalLatency
            let place = held.lastIndex { $0.until <= until }.map { $0 + 1 } ?? 0
            held.insert(Held(until: until, request: request), at: place)
        } else {
            release(request)
        }
        return request
    }

    private mutating func release(_ request: FlowRequest) {
        seatsInUse -= request.seats
        if let index = request.queue { queues[index].seatsInUse -= request.seats }
    }

    /// Takes the seats back whose time came first, if it has come.
    mutating func releaseNext(limit: Int?, now: Double) -> Held? {
        guard let first = held.first, first.until <= now else { return nil }
        held.removeFirst()
        pass(first.until, limit: limit ?? 0)
        release(first.request)
        return first
    }

    /// Takes a request that waits out of its queue. Nil if it does not wait.
    ///
    /// Complexity: O(requests that wait); it is rare.
    mutating func remove(_ number: Int, limit: Int, now: Double) -> FlowRequest? {
        for index in queues.indices {
            guard let place = queues[index].waiting.firstIndex(where: { $0.number == number }) else { continue }
            pass(now, limit: limit)
            let request = queues[index].waiting.remove(at: place)
            queues[index].waitingSeats -= request.seats
            waitingCount -= 1
            waitingSeats -= request.seats
            queues[index].bound()
            if !queues[index].isActive { activeQueues -= 1 }
            return request
        }
        return nil
    }
}

extension FairQueues.Queue {
    /// Seats that are wanted for what waits to be served, without what comes after it.
    var waitingInitialSeats: Int { waiting.reduce(0) { $0 + $1.work.initialSeats } }
    /// Seats times seconds that wait.
    var waitingWork: Double { waiting.reduce(0) { $0 + $1.guess } }
}
