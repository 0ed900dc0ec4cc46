import ClusterCore
import KubeAPI

/// How a container ended.
package struct Termination: Equatable, Sendable {
    package var exitCode: Int
    /// `Completed`, `Error`, `OOMKilled`, `Unknown`.
    package var reason: String
    package var startedAt: Instant
    package var finishedAt: Instant
    /// Which start of the container it was.
    package var attempt: Int

    package init(exitCode: Int, reason: String? = nil, startedAt: Instant, finishedAt: Instant, attempt: Int) {
        self.exitCode = exitCode
        self.reason = reason ?? (exitCode == 0 ? "Completed" : "Error")
        self.startedAt = startedAt
        self.finishedAt = finishedAt
        self.attempt = attempt
    }
}

/// A delay that doubles from 10 s to 300 s, and starts afresh once nothing has failed for twice the longest.
///
/// For example, a container that was started again at 0 s and ran for 310 s waits on in its series of delays, however
/// long that wait is; had it run for 610 s, it would be started again at once.
/// Follows client-go `util/flowcontrol/backoff.go` with the kubelet's settings.
struct RestartBackoff {
    private(set) var delay = Interval.zero
    /// When the last try was begun, or failed.
    private(set) var lastUpdate = Instant(nanoseconds: .min)

    private static let initial = Interval.seconds(10)
    private static let maximum = Interval.seconds(300)

    /// Whether what failed at `time` belongs to the failures before it.
    private func continues(_ time: Instant) -> Bool {
        delay > .zero && time - lastUpdate <= RestartBackoff.maximum * 2
    }

    /// Whether what failed at `time` has to wait, counted from then (`IsInBackOffSince`).
    func holds(since time: Instant, at now: Instant) -> Bool { continues(time) && now - time < delay }

    /// Whether it has to wait, counted from the last try (`IsInBackOffSinceUpdate`).
    func holds(at now: Instant) -> Bool { continues(now) && now - lastUpdate < delay }

    /// What failed at `time` is dealt with now: the delay after next.
    mutating func advance(since time: Instant, at now: Instant) {
        delay = continues(time) ? min(delay * 2, RestartBackoff.maximum) : RestartBackoff.initial
        lastUpdate = now
    }
}

/// An image that could not be pulled for a pod.
struct PullFailure {
    var backoff = RestartBackoff()
    /// The last error.
    var message = ""
}

/// One probe of a running container.
///
/// A probe ticks with its period, but only ticks that can change anything are waited for: a probe that has succeeded
/// often enough sleeps until the container's script may make it fail.
struct ProbeRun {
    let kind: ContainerScript.ProbeKind
    /// The next tick that matters; nil when none does.
    var next: Instant?
    /// From when on it ticks; nil for when the kubelet took the pod.
    var tickerStart: Instant?
    var lastResult: Bool?
    /// How often in a row the last result came.
    var run = 0
}

/// One container of a pod, as the runtime and the kubelet's caches know it.
struct ContainerRun {
    enum Phase: UInt8 { case waiting, pulling, starting, running, exited }
    enum Role: UInt8 { case initial, sidecar, regular, ephemeral }

    /// The order to stop, and what will come of it.
    struct Stop {
        /// A sidecar waits until those started after it have ended.
        var awaitsTurn: Bool
        var exitCode: Int
        /// When the preStop hook of a container that awaits its turn has ended.
        var hookEnd: Instant
    }

    let role: Role
    var phase = Phase.waiting
    var isStarted = false
    var isReady = false
    /// How many starts came before the last one: the status's restartCount.
    var attempt = 0
    /// Why it is not running, as the status tells it; nil for the default of a container that was not tried yet.
    var waitReason: String?
    var waitMessage: String?
    /// When the phase ends of itself: running or ended.
    var deadline: Instant?
    /// The kubelet has let it wait, and looks at it again when it comes by.
    var isHeld = false
    var startedAt = Instant(nanoseconds: 0)
    var termination: Termination?
    var lastTermination: Termination?
    var crashBackoff = RestartBackoff()
    var image: ImageRegistry.Image?
    var stop: Stop?
    /// The kubelet stops it and starts it again in one go, whatever its exit code: it turns to nothing else of the pod
    /// in between, and hears of the end only after that.
    var isReplaced = false
    /// It runs, but counts as starting until its postStart hook has ended.
    var isInPostStart = false
    var probes: [ProbeRun] = []
    /// The probe for whose failure it is to be stopped once the kubelet hears of that.
    var failedProbe: ContainerScript.ProbeKind?

    init(role: Role) { self.role = role }

    /// The earliest moment at which something happens to the container of itself.
    var nextDeadline: Instant? {
        var next = deadline
        for probe in probes {
            if let due = probe.next, next.map({ due < $0 }) ?? true { next = due }
        }
        return next
    }

    /// Whether the pod is ready only when the container is.
    var countsForReadiness: Bool { role == .regular || role == .sidecar }

    /// Whether a pull or a start is under way.
    var isBusy: Bool { phase == .pulling || phase == .starting }
}
