import Foundation
import TestSupport
import Testing

/// `drydock serve` and the console's port, by the executable.
@Suite("Serving", .enabled(if: Terminal.isAvailable, "tmux is not installed"))
struct ServeTests {
    /// A port that somebody listens at, until the end.
    private final class TakenPort {
        let number: UInt16
        private let descriptor: Int32

        init() throws {
            let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            self.descriptor = descriptor
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
            var size = socklen_t(MemoryLayout<sockaddr_in>.size)
            let failure = withUnsafeMutablePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                    bind(descriptor, generic, size) != 0 || listen(descriptor, 1) != 0
                        || getsockname(descriptor, generic, &size) != 0
                }
            }
            if failure { throw Tools.Missing(description: "a port to listen at") }
            number = UInt16(bigEndian: address.sin_port)
        }

        deinit { close(descriptor) }
    }

    @Test func aTakenPortIsAWarningAndAnother() throws {
        let port = try TakenPort()
        let folder = try TemporaryFolder()
        let terminal = try Terminal(160, 24)
        try terminal.enter(
            "clear; \(Tools.drydock) serve --nodes 1 --listen 127.0.0.1:\(port.number) "
                + "--kubeconfig \(folder.path)/config; echo left with $?")
        let screen = try terminal.waitFor("export KUBECONFIG=")
        #expect(screen.contains("Warning: port \(port.number) is taken, listening at port "))
        let config = try String(contentsOfFile: folder.path + "/config", encoding: .utf8)
        // The next one, or one a little later where that is taken too.
        let found = try #require(config.firstMatch(of: /server: https:\/\/127\.0\.0\.1:([0-9]+)\n/)?.1)
        let number = try #require(UInt16(found))
        #expect(port.number > 65_000 || (port.number + 1...port.number + 100).contains(number), "\(number)")
        let again = try Tools.drydock("kubectl-config", "--kubeconfig", folder.path + "/config")
        #expect(again.output == "export KUBECONFIG=\(folder.path)/config\n")
        try terminal.press("C-c")
        try terminal.waitFor("left with 0")
    }

    /// As for kubectl, whatever the system has for the user.
    @Test func homeIsWhatTheEnvironmentSays() throws {
        let folder = try TemporaryFolder()
        let terminal = try Terminal(160, 24)
        try terminal.enter(
            "clear; HOME=\(folder.path) \(Tools.drydock) serve --nodes 1 --listen 127.0.0.1:0; echo left with $?")
        try terminal.waitFor("export KUBECONFIG=\(folder.path)/.kube/drydock.config")
        #expect(FileManager.default.fileExists(atPath: folder.path + "/.kube/drydock.config"))
        try terminal.press("C-c")
        try terminal.waitFor("left with 0")
    }

    /// Any free port was asked for; clients know the one that it was.
    @Test func aRestoreComesBackAtTheSameAddress() throws {
        let folder = try TemporaryFolder()
        let data = folder.path + "/data"
        let kubeconfig = folder.path + "/config"
        let server = { () throws -> String in
            let text = try String(contentsOfFile: kubeconfig, encoding: .utf8)
            return String(try #require(text.split(separator: "\n").first { $0.contains("server: ") }))
        }
        let terminal = try Terminal(160, 40)
        try terminal.enter(
            "clear; \(Tools.drydock) serve --nodes 1 --listen 127.0.0.1:0 --data-dir \(data) "
                + "--kubeconfig \(kubeconfig); echo left with $?")
        try terminal.waitFor("export KUBECONFIG=")
        let first = try server()
        #expect(try Tools.drydock("backup", "--data-dir", data, folder.path + "/backup").status == 0)
        try FileManager.default.removeItem(atPath: kubeconfig)
        #expect(try Tools.drydock("restore", "--data-dir", data, folder.path + "/backup").status == 0)
        // It is printed once more, when the kubeconfig is there again.
        try terminal.wait(for: "second line") { $0.components(separatedBy: "export KUBECONFIG=").count == 3 }
        #expect(try server() == first)
        try terminal.press("C-c")
        try terminal.waitFor("left with 0")
    }

    /// What is laid for it and is no backup, and a backup that cannot be put in the journal's place.
    @Test func aFailedRestoreLeavesTheClusterServing() throws {
        let folder = try TemporaryFolder()
        let data = folder.path + "/data"
        let manifest = try folder.write("apiVersion: v1\nkind: Namespace\nmetadata: {name: team}\n", as: "app.yaml")
        let terminal = try Terminal(160, 40)
        try terminal.enter(
            "clear; \(Tools.drydock) serve --nodes 1 --listen 127.0.0.1:0 --data-dir \(data) -f \(manifest) "
                + "--kubeconfig \(folder.path)/config; echo left with $?")
        try terminal.waitFor("export KUBECONFIG=")
        let lock = try String(contentsOfFile: data + "/lock", encoding: .utf8)
        let process = try #require(lock.split(separator: " ").first.flatMap { pid_t($0) })
        try "no backup".write(toFile: data + "/restore.db", atomically: true, encoding: .utf8)
        #expect(kill(process, SIGHUP) == 0)
        try terminal.waitFor("the backup is not restored, and the cluster runs on")
        #expect(!FileManager.default.fileExists(atPath: data + "/restore.db"))

        #expect(try Tools.drydock("backup", "--data-dir", data, data + "/restore.db").status == 0)
        // A file of this name is made on the way.
        try FileManager.default.createDirectory(atPath: data + "/restore.partial", withIntermediateDirectories: false)
        // The manifests of the first start are not asked for again.
        try FileManager.default.removeItem(atPath: manifest)
        #expect(kill(process, SIGHUP) == 0)
        try terminal.waitFor("the backup is not restored, and the cluster starts again as it was")
        try terminal.wait(for: "second line") { $0.components(separatedBy: "export KUBECONFIG=").count == 3 }
        try terminal.press("C-c")
        try terminal.waitFor("left with 0")
    }

    /// One line says what is wrong and what to do, and what can be proved is served and can be saved.
    @Test func aDamagedJournalIsServedReadOnly() throws {
        let folder = try TemporaryFolder()
        let data = folder.path + "/data"
        let journal = data + "/journal.db"
        let serve =
            "\(Tools.drydock) serve --nodes 1 --listen 127.0.0.1:0 --data-dir \(data) "
            + "--kubeconfig \(folder.path)/config"
        let terminal = try Terminal(160, 40)
        try terminal.enter("clear; \(serve); echo left with $?")
        try terminal.waitFor("export KUBECONFIG=")
        try terminal.press("C-c")
        try terminal.waitFor("left with 0")
        var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: journal)))
        // A page near the end, where the newest changes are.
        let page = (bytes.count / 4096 - 8) * 4096
        for index in page..<page + 4096 { bytes[index] = 0xA5 }
        try Data(bytes).write(to: URL(fileURLWithPath: journal))

        try terminal.enter("clear; \(serve); echo left with $?")
        let screen = try terminal.waitFor("export KUBECONFIG=").split(separator: "\n").joined()
        #expect(screen.contains("Error: the cluster is read-only: \(journal): the journal is damaged: "))
        #expect(screen.contains("what can be proved is the cluster of revision "))
        let backup = try Tools.drydock("backup", "--data-dir", data, folder.path + "/backup")
        #expect(backup.status == 3)
        #expect(backup.output.hasPrefix("\(folder.path)/backup holds the cluster as of revision "))
        #expect(backup.errors.hasPrefix("Warning: \(journal): the journal is damaged: "))
        #expect([UInt8](try Data(contentsOf: URL(fileURLWithPath: journal))) == bytes)
        // It starts again from the backup, and writes.
        #expect(try Tools.drydock("restore", "--data-dir", data, folder.path + "/backup").status == 0)
        try terminal.wait(for: "second line") { $0.components(separatedBy: "export KUBECONFIG=").count == 3 }
        #expect(try Tools.drydock("backup", "--data-dir", data, folder.path + "/whole").status == 0)
        try terminal.press("C-c")
        try terminal.waitFor("left with 0")
    }

    @Test func theConsoleServesBesideUnlessToldNotTo() throws {
        for (option, isThere) in [("--listen 127.0.0.1:0", true), ("--no-listen", false)] {
            let folder = try TemporaryFolder()
            let terminal = try Terminal(100, 30)
            try terminal.startConsole("--nodes 3 --kubeconfig \(folder.path)/config \(option)")
            #expect(FileManager.default.fileExists(atPath: folder.path + "/config") == isThere, "\(option)")
            try terminal.enter(":api")
            try terminal.waitFor(isThere ? "The API is served at https://127.0.0.1:" : "served to no clients.")
        }
    }
}
