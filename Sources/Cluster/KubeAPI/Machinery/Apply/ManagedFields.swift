/// Who owns which fields of an object: `metadata.managedFields`, decoded.
///
/// Follows apimachinery `pkg/util/managedfields/internal/managedfields.go` and `capmanagers.go`.
public struct ManagedFields: Equatable, Sendable {
    /// What tells entries apart. Appliers are one whatever version they apply.
    struct Manager: Hashable, Sendable {
        var name: String
        var operation: Operation
        /// Empty for appliers.
        var apiVersion: String
        /// Empty for the object itself.
        var subresource: String

        init(_ name: String, _ operation: Operation, apiVersion: String, subresource: String) {
            self.name = name
            self.operation = operation
            self.apiVersion = operation == .apply ? "" : apiVersion
            self.subresource = subresource
        }
    }

    enum Operation: String, Sendable {
        case apply = "Apply"
        case update = "Update"
    }

    struct Entry: Equatable, Sendable {
        var manager: Manager
        var apiVersion: String
        var fields: FieldSet { didSet { if fields != oldValue { text = nil } } }
        var time: Time?
        /// The fields as they are written, if that is known.
        fileprivate var text: FieldsV1?

        init(manager: Manager, apiVersion: String, fields: FieldSet, time: Time?) {
            self.manager = manager
            self.apiVersion = apiVersion
            self.fields = fields
            self.time = time
        }

        static func == (left: Entry, right: Entry) -> Bool {
            left.manager == right.manager && left.apiVersion == right.apiVersion && left.fields == right.fields
                && left.time == right.time
        }
    }

    /// One a manager, in no particular order.
    private(set) var entries: [Entry] = []

    public var isEmpty: Bool { entries.isEmpty }

    init() {}

    /// Nil for entries that are not well-formed.
    public init?(_ encoded: [ManagedFieldsEntry], _ cache: FieldSetCache = FieldSetCache()) {
        for entry in encoded {
            guard let operation = Operation(rawValue: entry.operation ?? ""), entry.fieldsType == "FieldsV1",
                let apiVersion = entry.apiVersion, !apiVersion.isEmpty
            else { return nil }
            let fields: FieldSet
            let text: FieldsV1
            do throws(FieldSet.ParseFailure) {
                (fields, text) = try cache.set(entry.fieldsV1 ?? FieldsV1())
            } catch {
                return nil
            }
            let manager = Manager(
                entry.manager ?? "", operation, apiVersion: apiVersion, subresource: entry.subresource ?? "")
            var decoded = Entry(manager: manager, apiVersion: apiVersion, fields: fields, time: entry.time)
            decoded.text = text
            self[manager] = decoded
        }
    }

    subscript(manager: Manager) -> Entry? {
        get { entries.first { $0.manager == manager } }
        set {
            let index = entries.firstIndex { $0.manager == manager }
            switch (index, newValue) {
            case (let index?, let value?): entries[index] = value
            case (let index?, nil): entries.remove(at: index)
            case (nil, let value?): entries.append(value)
            case (nil, nil): break
            }
        }
    }

    /// Changes the fields of every entry; those that are left with none go.
    mutating func update(_ change: (Entry) -> FieldSet) {
        entries = entries.compactMap { entry in
            var entry = entry
            entry.fields = change(entry)
            return entry.fields.isEmpty ? nil : entry
        }
    }

    /// As objects carry it: appliers first, then the oldest first.
    public var encoded: [ManagedFieldsEntry] {
        entries.sorted(by: ManagedFields.precedes).map { entry in
            var encoded = ManagedFieldsEntry()
            encoded.manager = entry.manager.name.isEmpty ? nil : entry.manager.name
            encoded.operation = entry.manager.operation.rawValue
            encoded.apiVersion = entry.apiVersion
            encoded.time = entry.time
            encoded.fieldsType = "FieldsV1"
            encoded.fieldsV1 = entry.text ?? entry.fields.fieldsV1
            encoded.subresource = entry.manager.subresource.isEmpty ? nil : entry.manager.subresource
            return encoded
        }
    }

    private static func precedes(_ left: Entry, _ right: Entry) -> Bool {
        if left.manager.operation != right.manager.operation { return left.manager.operation == .apply }
        let times = (left.time?.seconds ?? 0, right.time?.seconds ?? 0)
        if times.0 != times.1 { return times.0 < times.1 }
        let names = compareUTF8(left.manager.name, right.manager.name)
        if names != 0 { return names < 0 }
        let versions = compareUTF8(left.apiVersion, right.apiVersion)
        return versions != 0 ? versions < 0 : compareUTF8(left.manager.subresource, right.manager.subresource) < 0
    }

    // MARK: The cap

    /// More entries of updates than this are merged, the oldest first, those of one version with each other.
    static let maximumUpdaters = 10
    static let ancientChanges = "ancient-changes"

    mutating func capUpdaters() {
        var updaters = entries.filter { $0.manager.operation == .update }
        var count = updaters.count
        guard count > ManagedFields.maximumUpdaters else { return }
        updaters.sort { left, right in
            let times = (left.time?.seconds ?? 0, right.time?.seconds ?? 0)
            if times.0 != times.1 { return times.0 < times.1 }
            return compareUTF8(left.manager.identifier, right.manager.identifier) < 0
        }
        /// By version.
        var firsts: [String: Manager] = [:]
        for updater in updaters where count > ManagedFields.maximumUpdaters {
            let version = updater.apiVersion
            guard let first = firsts[version] else {
                firsts[version] = updater.manager
                continue
            }
            let bucket = Manager(ManagedFields.ancientChanges, .update, apiVersion: version, subresource: "")
            if self[bucket] == nil, var entry = self[first] {
                self[first] = nil
                entry.manager = bucket
                self[bucket] = entry
            }
            if updater.manager != bucket {
                self[updater.manager] = nil
                let fields = self[bucket]?.fields ?? FieldSet()
                self[bucket]?.fields = updater.fields.union(fields)
                self[bucket]?.time = updater.time
                count -= 1
            }
        }
    }
}

extension ManagedFields.Manager {
    /// The JSON by which upstream tells managers apart, and puts them in order: what has a subresource comes before
    /// what has none.
    var identifier: String {
        var text = "{\"manager\":" + String(decoding: JSONValue.string(name).json, as: UTF8.self)
        text += ",\"operation\":\"\(operation.rawValue)\""
        if !apiVersion.isEmpty { text += ",\"apiVersion\":\"\(apiVersion)\"" }
        if !subresource.isEmpty { text += ",\"subresource\":\"\(subresource)\"" }
        return text + "}"
    }
}
