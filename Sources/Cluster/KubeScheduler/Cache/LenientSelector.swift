import KubeAPI

extension Selector {
    /// The selector of a spec, where one that is wrong matches nothing: the scheduler must live with what was stored.
    package init(lenient selector: LabelSelector?) {
        do throws(StatusError) {
            try self.init(selector)
        } catch {
            self = .nothing
        }
    }

    /// With a condition for each of the keys that the labels have: what `matchLabelKeys` and `mismatchLabelKeys` mean.
    /// Does nothing where the API server has merged them into the selector already.
    func demanding(
        _ keys: [String], _ comparison: LabelRequirement.Operator, valuesOf labels: StringMap<String>
    ) -> Selector {
        let new = keys.compactMap { key in
            labels[key].map { LabelRequirement(key: key, operator: comparison, values: [$0]) }
        }
        return adding(new.filter { !requirements.contains($0) })
    }
}
