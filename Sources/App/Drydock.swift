import ArgumentParser
import CHugePages

@main
struct Drydock: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "drydock",
        abstract: "A whole Kubernetes cluster in one process, with a console on it.",
        version: Version.text,
        subcommands: [
            ConsoleCommand.self, ServeCommand.self, KubectlConfigCommand.self, SimulateCommand.self, FrameCommand.self,
            BackupCommand.self, RestoreCommand.self, VersionCommand.self,
        ],
        defaultSubcommand: ConsoleCommand.self)

    static func main() {
        use_huge_pages()
        main(nil)
    }
}

enum Version {
    static let number = "0.1.0"
    static let text = "drydock \(number) (Kubernetes 1.36)"
}

struct VersionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "version", abstract: "Print the version.")

    func run() { print(Version.text) }
}
