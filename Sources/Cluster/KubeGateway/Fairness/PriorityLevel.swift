import ClusterCore
import KubeAPI

/// What a PriorityLevelConfiguration asks for.
struct LevelSettings: Equatable, Sendable {
    struct Queuing: Equatable, Sendable {
        let queues: Int
        let handSize: Int
        let queueLengthLimit: Int
    }

    let isExempt: Bool
    let shares: Int
    let lendablePercent: Int
    /// Nil for no limit.
    let borrowingLimitPercent: Int?
    /// Nil: what cannot be served at once is refused.
    let queuing: Queuing?

    /// Nil for one that contradicts itself; it counts as not being there, though validation keeps such ones out.
    ///
    /// Follows apiserver pkg/util/flowcontrol/apf_controller.go `queueSetCompleterForPL`.
    init?(_ level: PriorityLevelConfiguration) {
        let (limited, exempt) = (level.spec.limited, level.spec.exempt)
        isExempt = level.spec.type == "Exempt"
        guard isExempt == (exempt != nil), (level.spec.type == "Limited") == (limited != nil),
            isExempt == (level.name == "exempt")
        else { return nil }
        shares = max(0, limited?.nominalConcurrencyShares ?? exempt?.nominalConcurrencyShares ?? (isExempt ? 0 : 30))
        lendablePercent = limited?.lendablePercent ?? exempt?.lendablePercent ?? 0
        borrowingLimitPercent = limited?.borrowingLimitPercent
        guard let response = limited?.limitResponse, response.type == "Queue" else {
            queuing = nil
            return
        }
        guard let asked = response.queuing, let queues = asked.queues, let hand = asked.handSize,
            let length = asked.queueLengthLimit, queues > 0, 1...queues ~= hand, length > 0
        else { return nil }
        queuing = Queuing(queues: queues, handSize: hand, queueLengthLimit: length)
    }
}

/// A priority level: its seats, and the requests that have them or wait for them.
struct PriorityLevel: Sendable {
    let name: String
    var uid: String
    private(set) var settings: LevelSettings
    /// It is gone from the API, and goes when it is idle.
    var isLeaving = false
    /// By shares alone.
    private(set) var nominalSeats = 0
    private(set) var minimumSeats = 0
    private(set) var maximumSeats = 0
    /// With what is lent and borrowed now.
    private(set) var seats = 0
    /// The most seats that one request may take.
    private(set) var widestRequest = PriorityLevel.greatestWidth
    var demand: SeatDemand
    var queues: FairQueues
    var counts = LevelCounts()
    var refusals = RefusalRate()

    /// Follows apiserver pkg/util/flowcontrol/request/config.go `maximumListSeatsLimit`.
    private static let greatestWidth = 100
    /// Follows apiserver pkg/util/flowcontrol/apf_controller.go `priorityLevelMaxSeatsPercent`.
    private static let greatestPart = 0.15

    init(_ name: String, uid: String, _ settings: LevelSettings, now: Double) {
        self.name = name
        self.uid = uid
        self.settings = settings
        demand = SeatDemand(now: now)
        queues = FairQueues(now: now)
        queues.configure(settings.queuing)
    }

    /// Nil for no bounds.
    var limit: Int? { settings.isExempt ? nil : seats }

    mutating func configure(uid: String, _ settings: LevelSettings) {
        self.uid = uid
        self.settings = settings
        isLeaving = false
        queues.configure(settings.queuing)
    }

    /// Works its bounds out from its part of all shares.
    ///
    /// With upstream's own levels, 245 shares, and 600 seats, `workload-low` (100 shares, 90 % lendable) has
    /// ⌈600 · 100 / 245⌉ = 245 seats by its shares, keeps 245 − 221 = 24, and may borrow as many as there are.
    ///
    /// Follows apiserver pkg/util/flowcontrol/apf_controller.go `finishQueueSetReconfigsLocked`.
    mutating func setBounds(total: Int, shares: Int) {
        let nominal = shares > 0 ? (Double(total) * Double(settings.shares) / Double(shares)).rounded(.up) : 0
        nominalSeats = Int(nominal)
        let lendable = Int((nominal * Double(settings.lendablePercent) / 100).rounded())
        let borrowable = settings.borrowingLimitPercent.map { Int((nominal * Double($0) / 100).rounded()) } ?? total
        minimumSeats = nominalSeats - lendable
        maximumSeats = nominalSeats + borrowable
        widestRequest = PriorityLevel.greatestWidth
        if let queuing = settings.queuing {
            let part = Int((nominal * PriorityLevel.greatestPart).rounded(.up))
            widestRequest = min(widestRequest, max(1, min(part, nominalSeats / queuing.handSize)))
        }
    }

    /// What it claims of all seats: what it has wanted lately, but always what it does not lend, and of what it lends
    /// as much as it used at the last period's peak.
    var claim: SeatAllocation.Claim {
        let least = max(Double(minimumSeats), min(Double(nominalSeats), demand.highWatermark))
        return SeatAllocation.Claim(from: least, to: Double(maximumSeats), target: max(least, demand.smoothed))
    }

    mutating func setSeats(_ seats: Int) { self.seats = seats }

    /// When seats become free that somebody waits for, though nothing ends; nil if none do.
    var nextRelease: Double? { queues.waitingCount > 0 ? queues.held.first?.until : nil }

    /// Takes back all seats that were held until now at most.
    mutating func release(_ now: Double) {
        while let held = queues.releaseNext(limit: limit, now: now) {
            counts.released(held.request)
            noteDemand(held.until)
        }
    }

    mutating func noteDemand(_ now: Double) { demand.set(queues.seatsInUse + queues.waitingSeats, now: now) }
}

/// How long clients are asked to stay away: longer when refusals become many, up to half a minute.
///
/// Follows apiserver pkg/util/flowcontrol/dropped_requests_tracker.go.
package struct RefusalRate: Sendable {
    private static let longest = 32

    /// By second, of the last half minute.
    private var history: [(second: Int, count: Int)] = []
    private var lastRaise = 0
    /// In seconds.
    package private(set) var retryAfter = 1

    package init() {}

    package mutating func note(second: Int) {
        if let last = history.last, last.second == second {
            history[history.count - 1].count += 1
            return
        }
        adjust(second)
        history.append((second, 1))
        history.removeAll { second - $0.second > RefusalRate.longest }
    }

    /// By what was refused in the last `retryAfter` seconds, this one not counted.
    private mutating func adjust(_ second: Int) {
        let recent = history.filter { $0.second < second && second - $0.second <= retryAfter }
        let refused = recent.reduce(0) { $0 + $1.count }
        if second - lastRaise >= retryAfter, refused >= 3 * retryAfter {
            retryAfter = min(2 * retryAfter, RefusalRate.longest)
            lastRaise = second
        } else if refused < retryAfter, retryAfter > 1 {
            retryAfter -= 1
        }
    }
}
