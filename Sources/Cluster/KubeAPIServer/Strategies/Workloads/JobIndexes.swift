import KubeAPI

/// Lists of the indexes of a job's pods: `1,3-5,7`.
/// Follows kubernetes pkg/apis/batch/validation/validation.go `validateIndexesFormat`.
enum JobIndexes {
    private struct Failure: Error {
        let text: String
    }

    /// How many indexes a list has; 0 and what is wrong for a list that is none. For example, `1,3-5` has four when the
    /// job has six completions, and with five, `too large index: "5"`.
    static func count(_ list: String, completions: Int) -> (count: Int, error: String?) {
        if list.isEmpty { return (0, nil) }
        var total = 0
        var last: Int?
        do throws(Failure) {
            for text in intervals(list) {
                let interval = try interval(text, completions: completions)
                if let last, last >= interval.lowerBound {
                    throw Failure(text: "non-increasing order, previous: \(last), current: \(interval.lowerBound)")
                }
                total += interval.count
                last = interval.upperBound
            }
        } catch {
            return (0, error.text)
        }
        return (total, nil)
    }

    /// The first index that two lists have in common. Intervals that are none are passed over.
    ///
    /// Follows `validateFailedIndexesNotOverlapCompleted` of the same file.
    static func firstOverlap(_ left: String, _ right: String, completions: Int) -> Int? {
        func read(_ list: String) -> [ClosedRange<Int>] {
            intervals(list).compactMap { try? interval($0, completions: completions) }
        }
        if left.isEmpty || right.isEmpty { return nil }
        let (left, right) = (read(left), read(right))
        var (first, second) = (0, 0)
        while first < left.count, second < right.count {
            let (one, other) = (left[first], right[second])
            if one.overlaps(other) { return max(one.lowerBound, other.lowerBound) }
            if one.lowerBound <= other.lowerBound { first += 1 } else { second += 1 }
        }
        return nil
    }

    private static func intervals(_ list: String) -> [Substring] {
        list.split(separator: ",", omittingEmptySubsequences: false)
    }

    /// `3-5`, or `3`.
    private static func interval(_ text: Substring, completions: Int) throws(Failure) -> ClosedRange<Int> {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false).map(String.init)
        if parts.count > 2 {
            throw Failure(
                text: "the fragment \(GoText.quoted(String(text))) violates the requirement that an index interval can "
                    + "have at most two parts separated by '-'")
        }
        var bounds: [Int] = []
        for part in parts {
            guard let bound = Int(part) else {
                throw Failure(text: "cannot convert string to integer for index: \(GoText.quoted(part))")
            }
            if bound >= completions { throw Failure(text: "too large index: \(GoText.quoted(part))") }
            bounds.append(bound)
        }
        let (first, end) = (bounds[0], bounds[bounds.count - 1])
        if bounds.count > 1, first >= end {
            throw Failure(text: "non-increasing order, previous: \(first), current: \(end)")
        }
        return first...end
    }
}
