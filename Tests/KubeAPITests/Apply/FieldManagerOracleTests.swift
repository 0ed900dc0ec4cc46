import KubeAPI
import Testing

/// A plain twin of server-side apply for pods with labels and containers: an object is a dictionary from the path of
/// every node to its value, a manager a set of paths. Slow, and short enough to be seen to be right.
private struct PlainObject: Equatable {
    /// Leaves have a value, parts that hold others have none.
    var nodes: [String: JSONValue?] = [:]

    /// `data` and `labels` are maps, `containers` and `env` are lists by name, the rest are leaves.
    init(_ value: JSONValue) { add(value, at: "") }

    private mutating func add(_ value: JSONValue, at path: String) {
        switch value {
        case .object(let members):
            for (name, member) in members where !["apiVersion", "kind", "name"].contains(name) || path.contains("[") {
                nodes[path + "." + name] = .some(nil)
                add(member, at: path + "." + name)
            }
        case .array(let entries) where path.hasSuffix(".containers") || path.hasSuffix(".env"):
            for entry in entries {
                let step = path + "[name=\"\(entry["name"]?.stringValue ?? "")\"]"
                nodes[step] = .some(nil)
                add(entry, at: step)
            }
        default: nodes[path] = .some(value)
        }
    }

    /// Whether a node is a field of its own for an applier: leaves, entries of maps and lists.
    func isOwned(_ path: String) -> Bool {
        if let value = nodes[path], value != nil { return true }
        return path.hasSuffix("]")
    }

    mutating func remove(_ path: String) {
        nodes = nodes.filter { name, _ in
            name != path && !name.hasPrefix(path + ".") && !name.hasPrefix(path + "[")
        }
    }
}

@Suite("Field managers against a plain twin")
struct FieldManagerOracleTests {
    private static let managers = ["a", "b", "c"]
    private static let stripped = [".metadata", ".metadata.namespace", ".metadata.uid"]

    private struct Twin {
        var object = PlainObject([:])
        var owned: [String: Set<String>] = [:]

        mutating func changed(to new: PlainObject, by manager: String) {
            var changed: Set<String> = []
            for (path, value) in new.nodes where object.nodes[path] != value { changed.insert(path) }
            let removed = Set(object.nodes.keys.filter { new.nodes[$0] == nil })
            for name in owned.keys where name != manager {
                owned[name] = owned[name]?.subtracting(changed).subtracting(removed)
            }
            owned[manager] = (owned[manager] ?? []).union(changed).subtracting(removed)
                .subtracting(FieldManagerOracleTests.stripped)
            object = new
        }

        /// The paths that other managers own and that would change.
        mutating func apply(_ configuration: PlainObject, by manager: String, force: Bool) -> Set<String> {
            let name = manager + " Apply"
            let last = owned[name] ?? []
            let fields = Set(configuration.nodes.keys.filter(configuration.isOwned))
            var new = object
            for (path, value) in configuration.nodes {
                if value != nil || new.nodes[path] == nil { new.nodes[path] = value }
            }
            let others = owned.filter { $0.key != name }.values.reduce(Set<String>()) { $0.union($1) }
            for path in last.subtracting(fields).subtracting(others) { new.remove(path) }
            // Parts that have lost all that they held.
            func isEmptyPart(_ path: String) -> Bool {
                new.nodes[path] == .some(nil)
                    && !new.nodes.keys.contains { $0.hasPrefix(path + ".") || $0.hasPrefix(path + "[") }
            }
            var emptied: Set<String> = []
            while let path = new.nodes.keys.first(where: isEmptyPart) {
                new.nodes[path] = nil
                emptied.insert(path)
            }
            let before = object
            let changed = Set(new.nodes.keys.filter { before.nodes[$0] != new.nodes[$0] })
            let conflicts = Set(
                owned.filter { $0.key != name }.flatMap { manager, paths in
                    paths.intersection(changed).map { "\(manager) \($0)" }
                })
            if !conflicts.isEmpty, !force { return conflicts }
            // They become null, which upstream does not take for removed.
            let removed = Set(object.nodes.keys.filter { new.nodes[$0] == nil }).subtracting(emptied)
            for other in owned.keys where other != name {
                owned[other] = owned[other]?.subtracting(changed).subtracting(removed)
            }
            owned[name] = fields.subtracting(FieldManagerOracleTests.stripped)
            object = new
            return []
        }
    }

    /// A pod with some labels and containers.
    private func randomParts(_ random: inout TestRandom) -> JSONValue {
        func choice(_ names: String) -> [String] { names.map(String.init).filter { _ in random.below(2) == 0 } }
        var labels: StringMap<JSONValue> = [:]
        for name in choice("xyz") { labels[name] = .string("\(random.below(2))") }
        let containers = choice("pq").map { name -> JSONValue in
            var container: JSONValue = ["name": .string(name)]
            if random.below(2) == 0 { container["image"] = .string("\(random.below(2))") }
            let env = choice("EF").map { name -> JSONValue in
                ["name": .string(name), "value": .string("\(random.below(2))")]
            }
            if !env.isEmpty { container["env"] = .array(env) }
            return container
        }
        var parts: JSONValue = [:]
        if !labels.isEmpty { parts["metadata"] = ["labels": .object(labels)] }
        if !containers.isEmpty { parts["spec"] = ["containers": .array(containers)] }
        return parts
    }

    private static func kept(_ parts: JSONValue) -> JSONValue {
        var metadata = parts["metadata"] ?? [:]
        metadata["annotations"] = ["keep": "me"]
        var parts = parts
        parts["metadata"] = metadata
        return parts
    }

    /// Members of structs that Go always writes are no part of the twin.
    private func plain(_ value: JSONValue) -> PlainObject {
        var object = PlainObject(value)
        object.remove(".status")
        object.remove(".metadata.annotations")
        for path in object.nodes.keys where path.hasSuffix(".resources") { object.remove(path) }
        for path in Self.stripped.dropFirst() { object.nodes[path] = nil }
        for part in [".metadata", ".spec", ".metadata.managedFields"] { object.nodes[part] = nil }
        if object.nodes[".spec.containers"] == .some(.null) { object.nodes[".spec.containers"] = nil }
        return object
    }

    private func owners(_ object: ManagedObject) throws -> [String: Set<String>] {
        var result: [String: Set<String>] = [:]
        for entry in object.object?.metadata.managedFields ?? [] where entry.manager != "keeper" {
            var paths: Set<String> = []
            try FieldSet(entry.fieldsV1 ?? FieldsV1()).forEach { paths.insert($0.map(\.description).joined()) }
            // What the twin leaves out.
            paths = paths.filter { !$0.hasSuffix(".resources") && $0 != ".spec.containers" && $0 != ".spec" }
            if !paths.isEmpty { result["\(entry.manager ?? "") \(entry.operation ?? "")"] = paths }
        }
        return result
    }

    /// Who owns too much, and who too little.
    private func difference(_ found: [String: Set<String>], _ expected: [String: Set<String>]) -> String {
        Set(found.keys).union(expected.keys).sorted().map { name in
            let (has, should) = (found[name] ?? [], expected[name] ?? [])
            return "\(name) +\(has.subtracting(should).sorted()) -\(should.subtracting(has).sorted())"
        }.joined(separator: ", ")
    }

    @Test("Random applies and updates by three managers", arguments: 0..<100)
    func random(seed: Int) throws {
        var random = TestRandom(seed: UInt64(seed))
        var object = ManagedObject(.pod)
        var twin = Twin()
        // One manager keeps a field that nobody touches: an object without managers is not accounted for.
        try object.apply(Self.kept([:]), by: "keeper")
        twin.object = plain(object.value)
        for step in 0..<25 {
            let manager = Self.managers[random.below(3)]
            let parts = randomParts(&random)
            let told = "seed \(seed), step \(step), \(manager): \(parts.jsonText)"
            if random.below(3) == 0 {
                try object.update(Self.kept(parts), by: manager)
                twin.changed(to: plain(object.value), by: manager + " Update")
            } else {
                let force = random.below(2) == 0
                let conflicts = twin.apply(plain(object.configuration(parts)), by: manager, force: force)
                do {
                    try object.apply(parts, by: manager, force: force)
                    #expect(conflicts.isEmpty, "\(told)")
                } catch let error as StatusError {
                    let found = Set(
                        error.causes.map { cause in
                            let message = cause.message ?? ""
                            let name = message.split(separator: "\"").dropFirst().first ?? ""
                            return "\(name) \(message.contains(" using ") ? "Update" : "Apply") \(cause.field ?? "")"
                        })
                    #expect(found == conflicts, "\(told)")
                }
            }
            var expected = twin.owned.mapValues { $0.subtracting([".spec.containers", ".spec"]) }
            expected = expected.filter { !$0.value.isEmpty }
            let found = try owners(object)
            #expect(found == expected, "\(told): \(difference(found, expected))")
            #expect(plain(object.value) == twin.object, "\(told)")
            if found != expected || plain(object.value) != twin.object { return }
            twin.object = plain(object.value)
        }
    }

    @Test("Applying the same again changes nothing", arguments: 0..<20)
    func idempotent(seed: Int) throws {
        var random = TestRandom(seed: UInt64(seed) &+ 1000)
        var object = ManagedObject(.pod)
        for _ in 0..<10 {
            let parts = randomParts(&random)
            try object.apply(parts, by: Self.managers[random.below(3)], force: true)
            let manager = Self.managers[random.below(3)]
            try object.apply(parts, by: manager, force: true)
            let before = object.value
            try object.apply(parts, by: manager)
            #expect(object.value == before, "seed \(seed)")
        }
    }
}
