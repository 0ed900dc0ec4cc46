/// A kind with the subresource `scale`: what that says of an object of the kind.
public protocol Scalable: Resource {
    /// How many replicas are wanted; nil if that is left to the default.
    var scaleReplicas: Int? { get set }
    /// How many there are.
    var scaleStatusReplicas: Int { get }
    /// Which pods are counted, as a query has it; empty for a selector that cannot be read.
    var scaleSelector: String { get }
}

extension Scalable {
    /// The same object, with so many replicas wanted.
    public func scaled(to replicas: Int) -> KubeObject {
        var copy = self
        copy.scaleReplicas = replicas
        return copy.boxed
    }
}

extension Deployment: Scalable {
    public var scaleReplicas: Int? {
        get { spec.replicas }
        set { spec.replicas = newValue }
    }
    public var scaleStatusReplicas: Int { status.replicas ?? 0 }
    public var scaleSelector: String { queryText(spec.selector) }
}

extension ReplicaSet: Scalable {
    public var scaleReplicas: Int? {
        get { spec.replicas }
        set { spec.replicas = newValue }
    }
    public var scaleStatusReplicas: Int { status.replicas }
    public var scaleSelector: String { queryText(spec.selector) }
}

extension StatefulSet: Scalable {
    public var scaleReplicas: Int? {
        get { spec.replicas }
        set { spec.replicas = newValue }
    }
    public var scaleStatusReplicas: Int { status.replicas }
    public var scaleSelector: String { queryText(spec.selector) }
}

extension ReplicationController: Scalable {
    public var scaleReplicas: Int? {
        get { spec.replicas }
        set { spec.replicas = newValue }
    }
    public var scaleStatusReplicas: Int { status.replicas }
    public var scaleSelector: String { Selector(spec.selector).description }
}

private func queryText(_ selector: LabelSelector?) -> String {
    do throws(StatusError) { return try Selector(selector).description } catch { return "" }
}

extension KubeObject {
    /// The object as one that can be scaled; nil for one of a kind that cannot.
    public final var scalable: (any Scalable)? {
        switch kind {
        case .deployment: self.as(Deployment.self)
        case .replicaSet: self.as(ReplicaSet.self)
        case .statefulSet: self.as(StatefulSet.self)
        case .replicationController: self.as(ReplicationController.self)
        default: nil
        }
    }
}
