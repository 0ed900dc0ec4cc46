import ClusterCore
import Testing

@Suite struct SeededRandomTests {
    @Test func drawsTheReferenceSequence() {
        var zero = SeededRandom(seed: 0)
        #expect(
            (0..<4).map { _ in zero.next() } == [
                0x99EC_5F36_CB75_F2B4, 0xBF6E_1F78_4956_452A, 0x1A5F_849D_4933_E6E0, 0x6AA5_94F1_262D_2D2C,
            ])
        var random = SeededRandom(seed: 42)
        #expect(
            (0..<3).map { _ in random.next() } == [0x1578_0B2E_0C2E_C716, 0x6104_D986_6D11_3A7E, 0xAE17_5332_39E4_99A1])
    }

    @Test func drawsNumbersBelowABound() {
        var random = SeededRandom(seed: 42)
        #expect((0..<12).map { _ in random.below(10) } == [0, 3, 6, 9, 9, 7, 7, 8, 7, 5, 6, 2])
        // A third of the whole range, so that a good part of the draws has to be repeated.
        var wide = SeededRandom(seed: 42)
        #expect(
            (0..<4).map { _ in wide.below(6_148_914_691_236_517_206) } == [
                6_098_517_659_355_105_825, 4_733_062_276_688_583_528, 4_422_659_636_311_400_251,
                5_226_629_408_439_271_469,
            ])
        var one = SeededRandom(seed: 42)
        #expect((0..<100).allSatisfy { _ in one.below(1) == 0 })
    }

    @Test func drawsEvenly() {
        var random = SeededRandom(seed: 3)
        var counts = [Int](repeating: 0, count: 7)
        for _ in 0..<70_000 { counts[random.below(7)] += 1 }
        #expect(counts.allSatisfy { abs($0 - 10_000) < 500 }, "\(counts)")
    }

    @Test func drawsFractions() {
        var random = SeededRandom(seed: 42)
        #expect(random.unit() == 0.08386297105988216)
        #expect(random.unit() == 0.3789802506626686)
        #expect((0..<1_000).allSatisfy { _ in 0..<1 ~= random.unit() })
    }

    @Test func drawsIntervalsWithBothEnds() {
        var random = SeededRandom(seed: 42)
        #expect(
            (0..<3).map { _ in random.interval(in: .seconds(1) ... .seconds(3)).nanoseconds } == [
                1_167_725_942, 1_757_960_501, 2_360_086_822,
            ])
        let ends = (0..<100).map { _ in random.interval(in: .nanoseconds(-1) ... .nanoseconds(1)).nanoseconds }
        #expect(Set(ends) == [-1, 0, 1])
        #expect(random.interval(in: .zero ... .zero) == .zero)
        let all = Interval(nanoseconds: .min) ... .max
        #expect(random.interval(in: all) != random.interval(in: all))
    }

    @Test func shuffles() {
        var random = SeededRandom(seed: 42)
        var numbers = Array(0..<10)
        random.shuffle(&numbers)
        #expect(numbers == [9, 1, 4, 2, 8, 7, 6, 5, 3, 0])
    }

    @Test func makesNames() {
        var random = SeededRandom(seed: 42)
        #expect(random.uuid() == "15780b2e-0c2e-4716-a104-d9866d113a7e")
        #expect(random.uuid() == "ae175332-39e4-49a1-acb8-ad4703b360a1")
        random = SeededRandom(seed: 42)
        #expect(random.suffix(5) == "dnx79")
        #expect(random.suffix(10) == "2z52txk4lz")
        #expect(random.suffix(0).isEmpty)
    }

    @Test func forksDependOnSeedAndLabelOnly() {
        var parent = SeededRandom(seed: 42)
        var early = parent.fork("kubelet")
        _ = parent.next()
        var late = parent.fork("kubelet")
        let first = early.next()
        #expect(first == 0xC98F_9D7F_3AFC_AE53)
        #expect(late.next() == first)
        var other = parent.fork("scheduler")
        #expect(other.next() == 0xED8E_EE4D_59CC_13C4)
        var nested = parent.fork("kubelet").fork("node-1")
        #expect(nested.next() == 0x0A0B_31C2_E9DA_3D86)
    }
}
