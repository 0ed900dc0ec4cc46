import KubeAPI
import KubeAPIServer

/// Objects as a client would write them.
enum Fixtures {
    /// When everything here is written: 2026-01-01T00:00:00Z.
    static let now = Time(seconds: 1_767_225_600)

    /// Reads a manifest in JSON; a broken one stops the test.
    static func read<Value: Resource>(_: Value.Type, _ json: String) -> Value {
        do {
            return try Value.decode(json)
        } catch {
            fatalError("broken fixture: \(error)")
        }
    }

    /// As the registry does it: defaults, what a create clears, what follows from the name; then every error.
    static func created<Value: Resource>(_ value: Value) -> Value {
        let strategy = Strategies.strategy(for: Value.kind)
        let defaulted = strategy.setDefaults(Boxed(value), now: now)
        let prepared = strategy.prepareForCreate(defaulted, WriteContext(now: now, author: UserInfo()))
        let object = strategy.prepareIdentified(prepared)
        guard let result = object.as(Value.self) else { fatalError("a strategy of another kind") }
        return result
    }

    static func createErrors<Value: Resource>(_ value: Value) -> [String] {
        let strategy = Strategies.strategy(for: Value.kind)
        return strategy.validate(Boxed(created(value))).map(\.description)
    }

    /// The errors of an update of a created object.
    static func updateErrors<Value: Resource>(_ old: Value, _ change: (inout Value) -> Void) -> [String] {
        let strategy = Strategies.strategy(for: Value.kind)
        var before = created(old)
        before.metadata.resourceVersion = "1"
        var after = before
        change(&after)
        let object = strategy.prepareForUpdate(strategy.setDefaults(Boxed(after), now: now), old: Boxed(before))
        return strategy.validateUpdate(object, old: Boxed(before)).map(\.description)
    }

    /// What the defaults add to the JSON of an object.
    static func defaulted<Value: Resource>(_: Value.Type, _ json: String) -> String {
        let strategy = Strategies.strategy(for: Value.kind)
        let object = strategy.setDefaults(Boxed(read(Value.self, json)), now: now)
        return object.as(Value.self)?.jsonText ?? ""
    }

    static func pod(_ spec: String, metadata: String = "") -> Pod {
        read(Pod.self, #"{"metadata":{"name":"a","namespace":"default"\#(metadata)},"spec":\#(spec)}"#)
    }

    /// A valid pod whose only container has some more fields.
    static func pod(container fields: String, spec: String = "") -> Pod {
        pod(#"{"containers":[{"name":"c","image":"nginx"\#(fields)}]\#(spec)}"#)
    }
}
