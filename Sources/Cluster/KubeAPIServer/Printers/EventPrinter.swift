import ClusterCore
import KubeAPI
import KubeClient

/// Events, of the core group and of their own.
/// Follows kubernetes pkg/printers/internalversion/printers.go `printEvent`.
enum EventPrinter: TablePrinter {
    static let columns: [TableColumn] = [
        TableColumn("Last Seen"), TableColumn("Type"), TableColumn("Reason"), TableColumn("Object"), .wide("Subobject"),
        .wide("Source"), TableColumn("Message"), .wide("First Seen"), .wide("Count", .integer),
        TableColumn("Name", format: "name", description: TableColumn.name.description, priority: 1),
    ]

    static func cells(_ event: Event) -> [Cell] {
        let first = event.firstTimestamp?.instant ?? event.eventTime?.instant
        var last = event.lastTimestamp?.instant ?? first
        var count = event.count.isZeroOrNil ? 1 : event.count ?? 1
        if let series = event.series {
            last = series.lastObservedTime?.instant
            count = series.count ?? 0
        }
        return [
            .age(last), .text(event.type.text), .text(event.reason.text), .text(object(event.involvedObject)),
            .text(event.involvedObject.fieldPath.text),
            .text(
                source(
                    event.source?.component, event.reportingComponent, event.source?.host, event.reportingInstance)),
            .text(String(event.message.text.trimmed)), .age(first), .int(count), event.nameCell,
        ]
    }

    /// As in `pod/web-1`.
    static func object(_ reference: ObjectReference?) -> String {
        let kind = (reference?.kind).text.lowercased()
        let name = (reference?.name).text
        return name.isEmpty ? kind : kind + "/" + name
    }

    /// As in `kubelet, node-1`.
    static func source(_ component: String?, _ reporter: String?, _ host: String?, _ instance: String?) -> String {
        let component = component.isEmptyOrNil ? reporter.text : component.text
        let host = host.isEmptyOrNil ? instance.text : host.text
        return host.isEmpty ? component : component + ", " + host
    }
}

enum EventsEventPrinter: TablePrinter {
    static let columns = EventPrinter.columns

    static func cells(_ event: EventsEvent) -> [Cell] {
        let first =
            event.deprecatedFirstTimestamp?.instant ?? (event.eventTime == MicroTime() ? nil : event.eventTime.instant)
        var last = event.deprecatedLastTimestamp?.instant ?? first
        var count = event.deprecatedCount.isZeroOrNil ? 1 : event.deprecatedCount ?? 1
        if let series = event.series {
            last = series.lastObservedTime.instant
            count = series.count
        }
        let source = EventPrinter.source(
            event.deprecatedSource?.component, event.reportingController, event.deprecatedSource?.host,
            event.reportingInstance)
        return [
            .age(last), .text(event.type.text), .text(event.reason.text), .text(EventPrinter.object(event.regarding)),
            .text((event.regarding?.fieldPath).text), .text(source), .text(String(event.note.text.trimmed)),
            .age(first), .int(count), event.nameCell,
        ]
    }
}
