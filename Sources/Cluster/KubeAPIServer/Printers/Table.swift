import ClusterCore
import KubeAPI

/// Objects of one kind as the `Table` of meta.k8s.io/v1 that clients ask for.
/// Follows kubernetes staging/src/k8s.io/apimachinery/pkg/apis/meta/v1/types.go `Table`.
package struct Table {
    /// What a row carries of its object besides the cells, as the parameter `includeObject` asks.
    package enum IncludedObject: String, Sendable {
        case none = "None"
        case metadata = "Metadata"
        case object = "Object"
    }

    package let columns: [TableColumn]
    package let objects: [KubeObject]
    package let metadata: ListMeta
    package let includedObject: IncludedObject

    /// A table of objects of one kind; `metadata` is that of their list.
    package init(
        of kind: ResourceKind, _ objects: [KubeObject], metadata: ListMeta,
        including includedObject: IncludedObject = .metadata
    ) {
        columns = Printers.columns(for: kind)
        self.objects = objects
        self.metadata = metadata
        self.includedObject = includedObject
    }

    /// The table as JSON. The columns may be left out, as watches do after their first event. O(objects).
    package func encode(into writer: inout JSONWriter, now: Instant, withColumns: Bool = true, version: String = "v1") {
        encodeStart(into: &writer, withColumns: withColumns, version: version)
        for object in objects {
            writer.element()
            encodeRow(object, into: &writer, now: now, version: version)
        }
        encodeEnd(into: &writer)
    }

    /// What comes before the first row.
    package func encodeStart(into writer: inout JSONWriter, withColumns: Bool, version: String) {
        writer.beginObject()
        writer.raw("\"kind\":\"Table\",\"apiVersion\":")
        writer.string("meta.k8s.io/" + version)
        writer.key("\"metadata\":")
        metadata.encode(into: &writer)
        writer.key("\"columnDefinitions\":")
        writer.beginArray()
        if withColumns { for column in columns { encode(column, &writer) } }
        writer.endArray()
        writer.key("\"rows\":")
        writer.beginArray()
    }

    /// What comes after the last row.
    package func encodeEnd(into writer: inout JSONWriter) {
        writer.endArray()
        writer.endObject()
    }

    private func encode(_ column: TableColumn, _ writer: inout JSONWriter) {
        writer.element()
        writer.beginObject()
        writer.key("\"name\":")
        writer.string(column.name)
        writer.key("\"type\":")
        writer.string(column.type.rawValue)
        writer.key("\"format\":")
        writer.string(column.format)
        writer.key("\"description\":")
        writer.string(column.description)
        writer.key("\"priority\":")
        writer.int(column.priority)
        writer.endObject()
    }

    /// The `scale` subresource of an object as a table of one row.
    package static func encode(
        _ scale: Scale, including included: IncludedObject, into writer: inout JSONWriter, now: Instant,
        version: String
    ) {
        var metadata = ListMeta()
        metadata.resourceVersion = scale.metadata.resourceVersion
        let table = Table(columns: ScalePrinter.columns, metadata: metadata, including: included)
        table.encodeStart(into: &writer, withColumns: true, version: version)
        writer.element()
        writer.beginObject()
        encode(ScalePrinter.cells(scale), into: &writer, now: now)
        table.encodeIncluded(scale.metadata, into: &writer, version: version) { scale.encode(into: &$0) }
        writer.endObject()
        table.encodeEnd(into: &writer)
    }

    private init(columns: [TableColumn], metadata: ListMeta, including includedObject: IncludedObject) {
        self.columns = columns
        objects = []
        self.metadata = metadata
        self.includedObject = includedObject
    }

    private static func encode(_ cells: [Cell], into writer: inout JSONWriter, now: Instant) {
        writer.key("\"cells\":")
        writer.beginArray()
        for cell in cells {
            writer.element()
            cell.encode(into: &writer, now: now)
        }
        writer.endArray()
    }

    /// The row of an object, without the comma before it.
    package func encodeRow(_ object: KubeObject, into writer: inout JSONWriter, now: Instant, version: String) {
        writer.beginObject()
        Table.encode(Printers.cells(for: object), into: &writer, now: now)
        if let condition = completion(object) {
            writer.key("\"conditions\":")
            writer.beginArray()
            writer.element()
            writer.beginObject()
            writer.raw("\"type\":\"Completed\",\"status\":\"True\"")
            writer.key("\"reason\":")
            writer.string(condition.reason)
            writer.key("\"message\":")
            writer.string(condition.message)
            writer.endObject()
            writer.endArray()
        }
        encodeIncluded(object.metadata, into: &writer, version: version) { object.encode(into: &$0) }
        writer.endObject()
    }

    /// What the row carries of its object.
    private func encodeIncluded(
        _ metadata: ObjectMeta, into writer: inout JSONWriter, version: String,
        _ encodeObject: (inout JSONWriter) -> Void
    ) {
        switch includedObject {
        case .none: break
        case .metadata:
            writer.key("\"object\":")
            PartialObjectMetadata.write(metadata, version: version, into: &writer)
        case .object:
            writer.key("\"object\":")
            encodeObject(&writer)
        }
    }

    /// Pods that are done are marked, so that clients can leave them out.
    private func completion(_ object: KubeObject) -> (reason: String, message: String)? {
        switch object.as(Pod.self)?.status.phase {
        case "Succeeded": ("Succeeded", "The pod has completed successfully.")
        case "Failed": ("Failed", "The pod failed.")
        default: nil
        }
    }
}
