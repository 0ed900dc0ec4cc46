import ClusterCore
import KubeAPI
import KubeClient
import KubeCluster
import TerminalUI

/// What has just changed on the screen: cells flash and fade over a second, deleted rows stay for a second and pale.
///
/// It compares what a frame shows with what the frame before showed, so it costs what is visible and nothing else.
struct RowHighlights {
    /// Wall seconds that a change shows.
    static let duration = 1.0
    /// Steps in which a flash fades.
    private static let steps = 5

    struct Row {
        var cells: [String]
        /// By cell, when it changed; below zero for long ago.
        var changed: [Double]
    }

    /// A row that was deleted, where it stood.
    struct Ghost {
        var key: ObjectKey
        var cells: [String]
        var since: Double
        /// The row above it that is still there.
        var above: ObjectKey?
    }

    private var shown: [ObjectKey: Row] = [:]
    /// Keys in the order of the last frame.
    private var order: [ObjectKey] = []
    private var next: [ObjectKey: Row] = [:]
    private var nextOrder: [ObjectKey] = []
    private(set) var ghosts: [Ghost] = []
    private var created: Set<ObjectKey> = []
    /// When the last of the flashes ends.
    private(set) var end = -1.0
    /// More creations than this at once are no news of single rows.
    private static let maximumCreated = 2000

    /// Everything on the screen was replaced: nothing flashes.
    mutating func reset() {
        shown = [:]
        order = []
        ghosts = []
        created = []
        end = -1
    }

    mutating func apply(_ update: ClusterUpdate, kind: ResourceKind) {
        if update.isReset { return reset() }
        for change in update.changes where change.kind == kind {
            switch change.verb {
            case .create:
                if created.count < RowHighlights.maximumCreated { created.insert(change.key) }
                ghosts.removeAll { $0.key == change.key }
            case .update: break
            case .delete:
                guard let row = shown[change.key] else { continue }
                ghosts.append(Ghost(key: change.key, cells: row.cells, since: -1, above: nil))
            }
        }
    }

    /// Begins a frame: ages the ghosts, and finds the neighbour above each new one.
    mutating func begin(now: Double, isThere: (ObjectKey) -> Bool) {
        ghosts.removeAll { $0.since >= 0 && now - $0.since >= RowHighlights.duration || isThere($0.key) }
        if !ghosts.isEmpty {
            var positions: [ObjectKey: Int] = [:]
            for (index, key) in order.enumerated() { positions[key] = index }
            // As they stood, not as they went.
            ghosts.sort { (positions[$0.key] ?? 0, $0.key) < (positions[$1.key] ?? 0, $1.key) }
            for index in ghosts.indices {
                if ghosts[index].since < 0 { ghosts[index].since = now }
                if let above = ghosts[index].above, isThere(above) { continue }
                var position = (positions[ghosts[index].key] ?? 0) - 1
                ghosts[index].above = nil
                while position >= 0 {
                    if isThere(order[position]) {
                        ghosts[index].above = order[position]
                        break
                    }
                    position -= 1
                }
            }
            end = max(end, now + 0.05)
        }
        next = [:]
        nextOrder = []
    }

    /// Notes a row of the frame, and tells when each of its cells last changed.
    /// - Parameter quiet: cells that change by themselves, such as ages.
    mutating func row(_ key: ObjectKey, cells: [String], quiet: [Bool], now: Double) -> [Double] {
        var changed: [Double]
        if let before = shown[key], before.cells.count == cells.count {
            changed = before.changed
            for index in cells.indices where !quiet[index] && before.cells[index] != cells[index] {
                changed[index] = now
            }
        } else {
            changed = Array(repeating: created.contains(key) ? now : -10, count: cells.count)
        }
        if let last = changed.max(), now - last < RowHighlights.duration {
            end = max(end, last + RowHighlights.duration)
        }
        next[key] = Row(cells: cells, changed: changed)
        nextOrder.append(key)
        return changed
    }

    mutating func noteGhost(_ key: ObjectKey, cells: [String]) { nextOrder.append(key) }

    mutating func finish() {
        shown = next
        order = nextOrder
        created.removeAll()
    }

    /// When to draw the next step of a fade; nil when nothing fades.
    func nextStep(now: Double) -> Double? {
        end > now || !ghosts.isEmpty ? now + RowHighlights.duration / Double(RowHighlights.steps) : nil
    }

    // MARK: Colours

    /// How a cell looks that changed some time ago; nil once it is over.
    /// - Parameter isSelected: it fades into the selection, which stands on its row.
    static func flash(age: Double, isSelected: Bool = false, theme: Theme) -> Style? {
        guard age >= 0, age < duration else { return nil }
        let full = theme[.flash]
        guard theme.depth == .trueColor || theme.depth == .palette256 else { return age < 0.6 ? full : nil }
        let step = Double(Int((1 - age / duration) * Double(steps)) + 1) / Double(steps)
        let selection = isSelected ? theme[.selection].background.rgbValue : nil
        let ground = selection ?? (theme.variant == .dark ? 0x10161C : 0xFFFFFF)
        guard let color = full.background.rgbValue else { return full }
        let mixed = Color.hex(mix(color, ground, step)).mapped(to: theme.depth)
        return Style(foreground: step > 0.5 ? full.foreground : .default, background: mixed)
    }

    /// How a row looks that was deleted some time ago.
    static func fade(age: Double, theme: Theme) -> Style {
        guard theme.depth == .trueColor || theme.depth == .palette256, let color = theme[.error].foreground.rgbValue,
            let pale = theme[.fade].foreground.rgbValue
        else { return theme[.fade] }
        // It pales, and stays readable to its end, also where the selection stands on it.
        let share = max(0, 1 - age / duration)
        return Style(foreground: Color.hex(mix(color, pale, share)).mapped(to: theme.depth))
    }

    private static func mix(_ first: UInt32, _ second: UInt32, _ share: Double) -> UInt32 {
        var result: UInt32 = 0
        for shift in [16, 8, 0] as [UInt32] {
            let a = Double(first >> shift & 0xFF)
            let b = Double(second >> shift & 0xFF)
            result |= UInt32(max(0, min(255, a * share + b * (1 - share)))) << shift
        }
        return result
    }
}
