// Conditions of objects, set as upstream sets them: one of a type, whose time is that of its last change of status.

extension [Condition] {
    public subscript(type type: String) -> Condition? { first { $0.type == type } }

    /// Sets the condition of this type; its time moves only if its status does. A condition without a time takes `now`.
    ///
    /// Follows apimachinery `pkg/api/meta/conditions.go` `SetStatusCondition`.
    public mutating func set(_ condition: Condition, now: Time) {
        var condition = condition
        if condition.lastTransitionTime.isZero { condition.lastTransitionTime = now }
        guard let index = firstIndex(where: { $0.type == condition.type }) else { return append(condition) }
        if self[index].status == condition.status { condition.lastTransitionTime = self[index].lastTransitionTime }
        self[index] = condition
    }
}

extension PodStatus {
    /// The condition of a type; nil if nobody has set it.
    public func condition(_ type: String) -> PodCondition? {
        let conditions = conditions
        return conditions.indices.first { equalUTF8(conditions[$0].type, type) }.map { conditions[$0] }
    }

    /// Sets the condition of this type; its time moves only if its status does. False if nothing changed.
    ///
    /// Follows kubernetes `pkg/api/v1/pod/util.go` `UpdatePodCondition`.
    @discardableResult
    public mutating func setCondition(_ condition: PodCondition, now: Time) -> Bool {
        var condition = condition
        condition.lastTransitionTime = now
        guard let index = conditions.firstIndex(where: { $0.type == condition.type }) else {
            conditions.append(condition)
            return true
        }
        if conditions[index].status == condition.status {
            condition.lastTransitionTime = conditions[index].lastTransitionTime
        }
        if conditions[index] == condition { return false }
        conditions[index] = condition
        return true
    }
}

extension Pod {
    /// Whether its Ready condition is True. O(conditions). Asked at every change of a pod, so conditions are read where
    /// they lie.
    public var isReady: Bool {
        let conditions = status.conditions
        return conditions.indices.contains { conditions[$0].type == "Ready" && conditions[$0].status == "True" }
    }
}

extension Node {
    /// Whether its Ready condition is True. O(conditions).
    public var isReady: Bool { status.conditions.contains { $0.type == "Ready" && $0.status == "True" } }
}

extension PodDisruptionBudget {
    /// As in `status.conditions`: whether pods may be disrupted.
    public static let disruptionAllowed = "DisruptionAllowed"

    /// Says in the condition what `status.disruptionsAllowed` says.
    ///
    /// Follows kubernetes component-helpers `apps/poddisruptionbudget/helpers.go` `UpdateDisruptionAllowedCondition`.
    public mutating func updateDisruptionAllowedCondition(now: Time) {
        let isAllowed = status.disruptionsAllowed ?? 0 > 0
        var condition = Condition()
        condition.type = PodDisruptionBudget.disruptionAllowed
        condition.status = isAllowed ? "True" : "False"
        condition.reason = isAllowed ? "SufficientPods" : "InsufficientPods"
        condition.observedGeneration = status.observedGeneration
        status.conditions.set(condition, now: now)
    }

    /// Whether the condition says what the status does. Follows `ConditionsAreUpToDate`.
    public var hasCurrentCondition: Bool {
        guard let condition = status.conditions[type: PodDisruptionBudget.disruptionAllowed],
            status.observedGeneration == metadata.generation
        else { return false }
        return status.disruptionsAllowed ?? 0 > 0
            ? condition.status == "True" && condition.reason == "SufficientPods"
            : condition.status == "False" && condition.reason == "InsufficientPods"
    }
}
