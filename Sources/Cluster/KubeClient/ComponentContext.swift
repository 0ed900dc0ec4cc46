import ClusterCore
import KubeAPI

/// What every component is given when it is made: its client, the clock, and its own stream of chance.
public struct ComponentContext {
    public let client: any KubeClient
    public let loop: EventLoop
    /// Forked from the cluster's seed by the component's name: drawing here changes nothing elsewhere.
    public var random: SeededRandom
    public let recorder: EventRecorder

    public init(client: any KubeClient, loop: EventLoop, random: SeededRandom, recorder: EventRecorder) {
        self.client = client
        self.loop = loop
        self.random = random
        self.recorder = recorder
    }

    public var now: Instant { loop.now }
}
