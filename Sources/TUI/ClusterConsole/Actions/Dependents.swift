import KubeAPI
import KubeClient
import KubeCluster

/// What goes with an object when it is deleted: what it owns, what that owns, and so on; or, for a namespace, all that
/// is in it; for a node also its pods, which are garbage without it.
struct Dependents {
    /// By kind, in the catalogue's order.
    private(set) var counts: [(kind: ResourceKind, count: Int)] = []

    /// O(objects of the namespaces concerned), for each generation of owners.
    init(of targets: [KubeObject], in snapshot: Snapshot) {
        var found: [ResourceKind: Int] = [:]
        let namespaces = targets.filter { $0.kind == .namespace }.map(\.name)
        for namespace in namespaces {
            for info in Catalogue.kinds where info.isNamespaced && Dependents.isCounted(info) {
                found[info.kind, default: 0] += snapshot.count(info.kind, namespace: namespace)
            }
        }
        var owners = Set(targets.filter { $0.kind != .namespace }.map(\.uid))
        let places = Set(targets.map(\.namespace)).sorted()
        var known = owners
        while !owners.isEmpty {
            var next: Set<String> = []
            for info in Catalogue.kinds where Dependents.isCounted(info) {
                // What a cluster-scoped object owns may be anywhere.
                for namespace in info.isNamespaced && !places.contains("") ? places : [nil] as [String?] {
                    snapshot.forEach(info.kind, namespace: namespace) { object in
                        let isOwned = object.metadata.ownerReferences.contains { owners.contains($0.uid) }
                        if isOwned, known.insert(object.uid).inserted {
                            next.insert(object.uid)
                            found[info.kind, default: 0] += 1
                        }
                        return true
                    }
                }
            }
            owners = next
        }
        let nodes = Set(targets.filter { $0.kind == .node }.map(\.name))
        if !nodes.isEmpty {
            snapshot.forEach(.pod) { object in
                if let node = object.as(Pod.self)?.spec.nodeName, nodes.contains(node),
                    known.insert(object.uid).inserted
                {
                    found[.pod, default: 0] += 1
                }
                return true
            }
        }
        // Endpoints bear their Service's name, and no reference to it.
        for service in targets where service.kind == .service {
            let key = ObjectKey(.endpoints, namespace: service.namespace, name: service.name)
            if snapshot.object(key) != nil { found[.endpoints, default: 0] += 1 }
        }
        counts = found.filter { $0.value > 0 }.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    /// Events pass by themselves, and metrics are no objects.
    private static func isCounted(_ info: KindInfo) -> Bool {
        info.supports(verb: "delete") && info.kind != .event && info.kind.isStored
    }

    var isEmpty: Bool { counts.isEmpty }

    /// `1 ReplicaSet and 10 Pods`.
    var text: String {
        let parts = counts.map { entry in
            "\(Grouped.text(entry.count)) \(Dependents.noun(entry.kind, entry.count))"
        }
        guard let last = parts.last else { return "" }
        return parts.count == 1 ? last : parts.dropLast().joined(separator: ", ") + " and " + last
    }

    static func noun(_ kind: ResourceKind, _ count: Int) -> String {
        let name = kind.info.name
        if count == 1 { return name }
        if name.hasSuffix("s") || name.hasSuffix("ss") { return name.hasSuffix("ss") ? name + "es" : name }
        if name.hasSuffix("y"), !name.hasSuffix("ey") { return name.dropLast() + "ies" }
        return name + "s"
    }
}
