import ClusterCore
import KubeAPI
import KubeAPIServer
import KubeClient
import Testing

@Suite("The API server's own rules of fairness")
struct FlowControlUpkeepTests {
    private let test = InstalledServer()

    private static let author = "api-priority-and-fairness-config-producer-v1"
    private static let annotation = "apf.kubernetes.io/autoupdate-spec"

    /// What the upkeep wrote, one line each.
    private func writes() -> [String] {
        test.changes(by: Self.author).map { "\($0.verb.rawValue) \($0.kind.info.name) \($0.key.name)" }
    }

    @Test func whatIsAsItShouldBeCostsNothing() {
        let events = test.loop.eventCount
        test.advance(.minutes(10))
        #expect(writes().isEmpty)
        #expect(test.loop.eventCount == events)
    }

    @Test func whatIsDeletedIsMadeAgainAtTheNextMinute() throws {
        try test.client.delete(FlowSchema.self, name: "catch-all")
        try test.client.delete(PriorityLevelConfiguration.self, name: "workload-low")
        test.advance(.seconds(59))
        #expect(test.client.get(FlowSchema.self, name: "catch-all") == nil)
        test.advance(.seconds(1))
        #expect(writes() == ["create PriorityLevelConfiguration workload-low", "create FlowSchema catch-all"])
        let schema = try #require(test.client.get(FlowSchema.self, name: "catch-all"))
        #expect(schema.metadata.annotations[Self.annotation] == "true")
        #expect(schema.spec.matchingPrecedence == 10000)
        test.advance(.minutes(10))
        #expect(writes().count == 2)
    }

    @Test func suggestionsMayBeOverruled() throws {
        let key = ObjectKey(.flowSchema, name: "service-accounts")
        try test.client.mutate(FlowSchema.self, key) { $0.spec.matchingPrecedence = 8000 }
        test.advance(.minutes(1))
        #expect(test.client.get(FlowSchema.self, key)?.spec.matchingPrecedence == 9000)
        try test.client.mutate(FlowSchema.self, key) {
            $0.spec.matchingPrecedence = 8000
            $0.metadata.annotations[Self.annotation] = "false"
        }
        test.advance(.minutes(1))
        #expect(test.client.get(FlowSchema.self, key)?.spec.matchingPrecedence == 8000)
        // Without a word, what has been changed is taken to be meant so.
        try test.client.mutate(FlowSchema.self, key) { $0.metadata.annotations[Self.annotation] = nil }
        test.advance(.minutes(1))
        #expect(test.client.get(FlowSchema.self, key)?.metadata.annotations[Self.annotation] == "false")
        #expect(test.client.get(FlowSchema.self, key)?.spec.matchingPrecedence == 8000)
        #expect(writes().count == 2)
    }

    @Test func mandatoryObjectsAreFixed() throws {
        let schema = ObjectKey(.flowSchema, name: "exempt")
        #expect(throws: StatusError.self) {
            try test.client.mutate(FlowSchema.self, schema) { $0.spec.matchingPrecedence = 2 }
        }
        try test.client.mutate(FlowSchema.self, schema) { $0.metadata.annotations[Self.annotation] = "false" }
        // What the exempt level takes part in is everybody's to say.
        let level = ObjectKey(.priorityLevelConfiguration, name: "exempt")
        try test.client.mutate(PriorityLevelConfiguration.self, level) { $0.spec.exempt?.nominalConcurrencyShares = 5 }
        test.advance(.minutes(1))
        #expect(writes() == ["update FlowSchema exempt"])
        #expect(test.client.get(FlowSchema.self, schema)?.metadata.annotations[Self.annotation] == "true")
        #expect(test.client.get(PriorityLevelConfiguration.self, level)?.spec.exempt?.nominalConcurrencyShares == 5)
    }

    /// An object that another version of the server kept goes.
    @Test func whatIsForgottenGoes() throws {
        var schema = FlowSchema(name: "old")
        schema.spec.priorityLevelConfiguration.name = "system"
        schema.metadata.annotations = [Self.annotation: "true"]
        try test.client.create(schema)
        schema.metadata.name = "own"
        schema.metadata.annotations = [Self.annotation: "false"]
        try test.client.create(schema)
        test.advance(.minutes(1))
        #expect(writes() == ["delete FlowSchema old"])
        #expect(test.client.get(FlowSchema.self, name: "own") != nil)
    }
}
