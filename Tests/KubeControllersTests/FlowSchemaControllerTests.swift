import KubeAPI
import KubeAPIServer
import KubeClient
import KubeControllers
import Testing

@Suite("FlowSchemas that name no level")
struct FlowSchemaControllerTests {
    private let cluster: ControllerCluster

    init() throws {
        cluster = try ControllerCluster()
        let controller = FlowSchemaController(cluster.context(FlowSchemaController.component))
        controller.start()
        cluster.keep(controller)
    }

    private static let author = FlowSchemaController.component

    private func createLevel() throws {
        var level = PriorityLevelConfiguration(name: "work")
        level.spec.type = "Limited"
        var limited = LimitedPriorityLevelConfiguration()
        limited.limitResponse = LimitResponse()
        limited.limitResponse?.type = "Reject"
        level.spec.limited = limited
        try cluster.user.create(level)
    }

    private func createSchema(_ options: WriteOptions = WriteOptions()) throws {
        var schema = FlowSchema(name: "work")
        schema.spec.priorityLevelConfiguration.name = "work"
        _ = try cluster.user.create(schema.boxed, options)
    }

    private func conditions() throws -> [String] {
        try cluster.get(FlowSchema.self, "work").status.conditions.map { condition in
            let time = condition.lastTransitionTime?.rfc3339
            return [condition.type, condition.status, condition.reason, time, condition.message]
                .map { $0 ?? "" }.joined(separator: "|")
        }
    }

    private let found = "This FlowSchema references the PriorityLevelConfiguration object named \"work\" and it exists"
    private let missing =
        "This FlowSchema references the PriorityLevelConfiguration object named \"work\" but there is no such object"

    @Test func levelsComeAndGo() throws {
        try createSchema()
        cluster.settle()
        #expect(try conditions() == ["Dangling|True|NotFound|2026-01-01T00:00:00Z|" + missing])
        cluster.advance(.seconds(5))
        try createLevel()
        cluster.settle()
        #expect(try conditions() == ["Dangling|False|Found|2026-01-01T00:00:05Z|" + found])
        // What changes within a level is none of its business.
        try cluster.user.mutate(PriorityLevelConfiguration.self, ObjectKey(.priorityLevelConfiguration, name: "work")) {
            $0.spec.limited?.nominalConcurrencyShares = 7
        }
        #expect(cluster.isQuiet(Self.author))
        try cluster.user.delete(PriorityLevelConfiguration.self, name: "work")
        cluster.settle()
        #expect(try conditions() == ["Dangling|True|NotFound|2026-01-01T00:10:05Z|" + missing])
        #expect(
            cluster.actions(by: Self.author)
                == Array(repeating: "update FlowSchema work status", count: 3))
        #expect(cluster.isQuiet(Self.author))
    }

    /// Where a client's object is accounted for, the condition belongs to the API server's own field manager.
    @Test func ownership() throws {
        try createLevel()
        var options = WriteOptions()
        options.fieldManager = "kubectl-create"
        try createSchema(options)
        cluster.settle()
        #expect(try conditions() == ["Dangling|False|Found|2026-01-01T00:00:00Z|" + found])
        let entries = try cluster.get(FlowSchema.self, "work").metadata.managedFields
        #expect(
            entries.map { "\($0.manager ?? "") \($0.operation ?? "") \($0.subresource ?? "")" }.sorted() == [
                "api-priority-and-fairness-config-consumer-v1 Apply status", "kubectl-create Update ",
            ])
    }

    /// Somebody who takes the condition away again and again is followed six times a minute.
    @Test func fights() throws {
        try createSchema()
        cluster.settle()
        func takeAway() throws {
            try cluster.user.mutate(FlowSchema.self, ObjectKey(.flowSchema, name: "work"), .status) {
                $0.status.conditions = []
            }
            cluster.settle()
        }
        for _ in 0..<5 {
            try takeAway()
            #expect(try conditions().count == 1)
        }
        try takeAway()
        #expect(try conditions().isEmpty)
        cluster.advance(.seconds(29))
        #expect(try conditions().isEmpty)
        cluster.advance(.seconds(180))
        #expect(try conditions().count == 1)
    }
}
