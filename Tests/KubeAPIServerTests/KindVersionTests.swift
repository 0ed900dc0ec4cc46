import ClusterCore
import KubeAPI
import KubeAPIServer
import KubeClient
import Testing

/// One object, read and written by two names.
@Suite struct KindVersionTests {
    // MARK: Events

    private static func event(_ name: String = "web.1", namespace: String = "default") -> EventsEvent {
        var event = EventsEvent(name: name, namespace: namespace)
        event.eventTime = Instant.simulationStart.microTime
        event.reportingController = "example.com/operator"
        event.reportingInstance = "operator-1"
        event.action = "Scaling"
        event.reason = "Scaled"
        event.note = "Scaled up"
        event.type = "Normal"
        var regarding = ObjectReference()
        regarding.kind = "Pod"
        regarding.namespace = namespace
        regarding.name = "web"
        event.regarding = regarding
        return event
    }

    @Test func anEventIsOneObjectInBothGroups() throws {
        let test = try TestServer()
        let created = try test.client.create(Self.event())
        #expect(test.client.count(.event, namespace: nil) == 1)
        #expect(test.client.count(.eventsEvent, namespace: nil) == 1)
        let core = try #require(test.client.get(Event.self, namespace: "default", name: "web.1"))
        #expect(core.uid == created.uid && core.metadata.resourceVersion == created.metadata.resourceVersion)
        #expect(core.message == "Scaled up" && core.involvedObject.name == "web")
        #expect(core.reportingComponent == "example.com/operator")
        // Written by one name, seen by the other.
        try test.client.mutate(Event.self, core.key) { $0.metadata.labels["seen"] = "yes" }
        let seen = try #require(test.client.get(EventsEvent.self, namespace: "default", name: "web.1"))
        #expect(seen.labels == ["seen": "yes"] && seen.note == "Scaled up")
        #expect(
            try test.client.patch(
                seen.key, Array(#"{"metadata":{"labels":{"seen":"twice"}}}"#.utf8), type: .merge, nil, WriteOptions()
            ).as(EventsEvent.self)?.labels == ["seen": "twice"])
        try test.client.delete(seen.key)
        #expect(test.client.object(core.key) == nil)
        let error = TestServer.failure { () throws(StatusError) in try test.client.delete(seen.key) }
        #expect(error?.message == "events \"web.1\" not found")
    }

    @Test func theOwnGroupHoldsEventsToMore() throws {
        let test = try TestServer()
        var event = Self.event()
        event.eventTime = MicroTime()
        event.type = "Odd"
        event.deprecatedCount = 3
        let error = TestServer.failure { () throws(StatusError) in try test.client.create(event) }
        #expect(
            error?.causes.map { "\($0.field ?? "") \($0.message ?? "")" } == [
                "eventTime Required value", "type Invalid value: \"\": has invalid value: Odd",
                "count Invalid value: \"\": needs to be unset",
            ])
        let good = try test.client.create(Self.event())
        let update = TestServer.failure { () throws(StatusError) in
            try test.client.mutate(EventsEvent.self, good.key) { $0.note = "Scaled down" }
        }
        #expect(update?.causes.map(\.message) == ["Invalid value: \"Scaled down\": field is immutable"])
        #expect(update?.causes.map(\.field) == ["message"])
        // The core group lets older clients count on.
        try test.client.mutate(Event.self, ObjectKey(.event, namespace: "default", name: "web.1")) { $0.count = 2 }
        #expect(test.client.get(EventsEvent.self, good.key)?.deprecatedCount == 2)
    }

    @Test func listsSelectAndWatchesTellByEitherName() throws {
        let test = try TestServer()
        try test.client.create(Self.event("a.1"))
        try test.client.create(Self.event("b.1"))
        var options = ListOptions(namespace: "default")
        options.fields = try FieldSelector(parsing: "regarding.name=web,metadata.name=a.1", kind: .eventsEvent)
        let listed = try test.server.list(.eventsEvent, options).items
        #expect(listed.map(\.name) == ["a.1"] && listed.allSatisfy { $0.kind == .eventsEvent })
        options.fields = nil
        options.limit = 1
        let first = try test.server.list(.eventsEvent, options)
        options.continuation = first.continuation
        #expect(try test.server.list(.eventsEvent, options).items.map(\.name) == ["b.1"])

        let watch = RecordedWatch(test.server, .eventsEvent, ListOptions(namespace: "default"))
        let handler = RecordingHandler()
        test.client.watch(EventsEvent.self, .namespace("default"), handler)
        test.pump()
        let events = watch.take()
        #expect(events.map { "\($0.kind.rawValue) \($0.object.name)" } == ["ADDED a.1", "ADDED b.1"])
        #expect(events.allSatisfy { $0.object.kind == .eventsEvent })
        #expect(handler.changes.map { $0.new(EventsEvent.self)?.name } == ["a.1", "b.1"])
        try test.client.delete(Event.self, namespace: "default", name: "b.1")
        test.pump()
        #expect(
            watch.take().map { "\($0.kind.rawValue) \($0.object.kind.info.apiVersion)" } == [
                "DELETED events.k8s.io/v1"
            ])
        let snapshot = test.server.snapshot()
        #expect(snapshot.list(EventsEvent.self).map(\.name) == ["a.1"])
        #expect(snapshot.get(EventsEvent.self, namespace: "default", name: "a.1")?.reason == "Scaled")
    }

    @Test func collectionsGoByEitherName() throws {
        let test = try TestServer()
        try test.client.create(Self.event("a.1"))
        let requester = Requester(author: "tester", user: UserInfo())
        let gone = try test.server.deleteCollection(
            .eventsEvent, ListOptions(namespace: "default"), DeleteOptions(), Request(requester))
        #expect(gone.map(\.kind) == [.eventsEvent])
        #expect(test.client.count(.event, namespace: nil) == 0)
    }

    // MARK: Autoscalers

    private static let target = #""scaleTargetRef":{"kind":"Deployment","name":"web","apiVersion":"apps/v1"}"#

    private static func read<Value: Resource>(_: Value.Type, _ spec: String) throws -> Value {
        try Value.decode(#"{"metadata":{"name":"web","namespace":"default"},"spec":{\#(target),\#(spec)}}"#)
    }

    @Test func anAutoscalerOfV1IsOneOfV2() throws {
        let test = try TestServer()
        let created = try test.client.create(
            Self.read(
                AutoscalingV1HorizontalPodAutoscaler.self, #""maxReplicas":5,"targetCPUUtilizationPercentage":60"#))
        #expect(created.spec.targetCPUUtilizationPercentage == 60 && created.spec.minReplicas == 1)
        let key = ObjectKey(.horizontalPodAutoscaler, namespace: "default", name: "web")
        let stored = try #require(test.client.get(HorizontalPodAutoscaler.self, key))
        #expect(stored.uid == created.uid)
        #expect(stored.spec.metrics.map { $0.resource?.target.averageUtilization } == [60])
        #expect(stored.annotations.isEmpty)
        // Where v1 says nothing, it means 80 percent.
        let plain = try test.client.update(
            Self.read(AutoscalingV1HorizontalPodAutoscaler.self, #""maxReplicas":5"#))
        #expect(plain.spec.targetCPUUtilizationPercentage == 80)
    }

    @Test func whatV1HasNoFieldsForTravelsInAnnotations() throws {
        let test = try TestServer()
        let spec = #"""
            "minReplicas":2,"maxReplicas":9,
            "metrics":[
              {"type":"Resource","resource":{"name":"cpu","target":{"type":"Utilization","averageUtilization":50}}},
              {"type":"Pods","pods":{"metric":{"name":"rps","selector":{"matchLabels":{"a":"b"}}},
                "target":{"type":"AverageValue","averageValue":"10"}}},
              {"type":"External","external":{"metric":{"name":"queue"},"target":{"type":"Value","value":"30"}}}],
            "behavior":{"scaleDown":{"stabilizationWindowSeconds":60,"selectPolicy":"Min",
              "policies":[{"type":"Pods","value":4,"periodSeconds":60}]}}
            """#
        let created = try test.client.create(Self.read(HorizontalPodAutoscaler.self, spec))
        try test.client.mutate(HorizontalPodAutoscaler.self, created.key, .status) { autoscaler in
            var condition = HorizontalPodAutoscalerCondition()
            condition.type = "AbleToScale"
            condition.status = "True"
            condition.lastTransitionTime = Time(seconds: 1_767_225_600)
            condition.reason = "ReadyForNewScale"
            autoscaler.status.conditions = [condition]
            var metric = MetricStatus()
            metric.type = "Resource"
            var resource = ResourceMetricStatus()
            resource.name = "cpu"
            resource.current.averageUtilization = 42
            resource.current.averageValue = "420m"
            metric.resource = resource
            autoscaler.status.currentMetrics = [metric]
        }
        let key = ObjectKey(.autoscalingV1HorizontalPodAutoscaler, namespace: "default", name: "web")
        let old = try #require(test.client.get(AutoscalingV1HorizontalPodAutoscaler.self, key))
        #expect(old.spec.targetCPUUtilizationPercentage == 50 && old.status.currentCPUUtilizationPercentage == 42)
        let prefix = "autoscaling.alpha.kubernetes.io/"
        #expect(
            old.annotations[prefix + "metrics"]
                == #"[{"type":"Pods","pods":{"metricName":"rps","targetAverageValue":"10","#
                + #""selector":{"matchLabels":{"a":"b"}}}},"#
                + #"{"type":"External","external":{"metricName":"queue","targetValue":"30"}}]"#)
        #expect(
            old.annotations[prefix + "current-metrics"]
                == #"[{"type":"Resource","resource":{"name":"cpu","currentAverageUtilization":42,"#
                + #""currentAverageValue":"420m"}}]"#)
        #expect(
            old.annotations[prefix + "conditions"]
                == #"[{"type":"AbleToScale","status":"True","lastTransitionTime":"2026-01-01T00:00:00Z","#
                + #""reason":"ReadyForNewScale"}]"#)
        #expect(
            old.annotations[prefix + "behavior"]?.contains(#""ScaleDown":{"StabilizationWindowSeconds":60"#) == true)
        // Read, changed and written back, with nothing lost.
        try test.client.mutate(AutoscalingV1HorizontalPodAutoscaler.self, key) { $0.spec.maxReplicas = 12 }
        let after = try #require(test.client.get(HorizontalPodAutoscaler.self, created.key))
        #expect(after.spec.maxReplicas == 12 && after.annotations.isEmpty)
        #expect(after.spec.behavior == created.spec.behavior)
        #expect(Set(after.spec.metrics.map(\.type)) == ["Resource", "Pods", "External"])
        #expect(after.spec.metrics.first { $0.type == "Pods" } == created.spec.metrics[1])
        #expect(after.spec.metrics.first { $0.type == "External" } == created.spec.metrics[2])
        #expect(after.status.conditions.map(\.reason) == ["ReadyForNewScale"])
        #expect(after.status.currentMetrics.first?.resource?.current.averageValue == "420m")
    }

    @Test func errorsOfV1NameTheStoredFields() throws {
        let test = try TestServer()
        let error = TestServer.failure { () throws(StatusError) in
            guard let bad = try? Self.read(AutoscalingV1HorizontalPodAutoscaler.self, #""maxReplicas":0"#) else {
                return
            }
            try test.client.create(bad)
        }
        #expect(error?.causes.first?.field == "spec.maxReplicas")
        #expect(error?.message.hasPrefix("HorizontalPodAutoscaler.autoscaling \"web\" is invalid: ") == true)
    }

    @Test(arguments: Catalogue.kinds.map(\.kind).filter { !$0.isStored })
    func everySecondKindIsServedFromAnother(_ kind: ResourceKind) {
        #expect(kind.stored.isStored)
        #expect(kind.stored.info.plural == kind.info.plural && kind.stored.info.name == kind.info.name)
        let metadata = ObjectMeta()
        #expect(kind.info.coder.make(metadata: metadata).stored.served(as: kind).kind == kind)
    }
}
