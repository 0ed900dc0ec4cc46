import KubeAPI
import NIOConcurrencyHelpers

/// The requests whose answers wait until what they wrote is kept. When the journal cannot be written that may be long:
/// they are told so at once, rather than that they took too long.
final class UnkeptRequests: Sendable {
    typealias Failing = @Sendable (_ number: Int, _ reason: String) -> Void

    private struct State {
        var next = 0
        var waiting: [Int: Failing] = [:]
    }

    private let state = NIOLockedValueBox(State())

    func add(_ fail: @escaping Failing) -> Int {
        state.withLockedValue { state in
            state.next += 1
            state.waiting[state.next] = fail
            return state.next
        }
    }

    /// False when it has been answered already.
    func remove(_ number: Int) -> Bool { state.withLockedValue { $0.waiting.removeValue(forKey: number) != nil } }

    func fail(_ reason: String) {
        for (number, fail) in state.withLockedValue({ $0.waiting }) { fail(number, reason) }
    }
}

extension StatusError {
    /// Nobody can say yet whether it will have been done: 504, as for whatever takes too long.
    static func unkept(_ reason: String, isWrite: Bool) -> StatusError {
        let prospect = isWrite ? " What was asked for is done when it goes on." : ""
        return StatusError(reason: .timeout, code: 504, message: "the cluster is read-only: \(reason)\(prospect)")
    }
}
