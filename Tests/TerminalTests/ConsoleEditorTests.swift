import Foundation
import TestSupport
import Testing

/// Editing in the user's own editor.
@Suite("The editor", .enabled(if: Terminal.isAvailable, "tmux is not installed"), .serialized)
struct ConsoleEditorTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// Starts the console with an editor that is a shell script; the file to edit is `$1`.
    private func start(editor script: String) throws -> Terminal {
        let terminal = try Terminal(120, 30)
        let editor = try folder.write(
            "cp \"$1\" \(folder.path)/opened-$(ls \(folder.path) | wc -l)\n" + script, as: "editor")
        try terminal.enter("export EDITOR='sh \(editor)'; unset VISUAL KUBE_EDITOR")
        try terminal.startConsole("--nodes 3 -f \(Repository.root.path)/Examples/web.yaml")
        try terminal.enter(":deployments default")
        try terminal.waitFor("deployments(default)")
        try terminal.waitFor("web ")
        return terminal
    }

    /// The files that the editor was given, in order.
    private func opened() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasPrefix("opened-") }
            .sorted { $0.count != $1.count ? $0.count < $1.count : $0 < $1 }
            .map { try String(contentsOfFile: folder.path + "/" + $0, encoding: .utf8) }
    }

    @Test func anEditIsWritten() throws {
        let terminal = try start(editor: "sed -i 's/^  replicas: .*/  replicas: 5/' \"$1\"")
        try terminal.type("E")
        try terminal.waitFor("deployment.apps/web edited")
        try terminal.waitFor("/5 ")
        #expect(try terminal.isOnAlternateScreen() && terminal.reportsMouse())
        let texts = try opened()
        #expect(texts.count == 1)
        #expect(texts[0].hasPrefix("# Please edit the object below."))
        #expect(texts[0].contains("\nkind: Deployment\n") && !texts[0].contains("managedFields"))
    }

    @Test func anInvalidEditIsOpenedAgainWithTheReason() throws {
        let terminal = try start(
            editor: """
                if grep -q 'was not valid' "$1"; then
                    sed -i 's/^  replicas: .*/  replicas: 4/' "$1"
                else
                    sed -i 's/^  replicas: .*/  replicas: -1/' "$1"
                fi
                """)
        try terminal.type("E")
        try terminal.waitFor("deployment.apps/web edited")
        let texts = try opened()
        #expect(texts.count == 2)
        let again = try #require(texts.last)
        #expect(
            again.contains("# deployments.apps \"web\" was not valid:\n# * spec.replicas: Invalid value: -1: must be"))
        #expect(again.contains("\n  replicas: -1\n"), "what was typed is not lost")
    }

    @Test func textThatCannotBeReadIsOpenedAgainWithTheReason() throws {
        let terminal = try start(
            editor: """
                if grep -q 'syntax error' "$1"; then exit 0; fi
                sed -i 's/^  replicas: .*/  replicas: [/' "$1"
                """)
        try terminal.type("E")
        try terminal.waitFor("Edit cancelled, no valid changes were saved.")
        #expect(try opened().count == 2)
    }

    @Test func anUnchangedEditIsCancelled() throws {
        let terminal = try start(editor: "true")
        try terminal.type("E")
        try terminal.waitFor("Edit cancelled, no changes made.")
        #expect(try opened().count == 1)
    }

    @Test func anEditorThatFailsChangesNothing() throws {
        let terminal = try start(editor: "echo > \"$1\"; exit 3")
        try terminal.type("E")
        try terminal.waitFor("ended with status 3; nothing was changed")
        try terminal.waitFor("deployments(default)")
    }
}
