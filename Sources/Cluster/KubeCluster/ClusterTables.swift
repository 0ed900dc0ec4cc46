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

    /// What a cell says about an object, whatever the time is.
    package enum SteadyValue: Equatable, Sendable {
        case number(Double)
        case text(String)
    }

    /// The cells of an object as far as they stay what they are while time goes by: without ages, and without how long
    /// ago something was. Those that only grow old are left out.
    package static func steadyCells(_ object: KubeObject) -> [String] {
        Printers.cells(for: object).compactMap { cell -> String? in
            switch cell {
            case .age, .elapsed(_, nil): nil
            case .restarts(let count, _): String(count)
            default: cell.text(now: Instant(nanoseconds: 0))
            }
        }
    }

    /// A cell as something to order by: the younger is less, and what still runs takes longest. The index is among all
    /// columns of the kind.
    package static func steadyValue(_ object: KubeObject, column index: Int) -> SteadyValue {
        let cells = Printers.cells(for: object)
        guard index < cells.count else { return .text("") }
        switch cells[index] {
        case .int(let number): return .number(Double(number))
        case .restarts(let count, _): return .number(Double(count))
        case .age(let moment?): return .number(-(moment - Instant(nanoseconds: 0)).seconds)
        case .age(nil): return .number(.infinity)
        case .elapsed(_?, nil): return .number(.infinity)
        default: return .text(cells[index].text(now: Instant(nanoseconds: 0)))
        }
    }

    /// The STATUS that `kubectl get` prints; empty for kinds without that column.
    package static func status(of object: KubeObject, now: Instant) -> String {
        Printers.cell("Status", of: object)?.text(now: now) ?? ""
    }

    /// For a kind that nothing acts on yet, what is said about it; nil for the others.
    package static func missingController(_ kind: ResourceKind) -> String? { UnattendedKinds.warning(for: kind) }
}
