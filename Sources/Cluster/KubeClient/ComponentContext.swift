import ClusterCore
import KubeAPI

/// What every component is given when it is made: its client, the clock, and its own stream of chance.
package struct ComponentContext {
    package let client: any KubeClient
    package let loop: EventLoop
    /// Forked from the cluster's seed by the component's name: drawing here changes nothing elsewhere.
    package var random: SeededRandom
    package let recorder: EventRecorder

    package init(client: any KubeClient, loop: EventLoop, random: SeededRandom, recorder: EventRecorder) {
        self.client = client
        self.loop = loop
        self.random = random
        self.recorder = recorder
    }

    package var now: Instant { loop.now }
}
