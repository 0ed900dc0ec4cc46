import ClusterCore
import DequeModule
import KubeAPI
import KubeClient
import KubeCluster
import TerminalUI

/// What all views and layers read: the newest snapshot, the size, the theme, and what the user chose for all views.
final class ConsoleState {
    var snapshot: ClusterSnapshot
    var size: Size
    var theme: Theme
    /// Wall seconds of the frame that is being drawn, from an arbitrary start.
    var wall: Double = 0
    /// The namespace that views show; nil for all.
    var namespace: String?
    /// Most recent first, at most nine: what the keys 1…9 go to.
    private(set) var recentNamespaces: [String] = []
    var showsWide = false
    /// API writes by virtual second.
    var writes = WriteHistory()
    /// Whether the terminal reports the mouse.
    let hasMouse: Bool
    let parseManifests: (String) -> Result<[WrittenObject], ManifestProblem>
    /// What users made and changed, and quitting offers to save.
    var userWork = UserWork()
    /// The cluster outlives the console, as its journal does.
    let isDurable: Bool
    /// Where clients find the cluster; nil where it is served to none.
    var api: APINotice?
    /// Why the cluster takes no writes; nil while it does.
    var failure: APINotice?

    init(
        snapshot: ClusterSnapshot, size: Size, theme: Theme, hasMouse: Bool, isDurable: Bool,
        parseManifests: @escaping (String) -> Result<[WrittenObject], ManifestProblem>
    ) {
        self.snapshot = snapshot
        self.size = size
        self.theme = theme
        self.hasMouse = hasMouse
        self.isDurable = isDurable
        self.parseManifests = parseManifests
        use(namespace: "default")
        namespace = nil
    }

    var objects: Snapshot { snapshot.objects }
    var now: Instant { snapshot.time }

    /// Makes a namespace the current one, and a recent one.
    func use(namespace: String?) {
        self.namespace = namespace
        guard let namespace else { return }
        if recentNamespaces.contains(namespace) { return }
        recentNamespaces.append(namespace)
        if recentNamespaces.count > 9 { recentNamespaces.remove(at: 1) }
    }
}

/// What is to be said of the cluster's API: where it is served, or what keeps it from that.
package struct APINotice: Sendable {
    package var text: String
    package var isProblem: Bool

    package init(_ text: String, isProblem: Bool = false) {
        self.text = text
        self.isProblem = isProblem
    }

    var effect: Effect { .toast(text, isProblem ? .error : .info) }
}

/// API writes counted by virtual second, from the changes themselves.
struct WriteHistory {
    /// Seconds kept.
    static let capacity = 240
    /// The newest last; one for each second up to `second`.
    private var counts: Deque<Double> = []
    private var second: Int64?
    private var lastRevision = 0

    mutating func add(_ update: ClusterUpdate) {
        let now = update.snapshot.time.seconds
        if update.isReset || second == nil {
            // Without the changes only the sum is known: it is spread over the seconds that passed.
            let writes = update.snapshot.revision - lastRevision
            let span = second.map { max(1, now - $0) } ?? 1
            let isFirst = second == nil
            advance(to: now)
            if !isFirst, writes > 0 {
                let share = Double(writes) / Double(span)
                for index in max(0, counts.count - Int(span))..<counts.count { counts[index] += share }
            }
        } else {
            for change in update.changes {
                advance(to: change.time.seconds)
                if let second, change.time.seconds == second, !counts.isEmpty { counts[counts.count - 1] += 1 }
            }
            advance(to: now)
        }
        lastRevision = update.snapshot.revision
    }

    private mutating func advance(to newSecond: Int64) {
        guard let old = second, newSecond > old else {
            if second == nil {
                second = newSecond
                counts = [0]
            }
            return
        }
        let missing = min(newSecond - old, Int64(WriteHistory.capacity))
        counts.append(contentsOf: repeatElement(0, count: Int(missing)))
        if counts.count > WriteHistory.capacity { counts.removeFirst(counts.count - WriteHistory.capacity) }
        second = newSecond
    }

    /// The last `count` whole seconds, oldest first, zeros before the first one known.
    func last(_ count: Int) -> [Double] {
        let whole = counts.dropLast()
        let shown = Array(whole.suffix(count))
        return Array(repeating: 0, count: max(0, count - shown.count)) + shown
    }

    /// Writes in the last whole second.
    var latest: Int { Int((counts.dropLast().last ?? 0).rounded()) }
}
