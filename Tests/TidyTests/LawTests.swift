import Testing

/// The laws that keep one seed's history the same everywhere.
@Suite("Laws of the core")
struct LawTests {
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

    /// The map of the modules names all that a target imports, and nothing else. The program itself, which wires all of
    /// them together, and the measurements of it are not told of one by one.
    @Test func targetsImportWhatTheMapSays() {
        let wiring: Set = ["drydock", "drydock-bench"]
        for target in ManifestTarget.all where target.isOfTheProduct && !wiring.contains(target.name) {
            let files = target.files
            if files.isEmpty { continue }
            let imported = Set(files.flatMap(\.imports))
            #expect(ModuleMap.imports[target.name] == imported, "\(target.name)")
        }
    }

    /// The arrows in `Package.swift` are those in the code: none is missing, none is left over.
    @Test func targetsDeclareWhatTheyImport() {
        // What the toolchain brings, and what a target in C needs.
        let system: Set = ["Foundation", "Glibc", "Testing"]
        #expect(ManifestTarget.all.count > 40)
        for target in ManifestTarget.all {
            let files = target.files
            if files.isEmpty { continue }
            let imported = Set(files.flatMap(\.imports)).subtracting(system)
            // The test runs this one, as a process of its own.
            let declared = target.dependencies.subtracting(["journal-writer"])
            #expect(imported == declared, "\(target.name)")
        }
    }

    /// No file is outside of all targets, so that none goes unlooked at.
    @Test func everyFileBelongsToATarget() {
        let known = Set(ManifestTarget.all.flatMap(\.files).map(\.path))
        let unknown = SourceFile.swift.filter { $0.path.hasPrefix("Sources/") && !known.contains($0.path) }
        #expect(unknown.isEmpty, "\(unknown.map(\.path))")
    }

    @Test(arguments: forbidden)
    func theCoreKeepsToItsClockAndItsSeed(pattern: String) throws {
        let regex = try Regex(pattern, as: Substring.self)
        let places = SourceFile.swift
            .filter { file in Self.core.contains { file.path.hasPrefix($0) } }.flatMap { $0.places(regex) }
        #expect(places.isEmpty, "\(places.joined(separator: "\n"))")
    }

    /// What threads share is checked by the compiler, but for boxes and nodes that change only while one alone has
    /// them.
    @Test func whatTheCoreSharesIsChecked() throws {
        let regex = try Regex(#"@unchecked\b"#, as: Substring.self)
        let unchecked = SourceFile.swift.filter { file in
            Self.core.contains { file.path.hasPrefix($0) } && !file.places(regex).isEmpty
        }
        #expect(
            unchecked.map(\.path) == [
                "Sources/Cluster/ClusterCore/PersistentMap/PersistentMapNode.swift",
                "Sources/Cluster/KubeAPI/Values/Box.swift", "Sources/Cluster/KubeAPI/Values/KubeObject.swift",
            ])
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
