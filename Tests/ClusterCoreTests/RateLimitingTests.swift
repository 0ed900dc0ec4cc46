import ClusterCore
import Testing

@Suite struct RateLimitingTests {
    private let start = Instant.simulationStart

    @Test func workQueuesBackOffFrom5MillisecondsTo1000Seconds() {
        let backoff = ExponentialBackoff(base: .milliseconds(5), cap: .seconds(1_000))
        #expect((0..<5).map { backoff.delay(failures: $0) } == [5, 10, 20, 40, 80].map(Interval.milliseconds))
        #expect(backoff.delay(failures: 17) == .milliseconds(655_360))
        #expect(backoff.delay(failures: 18) == .seconds(1_000))
        #expect(backoff.delay(failures: 1_000_000) == .seconds(1_000))
    }

    @Test func factorsMayBeFractions() {
        let backoff = ExponentialBackoff(base: .milliseconds(100), factor: 1.5, cap: .seconds(1))
        #expect(
            (0..<7).map { backoff.delay(failures: $0).nanoseconds } == [
                100_000_000, 150_000_000, 225_000_000, 337_500_000, 506_250_000, 759_375_000, 1_000_000_000,
            ])
        let constant = ExponentialBackoff(base: .seconds(2), factor: 1, cap: .seconds(1))
        #expect(constant.delay(failures: 9) == .seconds(1))
    }

    @Test func containersWait10SecondsDoublingTo300() {
        var table = BackoffTable<String>(initial: .seconds(10), maximum: .seconds(300))
        #expect(table.get("web") == .zero)
        var now = start
        var delays: [Interval] = []
        for _ in 0..<7 {
            table.next("web", now)
            delays.append(table.get("web"))
            now += table.get("web")
        }
        #expect(delays == [10, 20, 40, 80, 160, 300, 300].map(Interval.seconds))
        table.reset("web")
        #expect(table.get("web") == .zero)
    }

    @Test func aQuietTimeOfTwiceTheMaximumStartsAfresh() {
        var table = BackoffTable<String>(initial: .seconds(10), maximum: .seconds(300))
        table.next("web", start)
        table.next("web", start)
        table.next("web", start + .seconds(600))
        #expect(table.get("web") == .seconds(40))
        table.next("web", start + .seconds(1_200) + .nanoseconds(1))
        #expect(table.get("web") == .seconds(10))
    }

    @Test func backOffLastsUntilTheDelayHasPassed() {
        var table = BackoffTable<String>(initial: .seconds(10), maximum: .seconds(300))
        #expect(!table.isInBackOffSinceUpdate("web", start))
        table.next("web", start)
        #expect(table.isInBackOffSinceUpdate("web", start + .seconds(10) - .nanoseconds(1)))
        #expect(!table.isInBackOffSinceUpdate("web", start + .seconds(10)))
    }

    @Test func theBucketLetsTheBurstThroughAndThenTheRate() {
        var bucket = TokenBucket(ratePerSecond: 10, burst: 100)
        #expect((0..<100).allSatisfy { _ in bucket.reserve(start) == .zero })
        #expect((1...5).map { _ in bucket.reserve(start) } == [100, 200, 300, 400, 500].map(Interval.milliseconds))
        // Two tokens came in the meantime, five had been promised.
        #expect(bucket.reserve(start + .milliseconds(200)) == .milliseconds(400))
        #expect(bucket.reserve(start + .seconds(3_600)) == .zero)
    }

    @Test func acceptingTakesWholeTokensOnly() {
        var bucket = TokenBucket(ratePerSecond: 0.1, burst: 1)
        let moments = [0, 0, 9_999, 10_000, 19_000, 20_000].map { start + .milliseconds($0) }
        #expect(moments.map { bucket.tryAccept($0) } == [true, false, false, true, false, true])
    }

    @Test func aBucketHoldsNoMoreThanItsBurst() {
        var bucket = TokenBucket(ratePerSecond: 5, burst: 3)
        let later = start + .hours(1_000)
        #expect((0..<5).map { _ in bucket.tryAccept(later) } == [true, true, true, false, false])
        // The clock of a caller that lags behind adds nothing.
        #expect([start, later + .milliseconds(200)].map { bucket.tryAccept($0) } == [false, true])
    }

    @Test func withoutRateOnlyTheBurstIsEverThere() {
        var bucket = TokenBucket(ratePerSecond: 0, burst: 1)
        #expect(bucket.reserve(start) == .zero)
        #expect(bucket.reserve(start + .hours(1)) == .max)
        var closed = TokenBucket(ratePerSecond: 100, burst: 0)
        #expect([1].map { closed.tryAccept(start + .hours($0)) } == [false])
        #expect(closed.reserve(start + .hours(1)) == .max)
    }
}
