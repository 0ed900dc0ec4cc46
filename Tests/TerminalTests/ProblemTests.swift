import Foundation
import TestSupport
import Testing

/// What cannot be done is said in one line that says what to do, without an error as the system's libraries print it.
@Suite("What goes wrong")
struct ProblemTests {
    private static func line(_ arguments: [String], input: String? = nil) throws -> String {
        let result = try Tools.run(Tools.drydock, arguments, input: input)
        #expect(result.status == 1, "\(arguments): \(result.errors)")
        #expect(result.output.isEmpty, "\(arguments)")
        let lines = result.errors.split(separator: "\n")
        #expect(lines.count == 1, "\(arguments): \(result.errors)")
        #expect(!result.errors.contains("Domain"), "\(result.errors)")
        return String(lines.first ?? "")
    }

    @Test func filesThatCannotBeReadAsManifests() throws {
        let folder = try TemporaryFolder()
        let binary = folder.path + "/binary"
        try Data([0xFF, 0xFE, 0x00, 0x80]).write(to: URL(fileURLWithPath: binary))
        try FileManager.default.createSymbolicLink(atPath: folder.path + "/a", withDestinationPath: "b")
        try FileManager.default.createSymbolicLink(atPath: folder.path + "/b", withDestinationPath: "a")
        try FileManager.default.createDirectory(atPath: folder.path + "/empty", withIntermediateDirectories: true)
        for (path, reason) in [
            (binary, "not text in UTF-8"), (folder.path + "/a", "Too many levels of symbolic links"),
            (folder.path + "/empty", "no file that ends in .yaml"), (binary + "/x", "no such file or folder"),
        ] {
            #expect(try Self.line(["simulate", "-f", path, "--for", "1s"]).hasPrefix("Error: \(path): "))
            #expect(try Self.line(["simulate", "-f", path, "--for", "1s"]).contains(reason), "\(path)")
        }
    }

    @Test(arguments: [
        ("a: [b\n", "line 2"), (String(repeating: "[", count: 20_000), "nested too deeply"),
        ("apiVersion: v1\nkind: List\nitems: 3\n", "document 1, items: expected a list of objects"),
        ("? [a]\n: b\n", "document 1: line 1: a key must be a string"),
    ])
    func manifestsThatCannotBeTaken(text: String, reason: String) throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(text, as: "bad.yaml")
        let line = try Self.line(["simulate", "-f", path, "--for", "1s"])
        #expect(line.hasPrefix("Error: \(path)") && line.contains(reason), "\(line)")
    }

    @Test func aliasesThatExplode() throws {
        let folder = try TemporaryFolder()
        var text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        for level in 1...9 {
            text += "a\(level): &a\(level) [" + Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
            text += "]\n"
        }
        let path = try folder.write(text, as: "bomb.yaml")
        #expect(
            try Self.line(["simulate", "-f", path, "--for", "1s"])
                == "Error: \(path), document 1: document contains excessive aliasing")
    }

    /// Some editors write it.
    @Test func theMarkOfTheByteOrderIsNoPartOfAManifest() throws {
        let text = "\u{FEFF}apiVersion: v1\nkind: Namespace\nmetadata: {name: a}\n"
        let result = try Tools.drydock("simulate", "-f", "-", "--for", "1s", input: text)
        #expect(result.status == 0, "\(result.errors)")
    }

    @Test func placesThatCannotBeWritten() throws {
        let folder = try TemporaryFolder()
        let file = try folder.write("", as: "file")
        let serve = ["serve", "--nodes", "1", "--listen", "127.0.0.1:0"]
        #expect(
            try Self.line(serve + ["--kubeconfig", file + "/config"])
                == "Error: the kubeconfig \(file)/config cannot be written: File exists. "
                + "Name another file with --kubeconfig PATH.")
        #expect(try Self.line(serve + ["--kubeconfig", folder.path]).contains("cannot be written: it is a folder."))
        let data = serve + ["--kubeconfig", folder.path + "/config", "--data-dir"]
        #expect(try Self.line(data + [file]).hasPrefix("Error: \(file): the folder cannot be made: \(file) is a file."))
        #expect(try Self.line(data + [file + "/x"]).contains("\(file) is a file."))
        let history = ["simulate", "--for", "1s", "--history"]
        #expect(try Self.line(history + [file + "/x"]).contains("cannot be written: Not a directory"))
        #expect(try Self.line(history + ["/dev/full"]).contains("cannot be written: No space left on device"))
    }

    @Test(arguments: [
        ("nowhere.invalid:0", "there is no such host"), ("192.0.2.1:0", "Cannot assign requested address"),
    ])
    func addressesThatAreNotThisMachines(address: String, reason: String) throws {
        let folder = try TemporaryFolder()
        #expect(
            try Self.line(["serve", "--nodes", "1", "--listen", address, "--kubeconfig", folder.path + "/config"])
                == "Error: cannot listen at \(address): \(reason). Name another address with --listen HOST:PORT.")
    }

    @Test func tokensThatCannotBeRead() throws {
        let folder = try TemporaryFolder()
        let serve = ["serve", "--nodes", "1", "--listen", "127.0.0.1:0", "--kubeconfig", folder.path + "/config"]
        #expect(
            try Self.line(serve + ["--token-auth-file", "/nowhere/tokens"])
                == "Error: --token-auth-file: /nowhere/tokens: no such file or folder")
        let file = try folder.write("one,two\n", as: "tokens")
        #expect(try Self.line(serve + ["--token-auth-file", file]).hasPrefix("Error: --token-auth-file: "))
    }

    /// And nothing is left behind.
    @Test func backupsThatAreNone() throws {
        let folder = try TemporaryFolder()
        let data = folder.path + "/data"
        let file = try folder.write("", as: "file")
        #expect(
            try Self.line(["restore", "--data-dir", data, file])
                == "Error: \(file) is not the journal of a cluster, nor a backup of one. Name another file.")
        #expect(
            try Self.line(["restore", "--data-dir", data, file + "2"]) == "Error: \(file)2: No such file or directory")
        #expect(!FileManager.default.fileExists(atPath: data))
        #expect(
            try Self.line(["backup", "--data-dir", data, file + "2"])
                == "Error: \(data): there is no journal to back up.")
        #expect(try Self.line(["kubectl-config", "--kubeconfig", data]).contains("start a cluster first"))
    }

    /// Numbers at the edges: refused with what would be right, and never a crash.
    @Test(arguments: [
        (["simulate", "--nodes", "-3"], "--nodes is -3; it goes from 1 to 130000."),
        (["simulate", "--zones", "0"], "--zones is 0; it goes from 1 to 130000."),
        (["simulate", "--nodes", "800", "--zones", "130001"], "--zones is 130001; it goes from 1 to 130000."),
        (["simulate", "--pods-per-node", "1001"], "--pods-per-node is 1001; it goes from 1 to 1000."),
        (["simulate", "--node-cpu", "1e30"], "--node-cpu is 1e30; it goes from 100m to 1M."),
        (["simulate", "--node-memory", "1Ei"], "--node-memory is 1Ei; it goes from 64Mi to 1Pi."),
        (["simulate", "--seed", "-1"], "from 0 to 9223372036854775807"),
        (["simulate", "--for", "-5m"], "such as"), (["simulate", "--at", "-1s:drain:node-1"], "-1s is no time"),
        (["simulate", "--for", "2500000h"], "876000h at most"),
        (["frame", "--size", "1001x40"], "up to 1000x1000"),
        (["frame", "--keys", "<enter><bogus>"], "at character 8, \"<bogus>\": expected"),
    ])
    func numbersOutOfRange(arguments: [String], reason: String) throws {
        let result = try Tools.run(Tools.drydock, arguments)
        #expect(result.status == 64 && result.output.isEmpty, "\(result.errors)")
        #expect(result.errors.hasPrefix("Error: "))
        #expect(result.errors.contains(reason), "\(result.errors)")
    }
}
