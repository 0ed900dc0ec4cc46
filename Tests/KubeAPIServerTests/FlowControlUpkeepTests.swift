import ClusterCore
import KubeAPI
import KubeAPIServer
import KubeClient
import Testing

@Suite("The API server's own rules of fairness")
struct FlowControlUpkeepTests {
    private let loop = EventLoop(start: .simulationStart)
    private let server: APIServer
    private let client: LocalClient

    init() {
        server = APIServer(loop: loop)
        BootstrapObjects.install(on: server, nodes: [], certificateAuthority: "CA")
        client = LocalClient(server, component: "tester")
        server.pump()
    }

    private static let author = "api-priority-and-fairness-config-producer-v1"
    private static let annotation = "apf.kubernetes.io/autoupdate-spec"

    private func advance(_ interval: Interval) {
        server.pump()
        loop.run(until: loop.now + interval)
    }

    /// What the upkeep wrote, one line each.
    private func writes() -> [String] {
        var lines: [String] = []
        server.store.forEachChange(after: 0) { change in
            if change.author == Self.author {
                lines.append("\(change.verb.rawValue) \(change.kind.info.name) \(change.key.name)")
            }
            return true
        }
        return lines
    }

    @Test func whatIsAsItShouldBeCostsNothing() {
        let events = loop.eventCount
        advance(.minutes(10))
        #expect(writes().isEmpty)
        #expect(loop.eventCount == events)
    }

    @Test func whatIsDeletedIsMadeAgainAtTheNextMinute() throws {
        try client.delete(FlowSchema.self, name: "catch-all")
        try client.delete(PriorityLevelConfiguration.self, name: "workload-low")
        advance(.seconds(59))
        #expect(client.get(FlowSchema.self, name: "catch-all") == nil)
        advance(.seconds(1))
        #expect(writes() == ["create PriorityLevelConfiguration workload-low", "create FlowSchema catch-all"])
        let schema = try #require(client.get(FlowSchema.self, name: "catch-all"))
        #expect(schema.metadata.annotations[Self.annotation] == "true")
        #expect(schema.spec.matchingPrecedence == 10000)
        advance(.minutes(10))
        #expect(writes().count == 2)
    }

    @Test func suggestionsMayBeOverruled() throws {
        let key = ObjectKey(.flowSchema, name: "service-accounts")
        try client.mutate(FlowSchema.self, key) { $0.spec.matchingPrecedence = 8000 }
        advance(.minutes(1))
        #expect(client.get(FlowSchema.self, key)?.spec.matchingPrecedence == 9000)
        try client.mutate(FlowSchema.self, key) {
            $0.spec.matchingPrecedence = 8000
            $0.metadata.annotations[Self.annotation] = "false"
        }
        advance(.minutes(1))
        #expect(client.get(FlowSchema.self, key)?.spec.matchingPrecedence == 8000)
        // Without a word, what has been changed is taken to be meant so.
        try client.mutate(FlowSchema.self, key) { $0.metadata.annotations[Self.annotation] = nil }
        advance(.minutes(1))
        #expect(client.get(FlowSchema.self, key)?.metadata.annotations[Self.annotation] == "false")
        #expect(client.get(FlowSchema.self, key)?.spec.matchingPrecedence == 8000)
        #expect(writes().count == 2)
    }

    @Test func mandatoryObjectsAreFixed() throws {
        let schema = ObjectKey(.flowSchema, name: "exempt")
        #expect(throws: StatusError.self) {
            try client.mutate(FlowSchema.self, schema) { $0.spec.matchingPrecedence = 2 }
        }
        try client.mutate(FlowSchema.self, schema) { $0.metadata.annotations[Self.annotation] = "false" }
        // What the exempt level takes part in is everybody's to say.
        let level = ObjectKey(.priorityLevelConfiguration, name: "exempt")
        try client.mutate(PriorityLevelConfiguration.self, level) { $0.spec.exempt?.nominalConcurrencyShares = 5 }
        advance(.minutes(1))
        #expect(writes() == ["update FlowSchema exempt"])
        #expect(client.get(FlowSchema.self, schema)?.metadata.annotations[Self.annotation] == "true")
        #expect(client.get(PriorityLevelConfiguration.self, level)?.spec.exempt?.nominalConcurrencyShares == 5)
    }

    /// An object that another version of the server kept goes.
    @Test func whatIsForgottenGoes() throws {
        var schema = FlowSchema(name: "old")
        schema.spec.priorityLevelConfiguration.name = "system"
        schema.metadata.annotations = [Self.annotation: "true"]
        try client.create(schema)
        schema.metadata.name = "own"
        schema.metadata.annotations = [Self.annotation: "false"]
        try client.create(schema)
        advance(.minutes(1))
        #expect(writes() == ["delete FlowSchema old"])
        #expect(client.get(FlowSchema.self, name: "own") != nil)
    }
}
