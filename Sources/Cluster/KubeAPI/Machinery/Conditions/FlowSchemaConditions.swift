extension FlowSchemaCondition {
    /// Whether the PriorityLevelConfiguration that a FlowSchema names is not there. Without a time.
    ///
    /// Follows apiserver pkg/util/flowcontrol/apf_controller.go `presyncFlowSchemaStatus`.
    public static func dangling(_ level: String, isThere: Bool) -> FlowSchemaCondition {
        var condition = FlowSchemaCondition()
        condition.type = "Dangling"
        condition.status = isThere ? "False" : "True"
        condition.reason = isThere ? "Found" : "NotFound"
        condition.message =
            "This FlowSchema references the PriorityLevelConfiguration object named \(GoText.quoted(level)) "
            + (isThere ? "and it exists" : "but there is no such object")
        return condition
    }
}
