import KubeAPI

/// What kube-proxy's pods come to on each node, and in all: a change of a pod or a node is counted at its own place.
///
/// Follows kubernetes pkg/controller/daemon/daemon_controller.go (`updateDaemonSetStatus`, `podsShouldBeOnNode`).
struct KubeProxyTally {
    private struct Note {
        let name: String
        let created: Time?
        let generation: String?
        let isReady: Bool
        let isTerminal: Bool
        let isLeaving: Bool

        init(_ pod: Pod) {
            name = pod.name
            created = pod.metadata.creationTimestamp
            generation = pod.labels["pod-template-generation"]
            isReady = pod.isReady
            isTerminal = pod.isTerminal
            isLeaving = pod.metadata.deletionTimestamp != nil
        }
    }

    /// One node, or the name of one that pods are left of.
    private struct Place {
        var isThere = false
        var isWanted = false
        /// Most often one.
        var notes: [Note] = []
    }

    private struct Totals: Equatable {
        var desired = 0
        var current = 0
        var misplaced = 0
        var ready = 0
        var updated = 0

        mutating func add(_ other: Totals, _ sign: Int) {
            desired += sign * other.desired
            current += sign * other.current
            misplaced += sign * other.misplaced
            ready += sign * other.ready
            updated += sign * other.updated
        }
    }

    private let uid: String
    private let generation: Int?
    private let templateGeneration: String?
    private let selector: StringMap<String>
    private var places: [String: Place] = [:]
    private var totals = Totals()

    /// Counts for a DaemonSet, so far without a node or a pod.
    init(_ daemonSet: DaemonSet) {
        uid = daemonSet.uid
        generation = daemonSet.metadata.generation
        templateGeneration = Self.templateGeneration(of: daemonSet)
        selector = daemonSet.spec.template.spec.nodeSelector
    }

    /// Whether all was counted by what the DaemonSet now asks for.
    func isCounted(for daemonSet: DaemonSet) -> Bool {
        uid == daemonSet.uid && generation == daemonSet.metadata.generation
            && templateGeneration == Self.templateGeneration(of: daemonSet)
    }

    private static func templateGeneration(of daemonSet: DaemonSet) -> String? {
        daemonSet.annotations["deprecated.daemonset.template.generation"]
    }

    // MARK: Counting

    /// True if it changes the totals; so do the others.
    @discardableResult
    mutating func put(_ node: Node) -> Bool {
        let isWanted = selector.allSatisfy { node.labels[$0.key] == $0.value }
        return change(node.name) { place in
            place.isThere = true
            place.isWanted = isWanted
        }
    }

    @discardableResult
    mutating func remove(_ node: Node) -> Bool {
        change(node.name) { place in
            place.isThere = false
            place.isWanted = false
        }
    }

    @discardableResult
    mutating func put(_ pod: Pod, on node: String) -> Bool {
        change(node) { place in
            place.notes.removeAll { $0.name == pod.name }
            place.notes.append(Note(pod))
        }
    }

    @discardableResult
    mutating func remove(_ pod: Pod, from node: String) -> Bool {
        change(node) { place in place.notes.removeAll { $0.name == pod.name } }
    }

    private mutating func change(_ node: String, _ body: (inout Place) -> Void) -> Bool {
        let old = totals
        var place = places[node] ?? Place()
        totals.add(share(of: place), -1)
        body(&place)
        totals.add(share(of: place), 1)
        places[node] = place.isThere || !place.notes.isEmpty ? place : nil
        return totals != old
    }

    /// Of several pods on a node the oldest counts.
    private func share(of place: Place) -> Totals {
        var share = Totals()
        if place.isWanted { share.desired = 1 }
        guard place.isThere, let oldest = place.notes.min(by: Self.isOlder) else { return share }
        if place.isWanted {
            share.current = 1
            share.ready = oldest.isReady ? 1 : 0
            share.updated = oldest.generation == templateGeneration ? 1 : 0
        } else {
            share.misplaced = 1
        }
        return share
    }

    private static func isOlder(_ a: Note, _ b: Note) -> Bool {
        if let first = a.created, let second = b.created, first != second { return first < second }
        return precedesUTF8(a.name, b.name)
    }

    // MARK: What it comes to

    func wantsPod(on node: String) -> Bool { places[node]?.isWanted ?? false }

    /// Whether a pod is to be made or deleted on the node.
    func isUnsettled(_ node: String) -> Bool {
        guard let place = places[node] else { return false }
        return isUnsettled(place)
    }

    private func isUnsettled(_ place: Place) -> Bool {
        if !place.isThere { return false }
        if place.isWanted, place.notes.isEmpty { return true }
        let staying = place.notes.filter { !$0.isLeaving }
        if !place.isWanted { return !staying.isEmpty }
        return staying.count > 1 || staying.contains { $0.isTerminal }
    }

    /// In no order. O(nodes).
    var unsettled: [String] { places.filter { isUnsettled($0.value) }.map(\.key) }

    /// Writes the totals into a status.
    func apply(to status: inout DaemonSetStatus) {
        status.desiredNumberScheduled = totals.desired
        status.currentNumberScheduled = totals.current
        status.numberMisscheduled = totals.misplaced
        status.numberReady = totals.ready
        status.numberAvailable = totals.ready == 0 ? nil : totals.ready
        status.numberUnavailable = totals.desired == totals.ready ? nil : totals.desired - totals.ready
        status.updatedNumberScheduled = totals.updated == 0 ? nil : totals.updated
        status.observedGeneration = generation
    }
}
