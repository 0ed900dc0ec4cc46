import ArgumentParser
import ClusterConsole
import ClusterCore
import KubeAPI
import KubeCluster
import TerminalUI

/// `drydock frame`: the screen that a user would see after some keys, through the console's own code.
struct FrameCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "frame", abstract: "Print the console's screen after some keys, as text or SVG.",
        discussion: """
            The clock starts at 2026-01-01T00:00:00Z and moves only by --after and <wait>. Keys are written as they are \
            typed, special ones as <enter>, <esc>, <down>, <ctrl-d>, <lt> for a less-than sign; <wait 5s> lets the cluster \
            run.

            Example: drydock frame --size 120x40 -f app.yaml --after 30s --keys ':nodes<enter>'
            """)

    @OptionGroup var common: CommonOptions

    @Option(name: .long, help: ArgumentHelp("The size of the screen, up to 1000x1000.", valueName: "WIDTHxHEIGHT"))
    var size = SizeArgument(size: Size(width: 120, height: 40))

    @Option(
        name: .long, parsing: .unconditional, help: "The keys to type, such as ':pods<enter><wait 5s>'.",
        transform: KeysArgument.init(typed:))
    var keys = KeysArgument()

    @Option(
        name: .long, parsing: .unconditional,
        help: "How long the cluster runs before the first key, in virtual time, such as 90s.")
    var after = DurationArgument(interval: .zero)

    @Flag(name: .long, help: "Print SVG instead of text.")
    var svg = false

    @Option(name: .long, help: "The theme: for dark terminals, for light ones, or without colours.")
    var theme = ThemeName.dark

    @Option(name: .long, help: "How many colours the terminal has: 8, 16, 256 or 24bit.")
    var colors = ColorsArgument.trueColor

    func validate() throws {
        if size.size.width < Console.minimumSize.width || size.size.height < Console.minimumSize.height {
            throw ValidationError("--size is below \(Console.minimumSize.width)x\(Console.minimumSize.height).")
        }
    }

    func run() throws {
        let log = Diagnostics.start(common.logLevel ?? .warning)
        let manifests = try ManifestLoader.load(common.files)
        let cluster = Cluster(common.configuration(start: .simulationStart))
        cluster.boot()
        let created = try apply(manifests, to: cluster, log)
        cluster.run(for: after.interval)
        let look = Theme(theme == .light ? .light : .dark, depth: theme == .mono ? .monochrome : colors.depth)
        var player = FramePlayer(
            cluster, size: size.size, theme: look, speed: common.speed?.speed ?? 1, created: created)
        player.play(keys.sequence)
        let screen = MemoryScreen(size: size.size, capabilities: Capabilities(colors: look.depth))
        screen.present(player.frame(), cursor: player.cursor)
        print(svg ? screen.svg(theme: look.variant, title: "Drydock") : screen.text)
    }
}

enum ThemeName: String, ExpressibleByArgument, CaseIterable { case dark, light, mono }

enum ColorsArgument: String, ExpressibleByArgument, CaseIterable {
    case eight = "8"
    case sixteen = "16"
    case palette = "256"
    case trueColor = "24bit"

    var depth: ColorDepth {
        switch self {
        case .eight: .palette8
        case .sixteen: .palette16
        case .palette: .palette256
        case .trueColor: .trueColor
        }
    }
}

/// `120x40`
struct SizeArgument: ExpressibleByArgument {
    var size: Size

    init(size: Size) { self.size = size }

    init?(argument: String) {
        guard let size = Size(argument), size.width <= 1000, size.height <= 1000 else { return nil }
        self.size = size
    }

    var defaultValueDescription: String { "\(size.width)x\(size.height)" }
}

struct KeysArgument: CustomStringConvertible {
    var sequence: [KeyStep] = []

    init() {}

    /// - Throws: Where the notation is wrong, and what was expected there.
    init(typed text: String) throws {
        do throws(KeyNotationError) {
            sequence = try KeySequence(parsing: text).steps
        } catch {
            throw ValidationError("\(error)")
        }
    }

    var description: String { sequence.isEmpty ? "none" : KeySequence(sequence).description }
}
