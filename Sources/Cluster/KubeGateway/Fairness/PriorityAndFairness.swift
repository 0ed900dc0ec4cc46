import ClusterDriver
import KubeAPI
import KubeAPIServer
import KubeClient
import KubeCluster
import NIOConcurrencyHelpers
import NIOCore

/// `FlowControl` as the connections' threads share it: behind a lock that is held for about a microsecond a request, by
/// the machine's clock.
///
/// It hears of every batch of changes and reads FlowSchemas and PriorityLevelConfigurations anew only if one of them
/// changed, on the driver's thread; a request finds all ready.
package final class PriorityAndFairness: ClusterObserver {
    package struct Limits: Sendable {
        /// What all levels share: the 400 requests that read and the 200 that write of upstream's defaults.
        package var seats = 600
        /// How long a request waits at most: a quarter of the minute that it may take.
        ///
        /// Follows apiserver pkg/util/flowcontrol/apf_filter.go `RequestWaitLimit`.
        package var patience = TimeAmount.seconds(15)

        package init() {}
    }

    private struct State {
        var control: FlowControl
        /// Of the objects that it goes by.
        var revision: Revision = -1
        /// When it is woken next to take seats back.
        var wakening: Double?

        /// The time, if it is to be woken then and is not before.
        mutating func newWakening(at time: Double?) -> Double? {
            guard let time, time < wakening ?? .infinity else { return nil }
            wakening = time
            return time
        }
    }

    let patience: TimeAmount
    private let state: NIOLockedValueBox<State>
    private let loop: any NIOCore.EventLoop

    /// - Parameter loop: Where it is woken.
    package init(_ limits: Limits, _ snapshot: Snapshot, loop: any NIOCore.EventLoop) {
        patience = limits.patience
        self.loop = loop
        state = NIOLockedValueBox(
            State(
                control: FlowControl(
                    totalSeats: limits.seats, mandatory: FlowControlDefaults.mandatory,
                    now: PriorityAndFairness.now)))
        configure(snapshot)
    }

    static var now: Double { Double(NIODeadline.now().uptimeNanoseconds) * 1e-9 }

    package func observe(_ snapshot: ClusterSnapshot, _ changes: [Change], isReset: Bool) {
        configure(snapshot.objects)
    }

    /// O(1) if nothing changed.
    private func configure(_ snapshot: Snapshot) {
        if state.withLockedValue({ $0.revision == snapshot.flowControlRevision }) { return }
        let levels = snapshot.list(PriorityLevelConfiguration.self)
        let schemas = snapshot.list(FlowSchema.self)
        let begun = state.withLockedValue { state in
            state.revision = snapshot.flowControlRevision
            return state.control.configure(levels, schemas, now: PriorityAndFairness.now)
        }
        for begin in begun { begin() }
    }

    /// To be called every `FlowControl.adjustmentPeriod` seconds.
    func adjust() {
        for begin in state.withLockedValue({ $0.control.adjust(now: PriorityAndFairness.now) }) { begin() }
    }

    /// Classifies a request and asks for its seats. `begin` is called later, on any thread, if it has to wait.
    func admit(
        _ user: UserInfo, _ info: RequestInfo, width: Int, watches: Int?, _ begin: @escaping @Sendable () -> Void
    ) -> FlowControl.Admission {
        var others: [@Sendable () -> Void] = []
        let now = PriorityAndFairness.now
        let (admission, wakening) = state.withLockedValue { state in
            let admission = state.control.admit(
                user, info, width: width, watches: watches, now: now, begin: begin, others: &others)
            return (admission, state.newWakening(at: state.control.nextRelease(of: admission.seat)))
        }
        for begin in others { begin() }
        wake(at: wakening, now)
        return admission
    }

    /// Takes a waiting request out. Nil if it has been begun already, else how long its client is told to wait, in
    /// seconds.
    func giveUp(_ seat: FlowControl.Seat, _ refusal: LevelCounts.Refusal) -> Int? {
        state.withLockedValue { state in
            guard state.control.giveUp(seat, refusal, now: PriorityAndFairness.now) else { return nil }
            return state.control.retryAfter(seat)
        }
    }

    /// Gives seats back, and the next in turn take them; or a place in the queue.
    func leave(_ seat: FlowControl.Seat) {
        let now = PriorityAndFairness.now
        let (begun, wakening) = state.withLockedValue { state in
            (state.control.leave(seat, now: now), state.newWakening(at: state.control.nextRelease(of: seat)))
        }
        for begin in begun { begin() }
        wake(at: wakening, now)
    }

    /// Seats that are held beyond the end of a request become free when nothing else happens.
    private func wake(at time: Double?, _ now: Double) {
        guard let time else { return }
        loop.scheduleTask(in: .nanoseconds(Int64((max(0, time - now) * 1e9).rounded(.up)))) { [weak self] in
            self?.release()
        }
    }

    private func release() {
        let now = PriorityAndFairness.now
        let (begun, wakening) = state.withLockedValue { state in
            state.wakening = nil
            let (begun, next) = state.control.release(now: now)
            return (begun, state.newWakening(at: next))
        }
        for begin in begun { begin() }
        wake(at: wakening, now)
    }

    /// As it is now.
    var current: FlowControl { state.withLockedValue { $0.control }.settled(now: PriorityAndFairness.now) }
}
