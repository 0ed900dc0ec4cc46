import Foundation
import TestSupport
import Testing

/// What the tests run: the executable that was built with them, and other programs.
enum Tools {
    struct Result {
        var status: Int32
        var output: String
        var errors: String
    }

    struct Missing: Error, CustomStringConvertible {
        var description: String
    }

    /// `drydock`, beside the tests in the build folder.
    static let drydock: String = {
        let tests = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        return tests.deletingLastPathComponent().appendingPathComponent("drydock").path
    }()

    /// Runs a program in the repository's folder, with a home of its own, and waits for its end. Not by `Process`,
    /// which also waits for what the program leaves running, such as the server of tmux.
    @discardableResult
    static func run(_ program: String, _ arguments: [String], input: String? = nil) throws -> Result {
        let folder = try TemporaryFolder()
        let files = (input: folder.path + "/in", output: folder.path + "/out", errors: folder.path + "/err")
        try (input ?? "").write(toFile: files.input, atomically: true, encoding: .utf8)
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, files.input, O_RDONLY, 0)
        // Files rather than pipes: a long output cannot fill one up while the other is read.
        posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, files.output, O_WRONLY | O_CREAT, 0o600)
        posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, files.errors, O_WRONLY | O_CREAT, 0o600)
        // A test run under nohup ignores SIGHUP, and the threads that tests run on block signals: both would be handed
        // down, and a tmux that hears of no SIGCHLD never ends.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        sigfillset(&signals)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        var blocked = sigset_t()
        sigemptyset(&blocked)
        posix_spawnattr_setsigmask(&attributes, &blocked)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))
        var words =
            (["/usr/bin/env", "-C", Repository.root.path, "HOME=\(folder.path)", program] + arguments)
            .map { strdup($0) } + [nil]
        defer { for word in words { free(word) } }
        var process: pid_t = 0
        let failure = posix_spawn(&process, "/usr/bin/env", &actions, &attributes, &words, environ)
        guard failure == 0 else { throw Missing(description: "\(program): \(String(cString: strerror(failure)))") }
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0, errno == EINTR {}
        return Result(
            status: status & 0x7F == 0 ? status >> 8 & 0xFF : -(status & 0x7F),
            output: try String(contentsOfFile: files.output, encoding: .utf8),
            errors: try String(contentsOfFile: files.errors, encoding: .utf8))
    }

    static func drydock(_ arguments: String..., input: String? = nil) throws -> Result {
        try run(drydock, arguments, input: input)
    }
}
