import ArgumentParser
import ClusterConsole
import ClusterCore
import Foundation
import KubeAPI
import KubeClient
import KubeCluster
import Logging
import TerminalUI

/// `drydock [console]`: a cluster under a full-screen console.
struct ConsoleCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "console", abstract: "Run a cluster under a full-screen console (the default).")

    @OptionGroup var common: CommonOptions

    @OptionGroup var gateway: GatewayOptions

    @OptionGroup var data: DataOptions

    func run() throws {
        try requireTerminal()
        // Nothing is logged while the screen is taken.
        let log = Diagnostics.start(common.logLevel ?? .warning)
        let manifests = try ManifestLoader.load(common.files)
        let data = try self.data.open(acceptsRestores: false, log)
        let access = try gateway.prepare(data, log)
        var configuration = common.configuration(start: Instant(seconds: Int64(Date().timeIntervalSince1970)))
        access?.configure(&configuration)
        try data?.configure(&configuration, log)
        let cluster = Cluster(configuration)
        let speed = common.speed?.speed ?? 1
        if data?.refusal != nil, !manifests.isEmpty { log.warning("the manifests of -f are not applied") }
        let started = try StartedCluster(cluster, data, speed: speed) {
            try apply(manifests, to: $0, log)
        }
        let problems = LogLines()
        let kept = Logger(label: "drydock") { _ in problems.handler }
        let screen: CursesScreen
        do throws(TerminalError) {
            screen = try CursesScreen()
        } catch {
            refuse("\(error)")
        }
        let wakeUp = screen.wakeUp
        let theme = Theme(
            capabilities: screen.capabilities, colorFGBG: ProcessInfo.processInfo.environment["COLORFGBG"])
        let session = ConsoleSession(
            cluster, speed: speed, first: started.kept, screen: screen, theme: theme, created: started.created,
            areInFiles: !common.files.contains("-"), durability: started.durability,
            prepare: { driver, snapshot in
                data?.follow(driver, kept, onFailure: { wakeUp.wake() })
                return access?.open(driver, snapshot)
            }, parseManifests: ManifestLoader.parseForConsole)
        session.run { access?.close() }
        data?.close()
        screen.close()
        access?.printProblems()
        problems.print()
    }

    /// Says what is wrong and what to run instead, and exits 2.
    private func refuse(_ what: String) -> Never {
        FileHandle.standardError.write(
            Data(
                """
                drydock: \(what)
                The console needs a terminal of at least \(Console.minimumSize.width)x\(Console.minimumSize.height). \
                Without one, run:
                  drydock simulate --for 10m      a cluster in virtual time, and a report
                  drydock frame --size 120x40     the console's screen as text or SVG

                """.utf8))
        Foundation.exit(2)
    }

    private func requireTerminal() throws {
        // With the manifests on standard input, the screen reads its keys from /dev/tty.
        let input: Int32 = common.files.contains("-") ? -1 : STDIN_FILENO
        guard isatty(STDOUT_FILENO) == 1, input < 0 || isatty(input) == 1 else {
            refuse("standard \(isatty(STDOUT_FILENO) == 1 ? "input" : "output") is not a terminal.")
        }
        var size = winsize()
        if ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0,
            Int(size.ws_col) < Console.minimumSize.width || Int(size.ws_row) < Console.minimumSize.height
        {
            refuse("this terminal is \(size.ws_col)x\(size.ws_row), which is too small.")
        }
    }
}

extension ParsableCommand {
    /// Applies the manifests of `-f`; the error of the first that is refused names it. The API server's warnings are
    /// logged.
    @discardableResult
    func apply(_ manifests: [Manifest], to cluster: Cluster, _ log: Logger) throws -> [ObjectKey] {
        let warnings = Warnings()
        do throws(Cluster.Refusal) {
            let keys = try cluster.applyAll(
                manifests.map(\.object), written: manifests.map(\.written), warnings: warnings)
            for text in warnings.texts { log.warning("\(text)") }
            if !keys.isEmpty { log.info("\(keys.count == 1 ? "1 object is" : "\(keys.count) objects are") applied") }
            return keys
        } catch {
            throw ManifestError(description: "\(manifests[error.index].place): \(error.error.message)")
        }
    }
}

extension ManifestLoader {
    /// What the console gives to be read.
    static func parseForConsole(_ text: String) -> Result<[WrittenObject], ManifestProblem> {
        do {
            return .success(
                try parse(text, source: nil).map { WrittenObject($0.object, written: $0.written) })
        } catch {
            return .failure(ManifestProblem("\(error)"))
        }
    }
}
