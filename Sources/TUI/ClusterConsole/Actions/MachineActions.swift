import KubeAPI
import KubeClient
import KubeCluster
import TerminalUI

/// What can be done with the machines under the nodes, whether or not they have Node objects.
enum MachineActions {
    static func supports(_ action: Action, _ keys: [ObjectKey], _ state: ConsoleState) -> Bool {
        switch action {
        case .open, .events: keys.count == 1
        case .powerOff, .powerOn: !machines(action, keys, state).isEmpty
        default: false
        }
    }

    static func perform(_ action: Action, _ keys: [ObjectKey], _ state: ConsoleState) -> [Effect] {
        switch action {
        case .open: keys.map { .open(ObjectActions.pods(onNode: $0.name, state)) }
        case .events: keys.map { .open(ObjectActions.events(about: $0, uid: "", state)) }
        case .powerOff: machines(action, keys, state).map { .send(.powerOff($0)) }
        case .powerOn: machines(action, keys, state).map { .send(.powerOn($0)) }
        default: []
        }
    }

    /// Those whose power can be cut, or given back.
    private static func machines(_ action: Action, _ keys: [ObjectKey], _ state: ConsoleState) -> [String] {
        keys.filter { key in
            key.kind == .node && state.snapshot.isMachine(key.name)
                && state.snapshot.isPoweredOff(key.name) == (action == .powerOn)
        }.map(\.name)
    }
}
