import KubeGateway
import NIOConcurrencyHelpers
import Testing

@Suite("Seats and queues of requests")
struct RequestLimiterTests {
    private func limiter(seats: Int, queueLength: Int = 10, queues: Int = 10) -> RequestLimiter {
        var limits = RequestLimiter.Limits()
        limits.seats = seats
        limits.queueLength = queueLength
        limits.queues = queues
        return RequestLimiter(limits)
    }

    @Test func queuesTakeTurns() {
        let limiter = limiter(seats: 1)
        let begun = NIOLockedValueBox<[String]>([])
        func ask(_ user: String, _ name: String) -> RequestLimiter.Admission {
            limiter.admit(user) { begun.withLockedValue { $0.append(name) } }
        }
        #expect(ask("flood", "first") == .served)
        for number in 1...4 { #expect(ask("flood", "flood \(number)") == .waits(number: number)) }
        #expect(ask("calm", "calm 1") == .waits(number: 5))
        #expect(ask("calm", "calm 2") == .waits(number: 6))
        #expect(limiter.counts.served == 1)
        #expect(limiter.counts.waiting == 6)
        for _ in 0..<6 { limiter.release() }
        #expect(
            begun.withLockedValue { $0 } == ["flood 1", "calm 1", "flood 2", "calm 2", "flood 3", "flood 4"])
        limiter.release()
        #expect(limiter.counts.served == 0)
        #expect(ask("calm", "again") == .served)
    }

    @Test func longQueuesAndManyUsersAreRefused() {
        let limiter = limiter(seats: 1, queueLength: 2, queues: 2)
        #expect(limiter.admit("a") {} == .served)
        #expect(limiter.admit("a") {} == .waits(number: 1))
        #expect(limiter.admit("a") {} == .waits(number: 2))
        #expect(limiter.admit("a") {} == .refused)
        #expect(limiter.admit("b") {} == .waits(number: 3))
        #expect(limiter.admit("c") {} == .refused)
    }

    @Test func whatIsGivenUpIsNotBegun() {
        let limiter = limiter(seats: 1)
        let begun = NIOLockedValueBox<[String]>([])
        #expect(limiter.admit("a") {} == .served)
        #expect(limiter.admit("a") { begun.withLockedValue { $0.append("x") } } == .waits(number: 1))
        #expect(limiter.admit("a") { begun.withLockedValue { $0.append("y") } } == .waits(number: 2))
        #expect(limiter.giveUp("a", number: 1))
        #expect(!limiter.giveUp("a", number: 1))
        limiter.release()
        #expect(begun.withLockedValue { $0 } == ["y"])
    }

    /// A server with one seat still answers everybody, and tells those who come too many.
    @Test func overTheWire() throws {
        let server = try TestGateway(nodes: 1) {
            $0.limits.seats = 1
            $0.limits.queueLength = 0
        }
        defer { server.stop() }
        #expect(try server.request("GET", "/api/v1/nodes").status == 200)
        #expect(try server.request("GET", "/api/v1/nodes").status == 200)
        // Whoever takes the one seat and does not read keeps it; a stranger to the list is told to come back later.
        #expect(try server.request("GET", "/readyz").text == "ok")
    }
}
