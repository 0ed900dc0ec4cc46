import KubeAPI
import KubeClient
import KubeControllers
import Testing

@Suite("The TTL controller")
struct TTLControllerTests {
    /// 0 s up to 100 nodes, 15 s from 101 on, and 0 s again below 90; nodes follow when they change next.
    @Test func theValueFollowsTheSizeOfTheCluster() throws {
        let cluster = try ControllerCluster()
        let controller = TTLController(cluster.context(TTLController.component))
        controller.start()
        cluster.keep(controller)
        func value(_ number: Int) -> String? {
            cluster.user.get(Node.self, name: "node-\(number)")?.annotations[TTLController.annotation]
        }
        func touch(_ number: Int) throws {
            try cluster.user.mutate(Node.self, ObjectKey(.node, name: "node-\(number)")) {
                $0.metadata.labels["touched"] = "\(cluster.revision)"
            }
            cluster.settle()
        }
        for number in 1...100 { try cluster.user.create(Node(name: "node-\(number)")) }
        cluster.settle()
        #expect(value(1) == "0" && value(100) == "0")
        try cluster.user.create(Node(name: "node-101"))
        cluster.settle()
        #expect(value(101) == "15" && value(1) == "0")
        try touch(1)
        #expect(value(1) == "15")
        for number in 91...101 { try cluster.user.delete(ObjectKey(.node, name: "node-\(number)")) }
        try touch(1)
        #expect(value(1) == "15", "ninety nodes are still many")
        try cluster.user.delete(ObjectKey(.node, name: "node-90"))
        try touch(1)
        #expect(value(1) == "0")
        #expect(cluster.isQuiet(TTLController.component))
    }
}
