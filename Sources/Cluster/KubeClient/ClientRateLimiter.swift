import ClusterCore
import KubeAPI

/// A limit on how many requests a client makes, as client-go's. Nothing blocks here: a request that is made takes a
/// token, from the future if need be, and whoever makes requests asks before the next piece of work when its turn is.
///
/// For example, with 20 a second and a burst of 30: 32 requests at one moment leave the bucket two tokens short, and
/// the next turn comes 150 ms later, when these two are paid and one more is there.
///
/// Follows client-go `util/flowcontrol/throttle.go`.
public final class ClientRateLimiter {
    private var bucket: TokenBucket

    public init(queriesPerSecond: Double, burst: Int) {
        precondition(queriesPerSecond > 0 && burst > 0, "a client may make requests")
        bucket = TokenBucket(ratePerSecond: queriesPerSecond, burst: burst)
    }

    /// Counts a request that is made now.
    public func spend(_ now: Instant) { _ = bucket.reserve(now) }

    /// When the next request may be made; `now` if it may at once.
    public func nextTurn(_ now: Instant) -> Instant { now + bucket.wait(now) }

    /// How many requests may be made at once; one at least, for somebody whose turn it is.
    public func allowance(_ now: Instant) -> Int { max(bucket.wholeTokens(now), 1) }
}

/// The limits of one component's client.
public struct ClientLimits {
    public let requests: ClientRateLimiter
    /// The limit on Events; the same as that on requests where both go through one client.
    public let events: ClientRateLimiter
    /// Kinds whose requests go through another client, without a limit.
    public let unlimited: [ResourceKind]

    private init(queriesPerSecond: Double, burst: Int, hasOwnEvents: Bool, unlimited: [ResourceKind] = []) {
        requests = ClientRateLimiter(queriesPerSecond: queriesPerSecond, burst: burst)
        events = hasOwnEvents ? ClientRateLimiter(queriesPerSecond: queriesPerSecond, burst: burst) : requests
        self.unlimited = unlimited
    }

    /// Counts a request that is made now.
    public func spend(on kind: ResourceKind, _ now: Instant) {
        if kind == .event { return events.spend(now) }
        if !unlimited.contains(kind) { requests.spend(now) }
    }

    /// One controller of kube-controller-manager; its events go with the rest.
    /// Follows kubernetes `cmd/kube-controller-manager/app/options/generic.go`.
    public static func controller() -> ClientLimits {
        ClientLimits(queriesPerSecond: 20, burst: 30, hasOwnEvents: false)
    }

    /// Follows kubernetes `pkg/scheduler/apis/config/v1/defaults.go`.
    public static func scheduler() -> ClientLimits {
        ClientLimits(queriesPerSecond: 50, burst: 100, hasOwnEvents: true)
    }

    /// Leases and the status of the node go through the heartbeat client.
    /// Follows kubernetes `pkg/kubelet/apis/config/v1beta1/defaults.go` and `cmd/kubelet/app/server.go`.
    public static func kubelet() -> ClientLimits {
        ClientLimits(queriesPerSecond: 50, burst: 100, hasOwnEvents: true, unlimited: [.lease, .node])
    }

    /// Follows kubernetes `pkg/proxy/apis/config/v1alpha1/defaults.go`.
    public static func proxy() -> ClientLimits {
        ClientLimits(queriesPerSecond: 5, burst: 10, hasOwnEvents: false)
    }
}
