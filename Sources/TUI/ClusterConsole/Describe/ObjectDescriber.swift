import ClusterCore
import KubeAPI
import KubeClient
import KubeCluster

/// What `kubectl describe` prints, from a snapshot. Follows kubectl `pkg/describe/describe.go`.
package enum ObjectDescriber {
    /// The lines of an object's description, its events included. O(events of its namespace), and for what shows pods,
    /// O(pods of its namespace; for a node, all pods).
    package static func lines(_ object: KubeObject, _ snapshot: ClusterSnapshot) -> [String] {
        var writer = DescribeWriter(snapshot)
        writer.describe(object)
        return writer.tabs.aligned()
    }

    /// Whether a change of another object changes what the description of `key` says.
    static func dependsOn(_ change: Change, _ key: ObjectKey) -> Bool {
        switch key.kind {
        case .node:
            change.kind == .lease && change.key.name == key.name
                || change.kind == .pod
                    && (change.new(Pod.self)?.spec.nodeName == key.name
                        || change.old(Pod.self)?.spec.nodeName == key.name)
        case .deployment: change.kind == .replicaSet && change.key.namespace == key.namespace
        case .replicaSet, .replicationController, .daemonSet, .statefulSet, .persistentVolumeClaim:
            change.kind == .pod && change.key.namespace == key.namespace
        case .service: change.kind == .endpointSlice && change.key.namespace == key.namespace
        case .ingress:
            (change.kind == .endpointSlice || change.kind == .service) && change.key.namespace == key.namespace
        case .namespace:
            (change.kind == .resourceQuota || change.kind == .limitRange) && change.key.namespace == key.name
        default: false
        }
    }
}

/// Collects the lines of a description.
struct DescribeWriter {
    var tabs = TabWriter()
    let snapshot: ClusterSnapshot

    init(_ snapshot: ClusterSnapshot) { self.snapshot = snapshot }

    var now: Instant { snapshot.time }

    mutating func field(_ label: String, _ value: String, indent: Int = 0) { tabs.field(label, value, indent: indent) }
    mutating func line(_ text: String, indent: Int = 0) { tabs.line(text, indent: indent) }

    /// The time that has passed, as `5s` or `3m20s`.
    func age(_ time: Time?) -> String { time.map { (now - $0.instant).humanDuration } ?? "<unknown>" }

    static func orNone(_ text: String?) -> String {
        guard let text, !text.isEmpty else { return "<none>" }
        return text
    }

    static func truth(_ value: Bool) -> String { value ? "True" : "False" }
    static func truth(_ value: Bool?) -> String { value.map { $0 ? "True" : "False" } ?? "<unset>" }

    /// Texts as Go prints a slice of them: `[a b]`.
    static func list(_ texts: [String]) -> String { "[\(texts.joined(separator: " "))]" }

    /// Labels in one line: `app=web,tier=front`.
    static func inline(_ labels: StringMap<String>) -> String {
        orNone(labels.map { "\($0.key)=\($0.value)" }.joined(separator: ","))
    }

    // MARK: What all kinds have

    mutating func identity<Value: Resource>(_ value: Value, isNamespaced: Bool = true) {
        field("Name", value.name)
        if isNamespaced { field("Namespace", value.namespace) }
    }

    mutating func labels(_ title: String, _ labels: StringMap<String>, indent: Int = 0) {
        pairs(title, labels.map { "\($0.key)=\($0.value)" }, indent: indent)
    }

    /// Annotations over a line's length stand below their key.
    mutating func annotations(_ annotations: StringMap<String>, indent: Int = 0) {
        let hidden = "kubectl.kubernetes.io/last-applied-configuration"
        let lines = annotations.filter { $0.key != hidden }.flatMap { key, value -> [String] in
            let text = value.hasSuffix("\n") ? value.dropLast() : value[...]
            let isLong = text.utf8.count + key.utf8.count + 2 > DescribeWriter.longestLine || text.contains("\n")
            if !isLong { return ["\(key): \(text)"] }
            return ["\(key):"]
                + text.split(separator: "\n", omittingEmptySubsequences: false).map {
                    "  " + DescribeWriter.shortened(String($0), to: DescribeWriter.longestLine - 2)
                }
        }
        pairs("Annotations", lines, indent: indent)
    }

    /// The most bytes of an annotation that stand in one line.
    static let longestLine = 140

    static func shortened(_ text: String, to count: Int) -> String {
        text.utf8.count > count ? String(decoding: text.utf8.prefix(count), as: UTF8.self) + "..." : text
    }

    /// Values under each other, the first beside the label.
    mutating func pairs(_ title: String, _ values: [String], indent: Int = 0) {
        if values.isEmpty { return field(title, "<none>", indent: indent) }
        for (index, value) in values.enumerated() {
            line((index == 0 ? title + ":" : "") + "\t" + value, indent: indent)
        }
    }

    mutating func controlledBy(_ metadata: ObjectMeta) {
        if let owner = metadata.controllerReference {
            field("Controlled By", "\(owner.kind)/\(owner.name)")
        }
    }

    mutating func conditions(_ rows: [(type: String, status: String, reason: String)]) {
        if rows.isEmpty { return }
        line("Conditions:")
        line("Type\tStatus\tReason", indent: 1)
        line("----\t------\t------", indent: 1)
        for row in rows { line("\(row.type) \t\(row.status)\t\(row.reason)", indent: 1) }
    }

    mutating func events(about object: KubeObject) {
        let events = EventLookup.events(
            about: object.key, uid: EventLookup.uid(of: object), in: snapshot.objects)
        if events.isEmpty { return field("Events", "<none>") }
        line("Events:")
        line("Type\tReason\tAge\tFrom\tMessage", indent: 1)
        line("----\t------\t----\t----\t-------", indent: 1)
        for event in events {
            var time = (now - Instant(seconds: 0) - event.lastSeen).humanDuration
            if let count = event.series?.count ?? event.count, count > 1 {
                time += " (x\(count) over \(age(event.firstTimestamp ?? event.metadata.creationTimestamp)))"
            }
            let source = event.source?.component.flatMap { $0.isEmpty ? nil : $0 } ?? event.reportingComponent ?? ""
            let message = (event.message ?? "").split(separator: "\n").joined(separator: " ")
            line("\(event.type ?? "")\t\(event.reason ?? "")\t\(time)\t\(source)\t\(message)", indent: 1)
        }
    }

    /// How many of a controller's pods are in which phase.
    mutating func podsStatus(ownedBy uid: String, namespace: String) {
        var counts = (running: 0, waiting: 0, succeeded: 0, failed: 0)
        snapshot.objects.forEach(.pod, namespace: namespace) { object in
            guard object.metadata.ownerReferences.contains(where: { $0.uid == uid && $0.controller == true }),
                let pod = object.as(Pod.self)
            else { return true }
            switch pod.status.phase {
            case "Running": counts.running += 1
            case "Succeeded": counts.succeeded += 1
            case "Failed": counts.failed += 1
            default: counts.waiting += 1
            }
            return true
        }
        field(
            "Pods Status",
            "\(counts.running) Running / \(counts.waiting) Waiting / \(counts.succeeded) Succeeded / \(counts.failed) Failed"
        )
    }

    // MARK: Kinds without a form of their own

    /// The object's own fields under readable names, as kubectl shows kinds that it does not know.
    mutating func describeGeneric(_ object: KubeObject) {
        let info = object.kind.info
        field("Name", object.name)
        if info.isNamespaced { field("Namespace", object.namespace) }
        labels("Labels", object.metadata.labels)
        annotations(object.metadata.annotations)
        field("API Version", info.apiVersion)
        field("Kind", info.name)
        var value = Manifest.json(object)
        for name in ["apiVersion", "kind"] { value[name] = nil }
        for name in ["name", "namespace", "labels", "annotations", "managedFields"] { value["metadata"]?[name] = nil }
        if info.kind == .secret, let data = value["data"]?.objectValue {
            value["data"] = .object(
                data.mapValues { .string("\(Base64Data(base64: $0.stringValue ?? "")?.bytes.count ?? 0) bytes") })
        }
        members(value, indent: 0)
    }

    private mutating func members(_ value: JSONValue, indent: Int) {
        for (name, member) in value.objectValue ?? [:] { tree(DescribeWriter.readable(name), member, indent: indent) }
    }

    private mutating func tree(_ label: String, _ value: JSONValue, indent: Int) {
        switch value {
        case .object:
            line("\(label):", indent: indent)
            members(value, indent: indent + 1)
        case .array(let elements):
            if elements.allSatisfy({ $0.objectValue == nil && $0.arrayValue == nil }) {
                line("\(label):", indent: indent)
                for element in elements { line(DescribeWriter.text(element), indent: indent + 1) }
            } else {
                line("\(label):", indent: indent)
                for element in elements { members(element, indent: indent + 1) }
            }
        default:
            let text = DescribeWriter.text(value)
            if text.contains("\n") {
                line("\(label):", indent: indent)
                for part in text.split(separator: "\n", omittingEmptySubsequences: false) {
                    line(String(part), indent: indent + 1)
                }
            } else {
                field(label, text, indent: indent)
            }
        }
    }

    private static func text(_ value: JSONValue) -> String {
        value.stringValue ?? (value.isNull ? "<nil>" : value.jsonText)
    }

    /// `creationTimestamp` as `Creation Timestamp`; names that are data stay as they are.
    static func readable(_ name: String) -> String {
        if name.contains(where: { !$0.isLetter && !$0.isNumber }) { return name }
        var words: [String] = []
        var word = ""
        let letters = Array(name)
        for (index, letter) in letters.enumerated() {
            let isStart =
                letter.isUppercase
                && (word.last?.isLowercase == true
                    || index + 1 < letters.count && letters[index + 1].isLowercase && !word.isEmpty)
            if isStart {
                words.append(word)
                word = ""
            }
            word.append(letter)
        }
        words.append(word)
        return words.map { word in
            switch word.lowercased() {
            case "api": "API"
            case "url": "URL"
            case "uid": "UID"
            case "ip": "IP"
            case "ips": "IPs"
            case "id": "ID"
            default: word.prefix(1).uppercased() + word.dropFirst()
            }
        }.joined(separator: " ")
    }
}

extension Time {
    /// As in `Thu, 01 Jan 2026 00:00:00 +0000`.
    var rfc1123: String {
        let text = rfc3339
        let parts = text.split { $0 == "-" || $0 == "T" || $0 == "Z" }.map(String.init)
        guard parts.count == 4, let month = Int(parts[1]) else { return text }
        // The epoch was a Thursday.
        let days = seconds >= 0 ? seconds / 86400 : (seconds - 86399) / 86400
        let weekday = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"][((days % 7) + 7) % 7]
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        return "\(weekday), \(parts[2]) \(months[month - 1]) \(parts[0]) \(parts[3]) +0000"
    }
}
