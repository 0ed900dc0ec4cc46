import Testing

/// The laws that keep one seed's history the same everywhere.
@Suite("Laws of the core")
struct LawTests {
    /// What a target's own files may import; see Documentation/Modules.md.
    private static let imports: [(folder: String, allowed: Set<String>)] = [
        ("Sources/Cluster/ClusterCore/", []),
        ("Sources/Cluster/KubeAPI/Coding/", []),
        ("Sources/Cluster/KubeAPI/Values/", []),
        ("Sources/Cluster/KubeAPI/Machinery/", ["KubeTypes"]),
        ("Sources/Cluster/KubeClient/", ["ClusterCore", "KubeAPI"]),
        ("Sources/Cluster/KubeStore/", ["ClusterCore", "KubeAPI", "KubeClient"]),
        ("Sources/Cluster/KubeAPIServer/", ["ClusterCore", "KubeAPI", "KubeClient", "KubeStore"]),
        ("Sources/Cluster/KubeControllers/", ["ClusterCore", "KubeAPI", "KubeClient"]),
        ("Sources/Cluster/KubeScheduler/", ["ClusterCore", "KubeAPI", "KubeClient"]),
        ("Sources/Cluster/KubeNode/", ["ClusterCore", "KubeAPI", "KubeClient"]),
        ("Sources/Cluster/KubeNetwork/", ["ClusterCore", "KubeAPI", "KubeClient"]),
        (
            "Sources/Cluster/KubeCluster/",
            [
                "ClusterCore", "KubeAPI", "KubeAPIServer", "KubeClient", "KubeControllers", "KubeNetwork", "KubeNode",
                "KubeScheduler", "KubeStore",
            ]
        ),
        (
            "Sources/Cluster/ClusterDriver/",
            ["ClusterCore", "DequeModule", "Foundation", "KubeAPI", "KubeClient", "KubeCluster"]
        ),
        (
            "Sources/Cluster/KubeGateway/",
            [
                "CZlib", "ClusterCore", "ClusterDriver", "Crypto", "Foundation", "KubeAPI", "KubeAPIServer",
                "KubeClient",
                "KubeCluster", "Logging", "NIOConcurrencyHelpers", "NIOCore", "NIOHTTP1", "NIOHTTP2", "NIOPosix",
                "NIOSSL",
                "SwiftASN1", "X509", "Yams",
            ]
        ),
        (
            "Sources/Cluster/KubeJournal/",
            ["ClusterCore", "Foundation", "GRDB", "GRDBSQLite", "KubeAPI", "KubeClient", "KubeStore"]
        ),
        ("Sources/TUI/TerminalUI/", ["CNCurses", "Glibc"]),
        (
            "Sources/TUI/ClusterConsole/",
            [
                "ClusterCore", "ClusterDriver", "DequeModule", "Glibc", "KubeAPI", "KubeClient", "KubeCluster",
                "TerminalUI",
            ]
        ),
        ("Sources/Tools/SchemaGeneration/", ["Foundation"]),
        ("Sources/Tools/SchemaGenerator/", ["Foundation", "SchemaGeneration"]),
    ]

    /// Folders in which the same seed must make the same history: no clock, thread, lock, chance or input of the
    /// machine.
    private static let core = [
        "ClusterCore", "KubeAPI", "KubeClient", "KubeStore", "KubeAPIServer", "KubeControllers", "KubeScheduler",
        "KubeNode", "KubeNetwork", "KubeCluster",
    ].map { "Sources/Cluster/\($0)/" }

    private static let forbidden = [
        #"\bDate\("#, #"\basync\b"#, #"\bawait\b"#, #"\bTask\b"#, #"\bactor [A-Z]"#, #"\bDispatchQueue\b"#,
        #"\bThread\b"#, #"\b(?:NS|os_unfair_)?[Ll]ock\("#, #"\bMutex\b"#, #"\bSystemRandomNumberGenerator\b"#,
        #"\brandomElement\b"#, #"\.shuffled?\(\)"#, #"\.random\(in: [^,)]*\)"#, #"\bUUID\("#, #"\bContinuousClock\b"#,
        #"\bSuspendingClock\b"#, #"\bclock_gettime\b"#, #"\bgetenv\b"#, #"\bProcessInfo\b"#, #"\bFileManager\b"#,
        #"\bprint\("#,
    ]

    @Test func targetsImportWhatTheyMay() {
        var wrong: [String] = []
        for file in SourceFile.swift {
            guard let rule = Self.imports.first(where: { file.path.hasPrefix($0.folder) }) else { continue }
            for module in file.imports where !rule.allowed.contains(module) {
                wrong.append("\(file.path) imports \(module)")
            }
        }
        #expect(wrong.isEmpty, "\(wrong.joined(separator: "\n"))")
    }

    /// The arrows in `Package.swift` are those in the code: none is missing, none is left over.
    @Test func targetsDeclareWhatTheyImport() {
        // What the toolchain brings, and what a target in C needs.
        let system: Set = ["Foundation", "Glibc", "Testing"]
        #expect(ManifestTarget.all.count > 40)
        for target in ManifestTarget.all {
            let files = SourceFile.swift.filter { file in target.folders.contains { file.path.hasPrefix($0) } }
            if files.isEmpty { continue }
            let imported = Set(files.flatMap(\.imports)).subtracting(system)
            // The test runs this one, as a process of its own.
            let declared = target.dependencies.subtracting(["journal-writer"])
            #expect(imported == declared, "\(target.name)")
        }
    }

    /// Every folder of a target is named in the table above, so that a new one does not go unlooked at.
    @Test func everyTargetHasItsRule() {
        let folders = Set(
            SourceFile.swift.filter { $0.path.hasPrefix("Sources/") && !$0.path.hasPrefix("Sources/App/") }
                .map { $0.path.split(separator: "/").prefix(3).joined(separator: "/") + "/" })
        let unknown = folders.filter { folder in !Self.imports.contains { $0.folder.hasPrefix(folder) } }
        #expect(unknown.isEmpty, "\(unknown.sorted())")
    }

    @Test(arguments: forbidden)
    func theCoreKeepsToItsClockAndItsSeed(pattern: String) throws {
        let regex = try Regex(pattern, as: Substring.self)
        let places = SourceFile.swift
            .filter { file in Self.core.contains { file.path.hasPrefix($0) } }.flatMap { $0.places(regex) }
        #expect(places.isEmpty, "\(places.joined(separator: "\n"))")
    }

    @Test func testsDoNotSleep() throws {
        // Real processes in a terminal are looked at again and again; everything else runs in virtual time.
        let regex = try Regex(#"\b(?:u|nano)?sleep\("#, as: Substring.self)
        let places = SourceFile.swift
            .filter { $0.path.hasPrefix("Tests/") && !$0.path.hasPrefix("Tests/TerminalTests/") }
            .flatMap { $0.places(regex) }
        #expect(places.isEmpty, "\(places.joined(separator: "\n"))")
    }
}
