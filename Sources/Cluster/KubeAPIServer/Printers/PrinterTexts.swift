import KubeAPI

/// Texts that several printers share. Follows kubernetes pkg/printers/internalversion/printers.go.
enum PrinterTexts {
    static let none = "<none>"
    static let unset = "<unset>"

    static func names(_ containers: [Container]) -> Cell { .text(containers.map(\.name).joined(separator: ",")) }

    static func images(_ containers: [Container]) -> Cell {
        .text(containers.map { $0.image.text }.joined(separator: ","))
    }

    /// Labels in the order of their keys, as in `app=web,tier=front`.
    static func labels(_ labels: StringMap<String>) -> Cell {
        if labels.isEmpty { return .text(none) }
        return .text(labels.map { "\($0.key)=\($0.value)" }.joined(separator: ","))
    }

    static func selector(_ selector: LabelSelector?) -> Cell { .text(LabelSelector.format(selector)) }

    /// The first few of many, as in `a,b,c + 2 more...`.
    static func first(_ maximum: Int, of items: [String], none: String) -> String {
        if items.isEmpty { return none }
        let shown = items.prefix(maximum).joined(separator: ",")
        return items.count > maximum ? "\(shown) + \(items.count - maximum) more..." : shown
    }

    /// `RWO,ROX,RWX,RWOP`: each mode once, in this order.
    static func accessModes(_ modes: [String]) -> String {
        let short = [
            ("ReadWriteOnce", "RWO"), ("ReadOnlyMany", "ROX"), ("ReadWriteMany", "RWX"), ("ReadWriteOncePod", "RWOP"),
        ]
        return short.filter { modes.contains($0.0) }.map(\.1).joined(separator: ",")
    }

    /// The addresses of a load balancer, each once, sorted.
    static func addresses(_ ingress: [(ip: String?, hostname: String?)]) -> String {
        var texts: [String] = []
        for entry in ingress {
            let text = entry.ip.isEmptyOrNil ? entry.hostname.text : entry.ip.text
            if !text.isEmpty, !texts.contains(text) { texts.append(text) }
        }
        return texts.sorted(by: precedesUTF8).joined(separator: ",")
    }
}
