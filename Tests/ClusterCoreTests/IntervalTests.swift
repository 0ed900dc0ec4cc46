import ClusterCore
import Testing

@Suite struct IntervalTests {
    @Test func printsAsGo() {
        #expect(Interval.seconds(90).description == "1m30s")
    }
}
