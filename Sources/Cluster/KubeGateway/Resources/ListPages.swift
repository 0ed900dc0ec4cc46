import KubeAPI
import KubeAPIServer
import KubeClient
import NIOConcurrencyHelpers

/// The states that long lists are being read from, page by page, so that the pages are of one moment and the cluster's
/// thread is not asked for each.
final class ListPages: Sendable {
    private static let capacity = 16
    private let snapshots = NIOLockedValueBox<[Snapshot]>([])

    func keep(_ snapshot: Snapshot) {
        snapshots.withLockedValue { snapshots in
            if snapshots.contains(where: { $0.revision == snapshot.revision }) { return }
            if snapshots.count == ListPages.capacity { snapshots.removeFirst() }
            snapshots.append(snapshot)
        }
    }

    /// The page where a list goes on; nil if its state is not kept here.
    func page(_ kind: ResourceKind, _ options: ListOptions) throws(StatusError) -> ListResult? {
        guard let place = try APIServer.continuation(of: options, kind) else { return nil }
        let kept = snapshots.withLockedValue { $0.first { $0.revision == place.revision } }
        return kept.map { APIServer.page(of: $0, kind, options, from: place.start) }
    }
}
