import KubeAPI
import Testing

/// Go's layout of pod templates against the schema's table: every type and every field, none more.
@Suite struct GoLayoutTests {
    @Test func everyFieldOfATemplateIsLaidOut() {
        var left = ["PodTemplateSpec"]
        var seen: Set<String> = []
        while let name = left.popLast() {
            guard seen.insert(name).inserted, let type = SchemaTable.shared.type(named: name) else { continue }
            let fields = GoLayout.all[name]?.fields.map(\.name) ?? []
            #expect(fields.sorted() == type.fields.map(\.name).sorted(), "\(name)")
            for field in type.fields {
                if case .object(let next) = innermost(field.type) { left.append(next) }
            }
        }
        #expect(seen == Set(GoLayout.all.keys))
    }

    private func innermost(_ type: SchemaFieldType) -> SchemaFieldType {
        switch type {
        case .list(let entry), .map(let entry): innermost(entry)
        default: type
        }
    }
}
