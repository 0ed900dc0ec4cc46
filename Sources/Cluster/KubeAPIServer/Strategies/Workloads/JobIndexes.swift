import KubeAPI

/// Lists of the indexes of a job's pods: `1,3-5,7`.
/// Follows kubernetes pkg/apis/batch/validation/validation.go `validateIndexesFormat`.
enum JobIndexes {
    /// How many indexes a list has; 0 and what is wrong for a list that is none. For example, `1,3-5` has four when the
    /// job has six completions, and with five, `too large index: "5"`.
    static func count(_ list: String, completions: Int) -> (count: Int, error: String?) {
        if list.isEmpty { return (0, nil) }
        var total = 0
        var last: Int?
        for interval in list.split(separator: ",", omittingEmptySubsequences: false) {
            let parts = interval.split(separator: "-", omittingEmptySubsequences: false).map(String.init)
            if parts.count > 2 {
                return (
                    0,
                    "the fragment \(GoText.quoted(String(interval))) violates the requirement that an index interval can "
                        + "have at most two parts separated by '-'"
                )
            }
            var bounds: [Int] = []
            for part in parts {
                guard let bound = Int(part) else {
                    return (0, "cannot convert string to integer for index: \(GoText.quoted(part))")
                }
                if bound >= completions { return (0, "too large index: \(GoText.quoted(part))") }
                bounds.append(bound)
            }
            let (first, end) = (bounds[0], bounds[bounds.count - 1])
            if bounds.count > 1, first >= end {
                return (0, "non-increasing order, previous: \(first), current: \(end)")
            }
            if let last, last >= first { return (0, "non-increasing order, previous: \(last), current: \(first)") }
            total += end - first + 1
            last = end
        }
        return (total, nil)
    }
}
