import ClusterCore
import ClusterDriver
import KubeAPI
import KubeClient
import KubeCluster
import Testing

/// The thread that a cluster runs on: commands in, snapshots out, time by the wall clock.
@Suite struct ClusterDriverTests {
    @Test func commandsAreCarriedOutInTheOrderInWhichTheyWereSent() throws {
        let desk = DrivenCluster()
        for number in 1...40 { desk.driver.send(.create([ConfigMap.named("map-\(number)")]), id: number) }
        desk.driver.start()
        let update = try #require(desk.wait { $0.outcomes.count == 40 })
        #expect(update.outcomes.map(\.id) == Array(1...40))
        #expect(update.outcomes.allSatisfy { $0.errors.isEmpty && $0.messages.count == 1 })
        let maps = update.changes.filter { $0.kind == .configMap && $0.key.namespace == "default" }.map(\.key.name)
        #expect(maps == (1...40).map { "map-\($0)" })
        #expect(!update.isReset)
        #expect(update.changes.map(\.revision) == update.changes.map(\.revision).sorted())
        #expect(update.snapshot.revision == update.changes.last?.revision)
    }

    @Test func virtualTimeIsTheWallClockTimesTheSpeed() throws {
        let desk = DrivenCluster(speed: 10)
        desk.driver.start()
        _ = try #require(desk.perform(.setSpeed(10), id: 1))
        desk.clock.advance(3)
        // Another speed counts from now on, not from the last event.
        let first = try #require(desk.perform(.setSpeed(2), id: 2))
        #expect(first.snapshot.time - desk.start == .seconds(30))
        #expect(first.snapshot.speed == 2)
        desk.clock.advance(4)
        let second = try #require(desk.perform(.create([ConfigMap.named("a")]), id: 3))
        #expect(second.snapshot.time - desk.start == .seconds(38))
        let created = try #require(second.changes.last { $0.key.name == "a" })
        #expect(created.time - desk.start == .seconds(38), "a command is carried out at the time that it is now")
    }

    @Test func aPausedClockStandsStillAndTheClusterStillTakesCommands() throws {
        let desk = DrivenCluster()
        desk.driver.start()
        // The thread runs, and counts from here.
        _ = try #require(desk.perform(.setSpeed(1), id: 0))
        desk.clock.advance(2)
        let paused = try #require(desk.perform(.setClockPaused(true), id: 1))
        #expect(paused.snapshot.isClockPaused && paused.snapshot.time - desk.start == .seconds(2))
        desk.clock.advance(100)
        let later = try #require(desk.perform(.create([ConfigMap.named("a")]), id: 2))
        #expect(later.snapshot.time == paused.snapshot.time && later.snapshot.eventCount == paused.snapshot.eventCount)
        #expect(later.snapshot.revision == paused.snapshot.revision + 1)
        desk.clock.advance(100)
        // Time that passed while it was paused does not count.
        let resumed = try #require(desk.perform(.setClockPaused(false), id: 3))
        #expect(resumed.snapshot.time == paused.snapshot.time)
        desk.clock.advance(5)
        let running = try #require(desk.perform(.setSpeed(1), id: 4))
        #expect(running.snapshot.time - paused.snapshot.time == .seconds(5))
    }

    @Test func aStepRunsOneEvent() throws {
        let desk = DrivenCluster()
        desk.driver.start()
        var last = try #require(desk.perform(.setClockPaused(true), id: 0)).snapshot
        for number in 1...20 {
            let next = try #require(desk.perform(.step, id: number)).snapshot
            #expect(next.eventCount == last.eventCount + 1)
            #expect(next.time >= last.time && next.isClockPaused)
            last = next
        }
        #expect(last.time > desk.start)
    }

    @Test func theSameStepsLeadToTheSameMoment() throws {
        func run() throws -> (Instant, Revision) {
            let desk = DrivenCluster()
            desk.driver.start()
            _ = desk.perform(.setClockPaused(true), id: 0)
            for number in 1...50 { desk.driver.send(.step, id: number) }
            let update = try #require(desk.wait { $0.outcomes.contains { $0.id == 50 } })
            return (update.snapshot.time, update.snapshot.revision)
        }
        #expect(try run() == run())
    }

    @Test func asFastAsItGoesAnHourPassesBeforeLong() throws {
        let desk = DrivenCluster(speed: .infinity, isByHand: false)
        desk.driver.start()
        let end = desk.start + .hours(1)
        let update = try #require(desk.wait { $0.snapshot.time >= end })
        #expect(update.snapshot.speed == .infinity)
        #expect(update.snapshot.statistics.nodesReady == 1)
    }

    @Test func aReaderIsWokenOnceForAllThatItHasNotTaken() throws {
        let desk = DrivenCluster()
        // Standing still, so that commands alone write.
        desk.driver.send(.setClockPaused(true), id: 0)
        desk.driver.start()
        #expect(desk.wakeUps.wait(for: 1))
        let before = desk.commits.value
        for number in 1...10 {
            desk.driver.send(.create([ConfigMap.named("map-\(number)")]), id: number)
            #expect(desk.commits.wait(for: before + number))
        }
        // Each was published before the one after it was carried out, and none of them woke anybody again.
        #expect(desk.wakeUps.value == 1)
        let update = try #require(desk.driver.take())
        #expect(update.outcomes.count >= 10)
        #expect(update.snapshot.objects.object(ObjectKey(.configMap, namespace: "default", name: "map-9")) != nil)
    }

    @Test func aReaderThatIsTooLateStartsOver() throws {
        let desk = DrivenCluster(maximumPending: 5)
        desk.driver.send(.setClockPaused(true), id: 0)
        desk.driver.start()
        #expect(desk.wakeUps.wait(for: 1))
        let before = desk.commits.value
        for number in 1...10 {
            desk.driver.send(.create([ConfigMap.named("map-\(number)")]), id: number)
            #expect(desk.commits.wait(for: before + number))
        }
        let update = try #require(desk.driver.take())
        #expect(update.isReset, "the snapshot has it all, the changes only a part")
        // Who wrote what is in no snapshot.
        #expect(update.changes.allSatisfy { $0.isByUser && $0.verb == .create })
        #expect(update.changes.map(\.key.name).prefix(9) == (1...9).map { "map-\($0)" }[...])
        #expect(update.outcomes.map(\.id).prefix(10) == [0, 1, 2, 3, 4, 5, 6, 7, 8, 9], "no outcome is lost")
        #expect(update.snapshot.objects.object(ObjectKey(.configMap, namespace: "default", name: "map-9")) != nil)
        // From then on changes come again.
        let next = try #require(desk.perform(.create([ConfigMap.named("after")]), id: 11))
        #expect(next.changes.contains { $0.key.name == "after" })
    }

    /// What the journal had not kept when a driver took the cluster over is told once it has.
    @Test func whatIsNotKeptIsNotTold() throws {
        let cluster = Cluster(Cluster.Configuration())
        cluster.boot()
        let revision = cluster.server.store.revision
        let shown = try #require(cluster.snapshot(at: revision - 5))
        #expect(shown.revision == revision - 5)
        let driver = ClusterDriver(
            cluster, speed: 1, durability: Durability(revision: revision - 5, failure: "no space is left."),
            wallTime: { 0 }, onUpdate: {})
        let observer = Listener()
        driver.add(observer)
        driver.start()
        let looks = Watched()
        driver.perform { _ in
            looks.add()
            return nil
        }
        // A second one, so that all is done that the first one was the reason for.
        driver.perform { _ in
            looks.add()
            return nil
        }
        #expect(looks.wait(for: 2))
        #expect(observer.calls.value == 0)
        driver.setDurability(Durability(revision: revision))
        #expect(observer.calls.wait(for: 1))
        driver.stop()
        #expect(observer.revisions.prefix(5) == [revision - 4, revision - 3, revision - 2, revision - 1, revision])
        #expect(driver.take()?.changes.map(\.revision).prefix(5) == observer.revisions.prefix(5))
    }

    /// Keeps what it is told.
    private final class Listener: ClusterObserver, @unchecked Sendable {
        let calls = Watched()
        // The driver's thread, and whoever has stopped it.
        var revisions: [Revision] = []

        func observe(_ snapshot: ClusterSnapshot, _ changes: [Change], isReset: Bool) {
            revisions += changes.map(\.revision)
            calls.add()
        }
    }

    @Test func afterTheStopNothingHappens() throws {
        let desk = DrivenCluster()
        desk.driver.start()
        _ = try #require(desk.perform(.create([ConfigMap.named("a")]), id: 1))
        desk.driver.stop()
        _ = desk.driver.take()
        let wakeUps = desk.wakeUps.value
        let commits = desk.commits.value
        desk.driver.send(.create([ConfigMap.named("b")]), id: 2)
        desk.driver.stop()
        #expect(desk.driver.take() == nil)
        #expect(desk.wakeUps.value == wakeUps && desk.commits.value == commits)
    }

    @Test func whatNeverStartedStops() {
        let desk = DrivenCluster()
        desk.driver.stop()
        #expect(desk.driver.take() == nil)
    }
}
