import KubeAPI

/// How much of a zone is lost, which decides how fast its nodes are tainted.
enum ZoneState: Equatable {
    case initial, normal, partialDisruption, fullDisruption

    /// From the Ready conditions of a zone's nodes: full when none is Ready, partial when at least three and 55 % of
    /// them are not.
    init(conditions: [NodeCondition?]) {
        let ready = conditions.count { $0?.status == "True" }
        let notReady = conditions.count - ready
        if ready == 0, notReady > 0 {
            self = .fullDisruption
        } else if notReady > 2, notReady * 100 >= conditions.count * 55 {
            self = .partialDisruption
        } else {
            self = .normal
        }
    }

    /// A lost zone keeps the normal rate, 0.1 a second; a disrupted one slows to 0.01, and stops if it is small (50).
    func taintsPerSecond(nodes: Int) -> Double {
        switch self {
        case .initial, .normal, .fullDisruption: 0.1
        case .partialDisruption: nodes > 50 ? 0.01 : 0
        }
    }
}
