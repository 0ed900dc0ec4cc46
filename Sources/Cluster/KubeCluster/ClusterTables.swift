import ClusterCore
import KubeAPI
import KubeAPIServer
import KubeClient

/// The tables that the API server prints, for readers of snapshots: pure functions over an object.
package enum ClusterTables {
    package struct Column: Hashable, Sendable {
        /// As `kubectl get` heads it: `READY`.
        package var title: String
        /// Shown only in the wide form.
        package var isWide: Bool
    }

    private static let allColumns: [[Column]] = Catalogue.kinds.map { info in
        Printers.columns(for: info.kind).map { Column(title: $0.name.uppercased(), isWide: $0.priority > 0) }
    }

    /// The columns of a kind, the wide ones included, without the namespace. O(1).
    package static func columns(_ kind: ResourceKind) -> [Column] { allColumns[Int(kind.rawValue)] }

    /// The cells of an object, as many as its kind has columns.
    package static func cells(_ object: KubeObject, now: Instant) -> [String] {
        Printers.cells(for: object).map { $0.text(now: now) }
    }

    /// The STATUS that `kubectl get` prints; empty for kinds without that column.
    package static func status(of object: KubeObject, now: Instant) -> String {
        Printers.cell("Status", of: object)?.text(now: now) ?? ""
    }

    /// For a kind that nothing acts on yet, what is said about it; nil for the others.
    package static func missingController(_ kind: ResourceKind) -> String? { UnattendedKinds.warning(for: kind) }
}
