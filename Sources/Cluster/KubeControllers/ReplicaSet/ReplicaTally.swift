import ClusterCore
import KubeAPI

/// What one pod counts for in its owner's status.
package struct ReplicaMark: Equatable, Sendable {
    package struct Flags: OptionSet, Hashable, Sendable {
        package let rawValue: UInt8
        package init(rawValue: UInt8) { self.rawValue = rawValue }

        /// The owner's selector matches.
        package static let isSelected = Flags(rawValue: 1)
        package static let isActive = Flags(rawValue: 2)
        package static let isTerminating = Flags(rawValue: 4)
        /// The labels of the owner's template are all there.
        package static let isFullyLabeled = Flags(rawValue: 8)
        package static let isReady = Flags(rawValue: 16)
    }

    package let flags: Flags
    /// When the pod became ready, in seconds since the Unix epoch; `Int.max` when that is not known.
    package let readySince: Int

    /// What the labels alone decide.
    package static func flags(
        of labels: StringMap<String>, selector: Selector, templateLabels: Selector
    ) -> Flags {
        var flags: Flags = []
        if selector.matches(labels) { flags.insert(.isSelected) }
        if templateLabels.matches(labels) { flags.insert(.isFullyLabeled) }
        return flags
    }

    package init(_ pod: Pod, selector: Selector, templateLabels: Selector) {
        self.init(
            pod, labelFlags: ReplicaMark.flags(of: pod.labels, selector: selector, templateLabels: templateLabels))
    }

    /// `labelFlags`: what the pod's labels decide.
    package init(_ pod: Pod, labelFlags: Flags) {
        var flags = labelFlags
        var since = Int.max
        if pod.isActive { flags.insert(.isActive) } else if pod.isTerminating { flags.insert(.isTerminating) }
        if let condition = pod.status.condition("Ready"), condition.status == "True" {
            flags.insert(.isReady)
            since = condition.lastTransitionTime?.seconds ?? .max
        }
        self.flags = flags
        readySince = since
    }

    /// Whether the pod is one of its owner's replicas.
    var isReplica: Bool { flags.isSuperset(of: [.isSelected, .isActive]) }
    /// Whether the pod has its owner's reference but not its labels any more.
    var isStray: Bool { flags.contains(.isActive) && !flags.contains(.isSelected) }
}

/// How many pods of an owner are there, kept up to date pod by pod, so that the owner's status costs the same with
/// ten replicas and with ten thousand.
///
/// Setting a pod's mark again, or an older one and then the newer one again, ends at the same counts: a tally may be
/// filled from the newest state while changes before it are still on their way.
package struct ReplicaTally {
    private var marks: [String: ReplicaMark] = [:]
    private var readyTimes = ReadyTimes()
    /// Active pods that the selector matches.
    package private(set) var replicas = 0
    package private(set) var fullyLabeled = 0
    package private(set) var ready = 0
    package private(set) var terminating = 0
    /// Names of active pods that have the owner's reference, and labels that its selector doesn't match.
    package private(set) var strays: Set<String> = []

    package init() {}

    /// Sets or removes the mark of the pod of a name. False if that changed nothing. O(1), but for the ready times,
    /// which are as many as there are different seconds in them.
    @discardableResult
    package mutating func set(_ mark: ReplicaMark?, pod name: String) -> Bool {
        let earlier = marks[name]
        if earlier == mark { return false }
        if let earlier { count(earlier, -1, name) }
        if let mark { count(mark, 1, name) }
        marks[name] = mark
        return true
    }

    private mutating func count(_ mark: ReplicaMark, _ step: Int, _ name: String) {
        if mark.isReplica {
            replicas += step
            if mark.flags.contains(.isFullyLabeled) { fullyLabeled += step }
            if mark.flags.contains(.isReady) {
                ready += step
                readyTimes.add(mark.readySince, step)
            }
        } else if mark.flags.isSuperset(of: [.isSelected, .isTerminating]) {
            terminating += step
        } else if mark.isStray {
            if step > 0 { strays.insert(name) } else { strays.remove(name) }
        }
    }

    /// Replicas that have been ready for at least `minReadySeconds`.
    /// O(1) for 0 seconds; else the number of different ready times within the last `minReadySeconds`.
    package func available(minReadySeconds: Int, now: Instant) -> Int {
        minReadySeconds == 0 ? ready : ready - readyTimes.count(after: Int(now.seconds) - minReadySeconds)
    }

    /// How long until another replica becomes available; nil if no ready one is waiting for that.
    package func nextAvailability(minReadySeconds: Int, now: Instant) -> Interval? {
        guard minReadySeconds > 0, let since = readyTimes.first(after: Int(now.seconds) - minReadySeconds), since < .max
        else { return nil }
        return Instant(seconds: Int64(since + minReadySeconds)) - now
    }
}

/// A multiset of seconds in ascending order: replicas become ready in waves, so there are far fewer times than pods.
private struct ReadyTimes {
    private var seconds: [Int] = []
    private var counts: [Int] = []

    /// The first place whose time is not before `second`.
    private func place(of second: Int) -> Int {
        var low = 0
        var high = seconds.count
        while low < high {
            let middle = (low + high) / 2
            if seconds[middle] < second { low = middle + 1 } else { high = middle }
        }
        return low
    }

    mutating func add(_ second: Int, _ step: Int) {
        let place = place(of: second)
        if place == seconds.count || seconds[place] != second {
            seconds.insert(second, at: place)
            counts.insert(step, at: place)
            return
        }
        counts[place] += step
        if counts[place] == 0 {
            seconds.remove(at: place)
            counts.remove(at: place)
        }
    }

    /// How many times lie after a second. O(different times after it).
    func count(after second: Int) -> Int {
        var total = 0
        var place = seconds.count - 1
        while place >= 0, seconds[place] > second {
            total += counts[place]
            place -= 1
        }
        return total
    }

    func first(after second: Int) -> Int? {
        let place = second == .max ? seconds.count : place(of: second + 1)
        return place < seconds.count ? seconds[place] : nil
    }
}
