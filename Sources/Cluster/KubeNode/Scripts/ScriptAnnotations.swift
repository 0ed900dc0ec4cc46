import ClusterCore
import KubeAPI

/// Reads the annotations that script simulated containers. `drydock.dev/exit-after` speaks of every container of the
/// pod; `drydock.dev/exit-after.worker` of the one named `worker`, and wins. They are listed in
/// Documentation/Simulation.md.
package enum ScriptAnnotations {
    package static let prefix = "drydock.dev/"

    /// Something that an annotation says and that cannot be done.
    package struct Mistake: Equatable {
        package var message: String
    }

    private enum Setting: String, CaseIterable {
        case startupTime = "startup-time"
        case exitAfter = "exit-after"
        case exitCode = "exit-code"
        case crashEvery = "crash-every"
        case exitTimes = "exit-times"
        case outOfMemoryAfter = "oom-after"
        case readyAfter = "ready-after"
        case failReadiness = "fail-readiness"
        case failLiveness = "fail-liveness"
        case ignoreTermination = "ignore-sigterm"
        case stopAfter = "stop-after"
        case pullDuration = "pull-duration"
        case pullFailure = "pull-failure"
        case createDuration = "create-duration"
        case cpuUsage = "cpu-usage"
        case memoryUsage = "memory-usage"
    }

    /// What makes a container end of itself. Of several ends the earliest counts; all that is said of the one container
    /// stands in place of what is said of every one.
    private struct Ends {
        var exit: Interval?
        var crash: Interval?
        var outOfMemory: Interval?
        /// As the annotation says, 0 too.
        var code: Int?
        private var isOfOne = false

        /// Takes an end; false if the setting is none.
        mutating func take(_ setting: Setting, _ time: Interval, isOfOne: Bool) -> Bool {
            guard [.exitAfter, .crashEvery, .outOfMemoryAfter].contains(setting) else { return false }
            if isOfOne, !self.isOfOne {
                (exit, crash, outOfMemory) = (nil, nil, nil)
                self.isOfOne = true
            }
            switch setting {
            case .exitAfter: exit = time
            case .crashEvery: crash = time
            default: outOfMemory = time
            }
            return true
        }

        func write(to script: inout ContainerScript) {
            script.exitAfter = [exit, crash, outOfMemory].compactMap { $0 }.min()
            script.isOutOfMemory = outOfMemory != nil && outOfMemory == script.exitAfter
            let isCrash = crash != nil && crash == script.exitAfter
            script.exitCode = script.isOutOfMemory ? 137 : code ?? (isCrash ? 1 : 0)
        }
    }

    /// The scripts of the pod's containers, init containers first; nil if no annotation speaks of any.
    package static func scripts(of pod: Pod, _ mistakes: inout [Mistake]) -> [ContainerScript]? {
        guard pod.annotations.contains(where: { $0.key.hasPrefix(prefix) }) else { return nil }
        let containers = pod.spec.initContainers + pod.spec.containers
        let found = scripts(pod.annotations, containers: containers.map(\.name), &mistakes)
        let scripted = zip(found ?? [], containers)
        if scripted.contains(where: { !$0.0.readinessFailures.isEmpty }),
            !scripted.contains(where: { !$0.0.readinessFailures.isEmpty && $0.1.readinessProbe != nil })
        {
            mistakes.append(Mistake(message: "no container has a readinessProbe, so nothing makes the pod unready"))
        }
        if scripted.contains(where: { !$0.0.livenessFailures.isEmpty }),
            !scripted.contains(where: { !$0.0.livenessFailures.isEmpty && $0.1.livenessProbe != nil })
        {
            mistakes.append(Mistake(message: "no container has a livenessProbe, so nothing restarts it"))
        }
        let counting = found?.filter { $0.exitTimes != nil } ?? []
        if !counting.isEmpty, counting.allSatisfy({ $0.exitAfter == nil }) {
            mistakes.append(Mistake(message: "no container ends of itself, so there are no ends to count"))
        }
        return found
    }

    /// The scripts of containers, in the order of `names`; nil if no annotation speaks of any.
    package static func scripts(
        _ annotations: StringMap<String>, containers names: [String], _ mistakes: inout [Mistake]
    ) -> [ContainerScript]? {
        guard annotations.contains(where: { $0.key.hasPrefix(prefix) }) else { return nil }
        var scripts = [ContainerScript](repeating: .standard, count: names.count)
        var ends = [Ends](repeating: Ends(), count: names.count)
        // What speaks of every container first, so that what speaks of one wins.
        for isOfOne in [false, true] {
            for (key, value) in annotations where key.hasPrefix(prefix) {
                let parts = key.dropFirst(prefix.count).split(separator: ".", maxSplits: 1)
                guard (parts.count == 2) == isOfOne else { continue }
                guard let setting = parts.first.flatMap({ Setting(rawValue: String($0)) }) else {
                    mistakes.append(Mistake(message: "annotation \(key): there is no such setting"))
                    continue
                }
                let targets: [Int]
                if isOfOne {
                    guard let index = names.firstIndex(of: String(parts[1])) else {
                        mistakes.append(Mistake(message: "annotation \(key): the pod has no container \"\(parts[1])\""))
                        continue
                    }
                    targets = [index]
                } else {
                    targets = Array(names.indices)
                }
                for index in targets {
                    if let expected = apply(setting, value, isOfOne: isOfOne, &scripts[index], &ends[index]) {
                        mistakes.append(
                            Mistake(message: "annotation \(key): expected \(expected), found \"\(value)\""))
                        break
                    }
                }
            }
        }
        for index in scripts.indices { ends[index].write(to: &scripts[index]) }
        return scripts
    }

    /// Whether two versions of a pod say different things of its containers.
    package static func differ(_ older: StringMap<String>, _ newer: StringMap<String>) -> Bool {
        if older == newer { return false }
        func said(_ annotations: StringMap<String>) -> [(key: String, value: String)] {
            annotations.filter { $0.key.hasPrefix(prefix) }
        }
        return !said(older).elementsEqual(said(newer), by: ==)
    }

    /// Returns what was expected if the value cannot be read.
    private static func apply(
        _ setting: Setting, _ value: String, isOfOne: Bool, _ script: inout ContainerScript, _ ends: inout Ends
    ) -> String? {
        let durationHint = "a duration such as 30s or 1m30s"
        switch setting {
        case .startupTime, .exitAfter, .crashEvery, .outOfMemoryAfter, .readyAfter, .stopAfter, .pullDuration,
            .createDuration:
            guard let time = Interval(goDuration: value), time >= .zero else { return durationHint }
            if !ends.take(setting, time, isOfOne: isOfOne) { apply(setting, time, &script) }
        case .exitCode:
            guard let code = Int(value), 0...255 ~= code else { return "a number from 0 to 255" }
            ends.code = code
        case .exitTimes:
            guard let count = Int(value), count >= 0 else { return "a number of starts, 0 or more" }
            script.exitTimes = count
        case .failReadiness:
            guard let windows = windows(value) else { return "stretches such as 30s-1m, or 30s- for ever after" }
            script.readinessFailures += windows
        case .failLiveness:
            guard let windows = windows(value) else { return "stretches such as 30s-1m, or 30s- for ever after" }
            script.livenessFailures += windows
        case .ignoreTermination, .pullFailure:
            guard let flag = Bool(value) else { return "true or false" }
            if setting == .pullFailure { script.pullFails = flag } else { script.ignoresTermination = flag }
        case .cpuUsage:
            guard let quantity = Quantity(value), !quantity.isNegative else { return "a quantity such as 250m" }
            script.cpuUsage = quantity.accountedMilliValue
        case .memoryUsage:
            guard let quantity = Quantity(value), !quantity.isNegative else { return "a quantity such as 128Mi" }
            script.memoryUsage = quantity.accountedValue
        }
        return nil
    }

    private static func apply(_ setting: Setting, _ time: Interval, _ script: inout ContainerScript) {
        switch setting {
        case .startupTime: script.startupTime = time
        case .readyAfter: script.readinessFailures.append(.init(from: .zero, to: time))
        case .stopAfter: script.stopAfter = time
        case .pullDuration: script.pullDuration = time
        default: script.createDuration = time
        }
    }

    /// `10s-20s,1m-` as windows.
    private static func windows(_ text: String) -> [ContainerScript.Window]? {
        var result: [ContainerScript.Window] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let ends = part.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
            guard ends.count == 2, let from = Interval(goDuration: String(ends[0])), from >= .zero else { return nil }
            if ends[1].isEmpty {
                result.append(.init(from: from, to: .max))
            } else {
                guard let to = Interval(goDuration: String(ends[1])), to > from else { return nil }
                result.append(.init(from: from, to: to))
            }
        }
        return result
    }
}
