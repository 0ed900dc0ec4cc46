import ClusterCore
import Glibc
import JournalWorkload
import KubeAPI
import KubeClient
import KubeJournal
import KubeStore

// Writes into a journal as fast as it goes, and prints each revision that is acknowledged, until it is killed or has
// come to the revision it was given:
//
//     journal-writer FOLDER SEED LAST-REVISION
//
// What a revision writes depends on the seed, the revision and the objects alone (`Workload`), so that whoever reads
// the journal afterwards knows what must be there.

/// On standard error.
func say(_ text: String) {
    let line = text + "\n"
    _ = write(STDERR_FILENO, line, line.utf8.count)
}

let arguments = CommandLine.arguments
guard arguments.count == 4, let seed = UInt64(arguments[2]), let last = Int(arguments[3]) else {
    say("usage: journal-writer FOLDER SEED LAST-REVISION")
    exit(2)
}

do {
    var options = SQLiteJournal.Options()
    options.keptChanges = 200
    let journal = try SQLiteJournal(DataDirectory(arguments[1]), options)
    let loop = EventLoop(start: .simulationStart)
    let store = ObjectStore(loop: loop, journal: journal)
    store.restore(journal.contents)
    journal.observe { state in
        let line = state.failure.map { "failed: \($0)\n" } ?? "\(state.durableRevision)\n"
        _ = write(STDOUT_FILENO, line, line.utf8.count)
    }
    while store.revision < last {
        // Some writes an event, as a cluster makes them, and not far ahead of the disk.
        for _ in 0..<(1 + store.revision % 7) where store.revision < last {
            try Workload.step(store, seed: seed)
        }
        store.pump()
        while journal.state.durableRevision + 500 < store.revision { sched_yield() }
    }
    journal.close()
} catch {
    say("\(error)")
    exit(1)
}
