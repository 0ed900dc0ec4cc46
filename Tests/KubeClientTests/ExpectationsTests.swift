import ClusterCore
import KubeClient
import Testing

/// Compared with kubernetes `pkg/controller/controller_utils_test.go`.
@Suite("Expectations")
struct ExpectationsTests {
    private let start = Instant.simulationStart

    @Test func nothingExpectedIsMet() {
        #expect(Expectations().isSatisfied("a", now: start))
    }

    @Test func creationsAreCountedDown() {
        var expectations = Expectations()
        expectations.expectCreations("a", 2, now: start)
        expectations.expectCreations("b", 1, now: start)
        expectations.creationObserved("a")
        #expect(!expectations.isSatisfied("a", now: start))
        expectations.creationObserved("a")
        #expect(expectations.isSatisfied("a", now: start))
        #expect(!expectations.isSatisfied("b", now: start))
        // More than was asked for does no harm, and is not saved up.
        expectations.creationObserved("a")
        expectations.expectCreations("a", 1, now: start)
        #expect(!expectations.isSatisfied("a", now: start))
    }

    /// A deletion that is seen twice counts once.
    @Test func deletionsAreToldApart() {
        var expectations = Expectations()
        expectations.expectDeletions("a", ["x", "y"], now: start)
        expectations.deletionObserved("a", "x")
        expectations.deletionObserved("a", "x")
        expectations.deletionObserved("a", "z")
        #expect(!expectations.isSatisfied("a", now: start))
        expectations.deletionObserved("a", "y")
        #expect(expectations.isSatisfied("a", now: start))
    }

    @Test func whatNeverComesIsGivenUpAfterFiveMinutes() {
        var expectations = Expectations()
        expectations.expectCreations("a", 1, now: start)
        #expect(!expectations.isSatisfied("a", now: start + .minutes(5)))
        #expect(expectations.isSatisfied("a", now: start + .minutes(5) + .nanoseconds(1)))
    }

    @Test func whatIsGoneIsForgotten() {
        var expectations = Expectations()
        expectations.expectCreations("a", 1, now: start)
        expectations.remove("a")
        expectations.creationObserved("a")
        #expect(expectations.isSatisfied("a", now: start))
    }
}
