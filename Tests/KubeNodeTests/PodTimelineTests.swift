import ClusterCore
import KubeAPI
import KubeNode
import Testing

/// What a kubelet writes for a pod, line by line, with seconds of virtual time.
@Suite struct PodTimelineTests {
    @Test func startAndGracefulDeletion() throws {
        let node = TestNode()
        node.boot()
        let start = node.loop.now
        try node.create(makePod())
        node.run(.seconds(5))
        try node.delete("web")
        node.run(.seconds(5))
        #expect(
            node.timeline(since: start) == [
                "0.000 created",
                "0.000 Pending app=ContainerCreating",
                "0.331 Pulled: Container image \"nginx:1.27\" already present on machine and can be accessed by the pod",
                "0.579 Created: Container created",
                "0.579 Started: Container started",
                "0.579 Running Ready app=Running+",
                "5.000 Terminating Running Ready app=Running+",
                "5.000 Killing: Stopping container app",
                "5.000 Terminating Running Ready app=Running+",
                "5.091 Terminating Succeeded app=Completed(0)",
                "5.091 deleted",
            ])
        #expect(node.pod() == nil)
    }
}
