import KubeAPI
import KubeControllers
import Testing

@Suite("Slow start")
struct SlowStartTests {
    /// From upstream's `TestSlowStartBatch`: how many calls, how many failures allowed before them, how many made.
    @Test(arguments: [
        (count: 10, failsAfter: Int.max, calls: 10),
        (count: 10, failsAfter: 5, calls: 7),
        (count: 0, failsAfter: Int.max, calls: 0),
        (count: 1, failsAfter: 0, calls: 1),
        (count: 10, failsAfter: 0, calls: 1),
        (count: 10, failsAfter: 2, calls: 3),
        (count: 500, failsAfter: 300, calls: 500),
    ])
    func stopsAfterTheBatchThatFails(count: Int, failsAfter: Int, calls: Int) {
        var made = 0
        let (successes, failure) = slowStartBatch(count: count) {
            made += 1
            return made > failsAfter ? .internalError("failure \(made)") : nil
        }
        #expect(made == calls)
        #expect(successes == min(calls, failsAfter))
        #expect(failure?.message == (calls > failsAfter ? "Internal error occurred: failure \(failsAfter + 1)" : nil))
    }
}
