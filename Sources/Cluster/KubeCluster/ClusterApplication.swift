import ClusterCore
import KubeAPI
import KubeClient

// Applies manifests as a careful person would: all are tried before any is written, what others need is made first, and
// what a controller has to make in between is waited for.

extension Cluster {
    /// Why one of several objects was refused, and which one.
    package struct Refusal: Error {
        /// Among the objects as they were given.
        package let index: Int
        package let error: StatusError
    }

    /// The longest that a new namespace's service account is waited for, in virtual time. Its controller makes it
    /// within milliseconds; where it does not there is no such controller.
    private static let serviceAccountPatience = Interval.seconds(30)

    /// Creates what does not exist and updates what does. Nothing is written when one is refused from the start. The
    /// clock may move by what a service account takes to be made. Returns where the objects are now.
    /// - Parameter written: the objects' manifests, in their order, as `ClusterCommand.apply` takes them.
    @discardableResult
    package func applyAll(
        _ objects: [KubeObject], written: [JSONValue] = [], warnings: Warnings = Warnings()
    ) throws(Refusal) -> [ObjectKey] {
        var outcome = CommandOutcome(id: 0)
        try carryOutEach(objects, written, isCreation: false, &outcome, warnings)
        server.pump()
        return objects.filter { !$0.name.isEmpty }.map { placed($0).key }
    }

    /// As `applyAll`, for a command.
    func carryOut(
        _ objects: [KubeObject], _ written: [JSONValue], isCreation: Bool, _ outcome: inout CommandOutcome,
        _ warnings: Warnings
    ) throws(StatusError) {
        do throws(Refusal) {
            try carryOutEach(objects, written, isCreation: isCreation, &outcome, warnings)
        } catch {
            throw error.error
        }
    }

    private func carryOutEach(
        _ objects: [KubeObject], _ written: [JSONValue], isCreation: Bool, _ outcome: inout CommandOutcome,
        _ warnings: Warnings
    ) throws(Refusal) {
        precondition(written.isEmpty || written.count == objects.count, "a manifest for each object, or none")
        // An object has the required fields of its kind, whether or not its manifest says something of them.
        func patch(_ index: Int) -> [UInt8] { written.isEmpty ? objects[index].json : written[index].json }
        let batch = Batch(objects)
        for (index, object) in objects.enumerated() {
            do throws(StatusError) {
                try rehearse(placed(object), patch(index), batch)
            } catch {
                throw Refusal(index: index, error: error)
            }
        }
        for index in batch.order {
            do throws(StatusError) {
                let object = placed(objects[index])
                waitForServiceAccount(of: object, batch)
                try write(object, patch(index), isCreation: isCreation, &outcome, warnings)
            } catch {
                throw Refusal(index: index, error: error)
            }
        }
    }

    func writeOptions(_ warnings: Warnings, isDryRun: Bool = false) -> WriteOptions {
        var options = WriteOptions()
        options.warnings = warnings
        options.isDryRun = isDryRun
        options.fieldManager = "drydock"
        return options
    }

    /// Objects without a namespace go to `default`, if their kind has one.
    private func placed(_ object: KubeObject) -> KubeObject {
        let namespace = WrittenObject.namespace(of: object)
        if namespace == object.namespace { return object }
        var metadata = object.metadata
        metadata.namespace = namespace
        return object.with(metadata: metadata)
    }

    private func write(
        _ object: KubeObject, _ patch: [UInt8], isCreation: Bool, _ outcome: inout CommandOutcome, _ warnings: Warnings
    ) throws(StatusError) {
        guard !isCreation, !object.name.isEmpty, let before = operatorClient.object(object.key) else {
            let created = try operatorClient.create(object, writeOptions(warnings))
            outcome.messages.append("\(Cluster.name(created)) created")
            return
        }
        let after = try operatorClient.patch(
            object.key, patch, type: .strategicMerge, nil, writeOptions(warnings))
        let isSame = after.metadata.resourceVersion == before.metadata.resourceVersion
        outcome.messages.append("\(Cluster.name(after)) \(isSame ? "unchanged" : "configured")")
    }

    // MARK: What objects need of each other

    /// Objects that are applied together.
    private struct Batch {
        /// The order in which they are written: what others cannot be admitted without comes first.
        let order: [Int]
        let namespaces: Set<String>
        /// Names that an object may be refused for, only because they are not there yet.
        let needed: [String]

        init(_ objects: [KubeObject]) {
            func rank(_ object: KubeObject) -> Int {
                switch object.kind {
                case .namespace: 0
                case .priorityClass, .runtimeClass: 1
                case .serviceAccount: 2
                default: 3
                }
            }
            order = objects.indices.sorted { (rank(objects[$0]), $0) < (rank(objects[$1]), $1) }
            namespaces = Set(objects.filter { $0.kind == .namespace }.map(\.name))
            needed = objects.filter { (1...2).contains(rank($0)) }.map(\.name)
        }
    }

    /// Tries a write without writing. What is to be in a namespace that comes with the batch is tried in `default`.
    private func rehearse(_ object: KubeObject, _ patch: [UInt8], _ batch: Batch) throws(StatusError) {
        let isAhead =
            batch.namespaces.contains(object.namespace)
            && operatorClient.object(ObjectKey(.namespace, name: object.namespace)) == nil
        do throws(StatusError) {
            let options = writeOptions(Warnings(), isDryRun: true)
            if isAhead {
                var metadata = object.metadata
                metadata.namespace = "default"
                _ = try operatorClient.create(object.with(metadata: metadata), options)
            } else if operatorClient.object(object.key) != nil, !object.name.isEmpty {
                _ = try operatorClient.patch(object.key, patch, type: .strategicMerge, nil, options)
            } else {
                _ = try operatorClient.create(object, options)
            }
        } catch {
            // One of that name in `default` says nothing about the namespace to come.
            if isAhead, error.isAlreadyExists { return }
            if error.reason == .forbidden, batch.needed.contains(where: { error.message.contains($0) }) { return }
            throw error
        }
    }

    /// A pod cannot be admitted before its namespace's service account is there, which a controller makes after the
    /// namespace: somebody at a keyboard is slower than that, a script runs into it.
    private func waitForServiceAccount(of object: KubeObject, _ batch: Batch) {
        guard let pod = object.as(Pod.self), batch.namespaces.contains(object.namespace) else { return }
        let name = pod.spec.serviceAccountName ?? ""
        guard name.isEmpty || name == "default" else { return }
        let account = ObjectKey(.serviceAccount, namespace: object.namespace, name: "default")
        let limit = loop.now + Cluster.serviceAccountPatience
        server.pump()
        while operatorClient.object(account) == nil, let next = loop.nextEventTime, next <= limit, loop.step() {}
    }
}
