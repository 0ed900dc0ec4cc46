import ClusterCore
import KubeAPI
import KubeClient
import KubeCluster
import TerminalUI

/// What can be done with objects, the same in every view that shows them.
enum ObjectActions {
    static func supports(_ action: Action, _ kind: ResourceKind, _ targets: [KubeObject], _ state: ConsoleState) -> Bool
    {
        guard let first = targets.first else { return false }
        let info = kind.info
        switch action {
        case .open, .describe, .yaml, .events: return true
        case .rules: return kind == .service || kind == .node
        case .showNode: return !(first.as(Pod.self)?.spec.nodeName ?? "").isEmpty
        case .showOwner: return owner(of: first) != nil
        case .edit: return info.supports(verb: "update")
        case .setImage: return Images.supports(kind)
        case .scale: return info.has(subresource: "scale") && ClusterTables.missingController(kind) == nil
        case .restart: return kind == .deployment
        case .rollBack: return kind == .deployment && targets.count == 1
        case .delete: return info.supports(verb: "delete")
        case .kill: return kind == .pod
        case .powerOff, .powerOn:
            return kind == .node && MachineActions.supports(action, targets.map(\.key), state)
        case .cordon: return kind == .node && targets.contains { $0.as(Node.self)?.spec.unschedulable != true }
        case .uncordon: return kind == .node && targets.contains { $0.as(Node.self)?.spec.unschedulable == true }
        case .drain: return kind == .node
        default: return false
        }
    }

    static func perform(
        _ action: Action, _ kind: ResourceKind, _ targets: [KubeObject], _ state: ConsoleState
    ) -> [Effect] {
        guard let first = targets.first else { return [] }
        let names = targets.map(\.name)
        switch action {
        case .open: return open(first, state)
        case .describe: return [.open(PagerView(first, .describe))]
        case .yaml: return [.open(PagerView(first, .yaml))]
        case .events: return [.open(events(about: first.key, uid: EventLookup.uid(of: first), state))]
        case .rules:
            return [.open(kind == .node ? RulesView(node: first.name) : RulesView(service: first.key, state))]
        case .showNode:
            guard let name = first.as(Pod.self)?.spec.nodeName,
                let node = state.objects.object(ObjectKey(.node, name: name))
            else { return [.toast("The pod is on no node.", .warning)] }
            return [.open(PagerView(node, .describe))]
        case .showOwner:
            guard let key = owner(of: first) else { return [] }
            guard let owner = state.objects.object(key) else {
                return [.toast("Its \(key.kind.info.name) \(key.name) is gone.", .warning)]
            }
            return [.open(PagerView(owner, .describe))]
        case .edit: return Editing.edit(first, state)
        case .setImage: return [.push(Images.form(first, state))]
        case .scale: return [.push(Scaling.form(targets))]
        case .restart: return [.push(Confirmations.restart(targets))]
        case .rollBack: return RollingBack.choose(first, state)
        case .delete: return [.push(Confirmations.delete(targets, isNow: false, state))]
        case .kill: return [.push(Confirmations.delete(targets, isNow: true, state))]
        case .powerOff, .powerOn: return MachineActions.perform(action, targets.map(\.key), state)
        case .cordon: return names.map { .send(.setCordoned($0, true)) }
        case .uncordon: return names.map { .send(.setCordoned($0, false)) }
        case .drain: return [.push(Draining.ask(targets, state))]
        default: return []
        }
    }

    /// Where enter leads.
    private static func open(_ object: KubeObject, _ state: ConsoleState) -> [Effect] {
        switch object.kind {
        case .namespace:
            return [.setNamespace(object.name), .open(ResourceView(.pod, state, crumb: object.name))]
        case .node: return [.open(pods(onNode: object.name, state))]
        case .event:
            guard let key = EventReferences.key(object), let about = state.objects.object(key) else {
                return [.open(PagerView(object, .describe))]
            }
            return [.open(PagerView(about, .describe))]
        default:
            guard let condition = podCondition(object) else { return [.open(PagerView(object, .describe))] }
            return [
                .open(
                    ResourceView(
                        .pod, state, condition: condition, scope: .fixed(object.namespace),
                        subject: object.kind.info.singular + "/" + object.name, crumb: object.name))
            ]
        }
    }

    /// What made it and looks after it.
    private static func owner(of object: KubeObject) -> ObjectKey? {
        guard let owner = object.metadata.controllerReference,
            let kind = Catalogue.kind(apiVersion: owner.apiVersion, kind: owner.kind)
        else { return nil }
        return ObjectKey(kind, namespace: kind.info.isNamespaced ? object.namespace : "", name: owner.name)
    }

    /// Which pods belong to a workload or a Service; nil for what has none.
    private static func podCondition(_ object: KubeObject) -> RowCondition? {
        if let service = object.as(Service.self) {
            // Without a selector somebody else says where it leads.
            return service.spec.selector.isEmpty ? nil : .labels(Selector(service.spec.selector))
        }
        if let deployment = object.as(Deployment.self) {
            do throws(StatusError) {
                return .labels(try Selector(deployment.spec.selector))
            } catch {
                return nil
            }
        }
        switch object.kind {
        case .replicaSet, .replicationController, .statefulSet, .daemonSet, .job: return .owner(uid: object.uid)
        default: return nil
        }
    }

    static func pods(onNode name: String, _ state: ConsoleState) -> ResourceView {
        ResourceView(.pod, state, condition: .node(name), scope: .fixed(nil), subject: name, crumb: name)
    }

    static func events(about key: ObjectKey, uid: String, _ state: ConsoleState) -> ResourceView {
        ResourceView(
            .event, state, condition: .about(key, uid: uid), scope: .fixed(key.namespace.isEmpty ? nil : key.namespace),
            subject: key.kind.info.singular + "/" + key.name, crumb: "events")
    }
}

/// The object that an Event is about.
enum EventReferences {
    static func key(_ object: KubeObject) -> ObjectKey? {
        guard let reference = object.as(Event.self)?.involvedObject, let name = reference.name,
            let kind = Catalogue.kind(apiVersion: reference.apiVersion ?? "v1", kind: reference.kind ?? "")
        else { return nil }
        return ObjectKey(kind, namespace: kind.info.isNamespaced ? reference.namespace ?? "" : "", name: name)
    }
}
