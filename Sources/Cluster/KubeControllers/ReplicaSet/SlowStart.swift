import KubeAPI

/// Calls `body` `count` times, in batches that begin with one call and double as long as all of a batch succeed: what
/// is bound to fail then fails a few times and not hundreds of times. Returns the number of successes and the first
/// failure; calls after the batch with the failure are not made.
///
/// For example, 10 calls are made as 1, 2, 4 and 3; if the third fails, the fourth is not made.
///
/// Follows kubernetes `pkg/controller/replicaset/replica_set.go` `slowStartBatch`.
package func slowStartBatch(
    count: Int, initialBatchSize: Int = 1, _ body: () -> StatusError?
) -> (successes: Int, failure: StatusError?) {
    var remaining = count
    var successes = 0
    var batch = min(remaining, initialBatchSize)
    while batch > 0 {
        var failure: StatusError?
        for _ in 0..<batch {
            if let error = body() { failure = failure ?? error } else { successes += 1 }
        }
        if let failure { return (successes, failure) }
        remaining -= batch
        batch = min(2 * batch, remaining)
    }
    return (successes, nil)
}
