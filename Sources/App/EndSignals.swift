import Foundation

/// The signals that end the program. Made before any thread, so that all threads leave them to this.
struct EndSignals {
    private var set = sigset_t()

    init() {
        sigemptyset(&set)
        sigaddset(&set, SIGINT)
        sigaddset(&set, SIGTERM)
        sigaddset(&set, SIGHUP)
        pthread_sigmask(SIG_BLOCK, &set, nil)
        signal(SIGPIPE, SIG_IGN)
    }

    static func reason(_ signal: Int32) -> String {
        switch signal {
        case SIGINT: "after an interrupt"
        case SIGHUP: "to start again from a backup"
        default: "after a request to terminate"
        }
    }

    /// Waits for one of them.
    func wait() -> Int32 {
        var set = set
        var received: Int32 = 0
        sigwait(&set, &received)
        return received
    }
}
