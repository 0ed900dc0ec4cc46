import KubeAPI
import KubeClient

/// How many pods there are meant to be, by those who manage them.
///
/// Follows kubernetes `pkg/controller/disruption/disruption.go` `getExpectedScale` and its finders: a ReplicaSet of a
/// Deployment counts as its Deployment, and whatever else can be scaled as itself.
struct ExpectedScale {
    /// Why the number cannot be told, in upstream's words.
    struct Failure: Error {
        let message: String
    }

    private let client: any KubeClient

    init(_ client: any KubeClient) { self.client = client }

    /// The sum over all managers of a budget's pods, each counted once. O(managers).
    func total(_ tally: BudgetTally, namespace: String) throws(Failure) -> Int {
        var replicas: [String: Int] = [:]
        // In an order of their own, so that of several failures it is always the same one that is told.
        for uid in tally.owners.keys.sorted() {
            guard let owner = tally.owners[uid] else { continue }
            guard let scale = try scale(of: owner.reference, namespace) else {
                throw Failure(message: "found no controllers for pod \(GoText.quoted(tally.firstPod(of: uid)))")
            }
            replicas[scale.uid] = scale.replicas
        }
        return replicas.values.reduce(0, +)
    }

    /// Nil if the manager is gone.
    private func scale(of reference: OwnerReference, _ namespace: String) throws(Failure) -> (
        uid: String, replicas: Int
    )? {
        guard let kind = Catalogue.kind(apiVersion: reference.apiVersion, kind: reference.kind) else {
            throw Failure(
                message: "no matches for kind \(GoText.quoted(reference.kind)) in version "
                    + GoText.quoted(reference.apiVersion))
        }
        guard kind.info.has(subresource: "scale") else {
            throw Failure(message: "\(kind.groupResource) does not implement the scale subresource")
        }
        guard let object = client.object(ObjectKey(kind, namespace: namespace, name: reference.name)),
            object.uid == reference.uid
        else { return nil }
        if kind == .replicaSet, let controller = object.metadata.controllerReference, controller.kind == "Deployment",
            let deployment = client.get(Deployment.self, namespace: namespace, name: controller.name),
            deployment.uid == controller.uid
        {
            return (deployment.uid, deployment.spec.replicas ?? 1)
        }
        return object.scalable.map { (uid: object.uid, replicas: $0.scaleReplicas ?? 1) }
    }
}
