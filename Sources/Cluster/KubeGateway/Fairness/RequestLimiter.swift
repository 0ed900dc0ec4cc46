import KubeAPI
import NIOConcurrencyHelpers
import NIOCore

/// Bounds how many requests are served at a time, and shares that fairly: the requests of one user wait in one queue,
/// and the queues take turns, so that a client that floods the server delays itself.
///
/// A simple form of upstream's priority and fairness with its totals. Follows apiserver
/// pkg/util/flowcontrol and pkg/server/filters/priority-and-fairness.go.
package final class RequestLimiter: Sendable {
    package struct Limits: Sendable {
        /// Requests that are served at a time: the 400 that read and the 200 that write of upstream's defaults.
        package var seats = 600
        /// Requests of one user that wait.
        package var queueLength = 200
        /// Users whose requests wait.
        package var queues = 256
        /// How long a request waits at most.
        ///
        /// Follows `RequestWaitLimit` in apiserver pkg/util/flowcontrol: a quarter of the request timeout of a minute.
        package var patience = TimeAmount.seconds(15)

        package init() {}
    }

    /// What waits is known by a number, so that it can be given up.
    private struct Waiting {
        let number: Int
        let begin: @Sendable () -> Void
    }

    private struct State {
        var taken = 0
        var nextNumber = 0
        var queues: [String: CircularBuffer<Waiting>] = [:]
        /// The users with waiting requests, in turn.
        var turns = CircularBuffer<String>()
    }

    private let limits: Limits
    private let state = NIOLockedValueBox(State())

    package init(_ limits: Limits = Limits()) { self.limits = limits }

    package enum Admission: Equatable, Sendable {
        /// Served now; `release` is to be called at its end.
        case served
        /// Will be served, or given up by its number.
        case waits(number: Int)
        case refused
    }

    var patience: TimeAmount { limits.patience }

    /// Asks for a seat. `begin` is called later, on any thread, if the request has to wait.
    package func admit(_ user: String, _ begin: @escaping @Sendable () -> Void) -> Admission {
        state.withLockedValue { state in
            if state.taken < limits.seats, state.turns.isEmpty {
                state.taken += 1
                return .served
            }
            if let length = state.queues[user]?.count {
                if length >= limits.queueLength { return .refused }
            } else {
                if state.queues.count >= limits.queues { return .refused }
                state.turns.append(user)
            }
            state.nextNumber += 1
            state.queues[user, default: []].append(Waiting(number: state.nextNumber, begin: begin))
            return .waits(number: state.nextNumber)
        }
    }

    /// Takes a waiting request out. False if it has been begun already.
    package func giveUp(_ user: String, number: Int) -> Bool {
        state.withLockedValue { state in
            guard var queue = state.queues[user], let place = queue.firstIndex(where: { $0.number == number }) else {
                return false
            }
            queue.remove(at: place)
            if queue.isEmpty {
                state.queues[user] = nil
                state.turns.removeAll { $0 == user }
            } else {
                state.queues[user] = queue
            }
            return true
        }
    }

    /// Gives a seat back; the next in turn takes it.
    package func release() {
        let next: Waiting? = state.withLockedValue { state in
            guard let user = state.turns.popFirst(), var queue = state.queues[user], let first = queue.popFirst() else {
                state.taken -= 1
                return nil
            }
            if queue.isEmpty {
                state.queues[user] = nil
            } else {
                state.queues[user] = queue
                state.turns.append(user)
            }
            return first
        }
        next?.begin()
    }

    /// How many are served and how many wait.
    package var counts: (served: Int, waiting: Int) {
        state.withLockedValue { ($0.taken, $0.queues.values.reduce(0) { $0 + $1.count }) }
    }
}

extension StatusError {
    static let overloaded = StatusError.tooManyRequests(
        "Too many requests, please try again later.", retryAfterSeconds: 1)
}
