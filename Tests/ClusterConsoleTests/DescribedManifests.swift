import ClusterConsole
import KubeAPI
import KubeCluster
import Testing
import Yams

/// YAML that tests are written in, as JSON values.
enum YAMLReading {
    static func value(_ node: Yams.Node) -> JSONValue {
        switch node {
        case .mapping(let mapping):
            return .object(StringMap(mapping.map { ($0.key.string ?? "", value($0.value)) }))
        case .sequence(let sequence): return .array(sequence.map(value))
        case .scalar(let scalar):
            let tag = "\(node.tag)"
            if tag.hasSuffix(":null") { return .null }
            if tag.hasSuffix(":bool"), let flag = node.bool { return .bool(flag) }
            if tag.hasSuffix(":int"), let number = node.int { return .int(number) }
            if tag.hasSuffix(":float"), let number = node.float { return .double(number) }
            return .string(scalar.string)
        case .alias: return .null
        }
    }

    /// Objects as a client would send them; a field that their kind does not have is an error.
    static func objects(_ text: String) throws -> [KubeObject] { try written(text).map(\.object) }

    /// As `objects`, with what is written of each.
    static func written(_ text: String) throws -> [WrittenObject] {
        try compose_all(yaml: text).map { node in
            let value = value(node)
            let decoded = try decodeObject(Array(value.jsonText.utf8), defaultKind: nil)
            try #require(decoded.strictErrors.isEmpty, "\(decoded.strictErrors)")
            return WrittenObject(decoded.object, written: value)
        }
    }
}

/// Puts the objects into a cluster and compares what is said of the first of them.
func expectDescription(
    of manifests: String, _ text: String, sourceLocation: SourceLocation = #_sourceLocation
) throws {
    let objects = try YAMLReading.objects(manifests)
    var cluster = SampleCluster()
    for object in objects { cluster.put(object) }
    let first = try #require(objects.first.flatMap { cluster.objects[$0.key] })
    let lines = ObjectDescriber.lines(first, cluster.snapshot)
    #expect(lines.joined(separator: "\n") == text, sourceLocation: sourceLocation)
}
