import ClusterCore
import KubeAPI
import KubeClient

/// Keeps the API server's own FlowSchemas and PriorityLevelConfigurations: what is missing is made again, what somebody
/// changed is set back, unless it is one of the suggested ones and an annotation says that it is to stay.
///
/// Looks once a minute, as upstream does, but only if one of them has changed since the last look.
///
/// Follows kubernetes pkg/registry/flowcontrol/rest/storage_flowcontrol.go and pkg/registry/flowcontrol/ensurer.
final class FlowControlUpkeep: ChangeHandler, EventTarget {
    static let author = "api-priority-and-fairness-config-producer-v1"
    static let annotation = "apf.kubernetes.io/autoupdate-spec"
    private static let period = Interval.minutes(1)

    private let client: LocalClient
    private let loop: EventLoop
    private let begin: Instant
    private var isDue = false

    init(_ server: APIServer) {
        client = LocalClient(server, component: FlowControlUpkeep.author)
        loop = server.loop
        begin = loop.now
    }

    /// The store and the event loop keep this object alive.
    func start() {
        client.watch(FlowSchema.self, .all, self)
        client.watch(PriorityLevelConfiguration.self, .all, self)
    }

    func handle(_ change: Change) {
        if isDue { return }
        // What is as it should be, which is nearly always, costs no look.
        guard let wanted = FlowControlDefaults.byKey[change.key] else {
            if change.new?.metadata.annotations[FlowControlUpkeep.annotation] != nil { becomeDue(change) }
            return
        }
        guard let current = change.new else { return becomeDue(change) }
        if FlowControlUpkeep.corrected(current, wanted) != nil { becomeDue(change) }
    }

    private func becomeDue(_ change: Change) {
        isDue = true
        client.cause = change.revision
        let passed = (loop.now - begin).nanoseconds / FlowControlUpkeep.period.nanoseconds
        loop.schedule(at: begin + FlowControlUpkeep.period * Int(passed + 1), self, 0)
    }

    func fire(_ token: UInt64) {
        isDue = false
        do throws(StatusError) {
            for object in FlowControlDefaults.inUpkeepOrder { try ensure(object) }
            try removeForgotten(.flowSchema)
            try removeForgotten(.priorityLevelConfiguration)
            client.cause = 0
        } catch {
            isDue = true
            loop.schedule(after: FlowControlUpkeep.period, self, 0)
        }
    }

    private func ensure(_ wanted: KubeObject) throws(StatusError) {
        guard client.object(wanted.key) != nil else {
            var options = WriteOptions()
            options.fieldManager = FlowControlUpkeep.author
            _ = try client.create(wanted, options)
            return
        }
        _ = try client.mutate(wanted.key, nil) { FlowControlUpkeep.corrected($0, wanted) }
    }

    /// Those that an API server of another version kept, and this one does not.
    private func removeForgotten(_ kind: ResourceKind) throws(StatusError) {
        var forgotten: [ObjectKey] = []
        client.forEach(kind, namespace: nil) { object in
            let isOwn = FlowControlUpkeep.isTrue(object.metadata.annotations[FlowControlUpkeep.annotation]) == true
            if isOwn, FlowControlDefaults.byKey[object.key] == nil { forgotten.append(object.key) }
            return true
        }
        for key in forgotten { _ = try client.delete(key, DeleteOptions()) }
    }

    // MARK: Comparing

    /// The object as it should be; nil if it is.
    ///
    /// An annotation that says nothing is replaced: by true for what nobody has changed yet.
    private static func corrected(_ current: KubeObject, _ wanted: KubeObject) -> KubeObject? {
        let said = isTrue(current.metadata.annotations[annotation])
        let isKept = FlowControlDefaults.isMandatory(wanted.name) || (said ?? (current.metadata.generation == 1))
        let wanted = withOwnShares(wanted, current)
        let coder = wanted.kind.info.coder
        let hasChanged = isKept && !coder.hasSameSpec(current, wanted)
        if said == isKept, !hasChanged { return nil }
        var metadata = current.metadata
        metadata.annotations[annotation] = isKept ? "true" : "false"
        if !hasChanged { return current.with(metadata: metadata) }
        return coder.settingStatus(wanted.with(metadata: metadata), of: current)
    }

    /// What the level `exempt` has of the seats that are not in use is for everybody to say.
    private static func withOwnShares(_ wanted: KubeObject, _ current: KubeObject) -> KubeObject {
        guard var level = wanted.as(PriorityLevelConfiguration.self), level.spec.exempt != nil,
            let exempt = current.as(PriorityLevelConfiguration.self)?.spec.exempt
        else { return wanted }
        level.spec.exempt = exempt
        return level.boxed
    }

    /// As Go reads a truth; nil for what is none.
    private static func isTrue(_ text: String?) -> Bool? {
        switch text {
        case "1", "t", "T", "true", "TRUE", "True": true
        case "0", "f", "F", "false", "FALSE", "False": false
        default: nil
        }
    }
}

extension FlowControlDefaults {
    /// The suggested ones, then the mandatory ones, each with the schemas first.
    fileprivate static var inUpkeepOrder: [KubeObject] {
        let (schemas, levels) = (objects.filter { $0.kind == .flowSchema }, objects.filter { $0.kind != .flowSchema })
        return [false, true].flatMap { mandatory in
            (schemas + levels).filter { isMandatory($0.name) == mandatory }
        }
    }
}
