import ClusterCore
import KubeAPI

// The typed face of KubeClient: what components call.

extension KubeClient {
    public var rateLimiter: ClientRateLimiter? { nil }
    public var requestTime: Interval { .zero }

    public func get<Value: Resource>(_: Value.Type, namespace: String = "", name: String) -> Value? {
        object(ObjectKey(Value.kind, namespace: namespace, name: name))?.as(Value.self)
    }

    public func get<Value: Resource>(_: Value.Type, _ key: ObjectKey) -> Value? { object(key)?.as(Value.self) }

    /// All objects of a kind, of one namespace or of every one, in key order. O(n): prefer an index.
    public func list<Value: Resource>(_: Value.Type, namespace: String? = nil) -> [Value] {
        var values: [Value] = []
        forEach(Value.kind, namespace: namespace) { object in
            if let value = object.as(Value.self) { values.append(value) }
            return true
        }
        return values
    }

    /// The objects of a kind that an index has, in key order.
    public func list<Value: Resource>(_: Value.Type, index: ObjectIndex) -> [Value] {
        var values: [Value] = []
        forEach(Value.kind, index: index) { object in
            if let value = object.as(Value.self) { values.append(value) }
            return true
        }
        return values
    }

    @discardableResult
    public func create<Value: Resource>(_ value: Value, _ options: WriteOptions = WriteOptions()) throws(StatusError)
        -> Value
    {
        typed(try create(Boxed(value), options))
    }

    @discardableResult
    public func update<Value: Resource>(
        _ value: Value, _ subresource: Subresource? = nil, _ options: WriteOptions = WriteOptions()
    ) throws(StatusError) -> Value {
        typed(try update(Boxed(value), subresource, options))
    }

    @discardableResult
    public func updateStatus<Value: Resource>(_ value: Value) throws(StatusError) -> Value {
        try update(value, .status, WriteOptions())
    }

    /// Changes the stored object in place, as a patch does; returns nil, and writes nothing, if `change` changed
    /// nothing.
    @discardableResult
    public func mutate<Value: Resource>(
        _: Value.Type, _ key: ObjectKey, _ subresource: Subresource? = nil, _ change: (inout Value) -> Void
    ) throws(StatusError) -> Value? {
        let result = try mutate(key, subresource) { object in
            guard let old = object.as(Value.self) else { return nil }
            var new = old
            change(&new)
            return new == old ? nil : Boxed(new)
        }
        return result?.as(Value.self)
    }

    @discardableResult
    public func delete<Value: Resource>(
        _: Value.Type, namespace: String = "", name: String, _ options: DeleteOptions = DeleteOptions()
    ) throws(StatusError) -> KubeObject? {
        try delete(ObjectKey(Value.kind, namespace: namespace, name: name), options)
    }

    @discardableResult
    public func delete(_ key: ObjectKey) throws(StatusError) -> KubeObject? { try delete(key, DeleteOptions()) }

    @discardableResult
    public func watch<Value: Resource>(
        _: Value.Type, _ scope: WatchScope = .all, _ handler: any ChangeHandler
    ) -> any Informer {
        watch(Value.kind, scope, handler)
    }

    private func typed<Value: Resource>(_ object: KubeObject) -> Value {
        guard let value = object.as(Value.self) else { preconditionFailure("the API server returned another kind") }
        return value
    }
}

extension DeleteOptions {
    /// Delete with this grace period in seconds; 0 removes at once.
    public init(gracePeriodSeconds: Int) {
        self.init()
        self.gracePeriodSeconds = gracePeriodSeconds
    }

    /// Delete only the object with this UID.
    public init(uid: String) {
        self.init()
        var preconditions = Preconditions()
        preconditions.uid = uid
        self.preconditions = preconditions
    }
}

extension Instant {
    /// As objects carry it, in whole seconds.
    public var time: Time { Time(seconds: Int(seconds)) }
    /// As leases and events carry it.
    public var microTime: MicroTime { MicroTime(microseconds: Int(nanoseconds) / 1000) }
}

extension Time {
    public var instant: Instant { Instant(seconds: Int64(seconds)) }
}

extension MicroTime {
    public var instant: Instant { Instant(nanoseconds: Int64(microseconds) * 1000) }
}
