extension Toleration {
    /// Whether the taint does not matter. Follows kubernetes staging/src/k8s.io/api/core/v1/toleration.go
    /// `ToleratesTaint`, without the operators of TaintTolerationComparisonOperators: they tolerate nothing.
    public func tolerates(_ taint: Taint) -> Bool {
        if let effect, !effect.isEmpty, effect != taint.effect { return false }
        if let key, !key.isEmpty, key != taint.key { return false }
        switch self.operator ?? "" {
        case "", "Equal": return value ?? "" == taint.value ?? ""
        case "Exists": return true
        default: return false
        }
    }
}
