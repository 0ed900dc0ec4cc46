import ArgumentParser
import Foundation
import KubeGateway

/// `drydock kubectl-config`: the line again that `serve` and the console's gateway stand for.
struct KubectlConfigCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "kubectl-config", abstract: "Print the line that points kubectl at the cluster.")

    @Option(name: .long, help: ArgumentHelp("The kubeconfig that the cluster wrote.", valueName: "PATH"))
    var kubeconfig: String?

    func run() throws {
        let path = URL(fileURLWithPath: kubeconfig ?? Kubeconfig.defaultPath).standardizedFileURL.path
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw CommandProblem("\(path) does not exist: start a cluster first, with drydock or drydock serve.")
        }
        if isFolder.boolValue { throw CommandProblem("\(path) is a folder: name the file that the cluster wrote.") }
        print("export KUBECONFIG=\(ShellText.quoted(path))")
    }
}

enum ShellText {
    /// A word as a shell takes it for itself.
    static func quoted(_ text: String) -> String {
        let isPlain = text.unicodeScalars.allSatisfy {
            $0.properties.isAlphabetic || ("0"..."9").contains($0) || "/._-+:@%".unicodeScalars.contains($0)
        }
        return isPlain ? text : "'" + text.replacingOccurrences(of: "'", with: "'\\''") + "'"
    }
}
