// swift-tools-version: 6.2
import PackageDescription

// One target a folder; the imports listed are exact (see Documentation/Modules.md): the compiler keeps the walls.

let warningsAsErrors: [SwiftSetting] =
    Context.environment["DRYDOCK_WERROR"] == nil ? [] : [.treatAllWarnings(as: .error)]
// Released code leaves out what debug builds and their tests check: that no two accesses to a variable overlap.
let releaseFlags: SwiftSetting = .unsafeFlags(
    ["-enforce-exclusivity=unchecked", "-cross-module-optimization", "-Xfrontend", "-prespecialize-generic-metadata"],
    .when(configuration: .release))
let swiftSettings: [SwiftSetting] = warningsAsErrors + [.swiftLanguageMode(.v6), releaseFlags]

// Counting references is a sixth of all work, and from the runtime within the executable those calls go through no
// table: rollouts are a sixth faster so, and it starts in a tenth of the time. Foundation's archives refer to each
// other, so the linker looks through them as a group. Needs the toolchain's static libraries.
let staticRuntime: [LinkerSetting] = [
    .unsafeFlags(
        ["-static-stdlib", "-Xclang-linker", "-static-libgcc", "-Xlinker", "--start-group"]
            + [
                "Foundation", "FoundationInternationalization", "FoundationEssentials", "CoreFoundation",
                "_FoundationICU", "_FoundationCShims", "_FoundationCollections", "swiftSynchronization",
                "swift_StringProcessing", "swift_RegexParser", "swift_Concurrency", "swiftDispatch", "dispatch",
                "BlocksRuntime", "swiftCore", "stdc++",
            ].map { "-l\($0)" } + ["-Xlinker", "--end-group"], .when(configuration: .release))
]

let deques = Target.Dependency.product(name: "DequeModule", package: "swift-collections")

func cluster(
    _ name: String, _ dependencies: [Target.Dependency], sources: [String]? = nil, exclude: [String] = [],
    folder: String? = nil
) -> Target {
    .target(
        name: name, dependencies: dependencies, path: "Sources/Cluster/\(folder ?? name)", exclude: exclude,
        sources: sources, swiftSettings: swiftSettings)
}

// Tests run against the release build; optimising the tests themselves would double the time that it takes.
func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(
        name: name, dependencies: dependencies, path: "Tests/\(name)",
        swiftSettings: swiftSettings + [.unsafeFlags(["-Onone"], .when(configuration: .release))])
}

let package = Package(
    name: "drydock",
    products: [.executable(name: "drydock", targets: ["drydock"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-asn1", from: "1.7.4"),
        .package(url: "https://github.com/apple/swift-certificates", from: "1.21.1"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-http2", from: "1.46.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    ],
    targets: [
        // The deterministic core.
        cluster("ClusterCore", []),
        // KubeTypes is KubeAPI's folder too: generated kinds and the coders they call, apart so that they build once.
        cluster(
            "KubeTypes", [], sources: ["Generated", "Coding", "Values"], exclude: ["Machinery", "Schema"],
            folder: "KubeAPI"),
        cluster(
            "KubeAPI", ["KubeTypes"], sources: ["Machinery"], exclude: ["Generated", "Coding", "Values", "Schema"]),
        cluster("KubeClient", ["ClusterCore", "KubeAPI"]),
        cluster("KubeStore", ["ClusterCore", "KubeAPI", "KubeClient"]),
        cluster("KubeAPIServer", ["ClusterCore", "KubeAPI", "KubeStore", "KubeClient"]),
        cluster("KubeControllers", ["ClusterCore", "KubeAPI", "KubeClient"]),
        cluster("KubeScheduler", ["ClusterCore", "KubeAPI", "KubeClient"]),
        cluster("KubeNode", ["ClusterCore", "KubeAPI", "KubeClient"]),
        cluster("KubeNetwork", ["ClusterCore", "KubeAPI", "KubeClient"]),
        cluster(
            "KubeCluster",
            [
                "ClusterCore", "KubeAPI", "KubeClient", "KubeStore", "KubeAPIServer", "KubeControllers",
                "KubeScheduler",
                "KubeNode", "KubeNetwork",
            ]),
        // A wall: the thread and the wall clock that a cluster runs on.
        cluster("ClusterDriver", ["ClusterCore", "KubeAPI", "KubeClient", "KubeCluster", deques]),
        // A wall: the journal's file.
        .target(
            name: "KubeJournal",
            dependencies: [
                "ClusterCore", "KubeAPI", "KubeClient", "KubeStore", .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "GRDBSQLite", package: "GRDB.swift"),
            ],
            path: "Sources/Cluster/KubeJournal", swiftSettings: swiftSettings),
        // A wall: everything with a socket.
        .systemLibrary(
            name: "CZlib", path: "Sources/Cluster/CZlib", providers: [.apt(["zlib1g-dev"])]),
        cluster(
            "KubeGateway",
            [
                "CZlib", "ClusterCore", "KubeAPI", "KubeClient", "KubeAPIServer", "KubeCluster", "ClusterDriver",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOConcurrencyHelpers", package: "swift-nio"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOHTTP2", package: "swift-nio-http2"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "SwiftASN1", package: "swift-asn1"),
                .product(name: "X509", package: "swift-certificates"),
                .product(name: "Yams", package: "Yams"),
            ]),
        // Memory for large clusters.
        .target(name: "CHugePages", path: "Sources/Cluster/CHugePages"),
        // The console.
        .systemLibrary(
            name: "CNCursesSystem", path: "Sources/TUI/CNCursesSystem",
            providers: [.apt(["libncurses-dev"])]),
        .target(
            name: "CNCurses", dependencies: ["CNCursesSystem"], path: "Sources/TUI/CNCurses",
            linkerSettings: [.linkedLibrary("ncursesw"), .linkedLibrary("tinfo")]),
        .target(
            name: "TerminalUI", dependencies: ["CNCurses"], path: "Sources/TUI/TerminalUI", swiftSettings: swiftSettings
        ),
        .target(
            name: "ClusterConsole",
            dependencies: [
                "TerminalUI", "ClusterCore", "KubeAPI", "KubeClient", "KubeCluster", "ClusterDriver", deques,
            ],
            path: "Sources/TUI/ClusterConsole", swiftSettings: swiftSettings),
        // The walls.
        .executableTarget(
            name: "drydock",
            dependencies: [
                "ClusterConsole", "TerminalUI", "KubeGateway", "KubeJournal", "ClusterDriver", "KubeCluster",
                "KubeAPIServer", "KubeStore", "KubeClient", "KubeAPI", "ClusterCore", "CHugePages",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
            ],
            path: "Sources/App", swiftSettings: swiftSettings, linkerSettings: staticRuntime),
        .executableTarget(
            name: "drydock-bench",
            dependencies: [
                "ClusterConsole", "TerminalUI", "KubeGateway", "KubeJournal", "ClusterDriver", "KubeCluster",
                "KubeStore", "KubeClient", "KubeAPI", "ClusterCore", "CHugePages",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOConcurrencyHelpers", package: "swift-nio"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ],
            path: "Benchmarks/DrydockBench", swiftSettings: swiftSettings, linkerSettings: staticRuntime),
        // Tools of the build, not of the product.
        .target(name: "SchemaGeneration", path: "Sources/Tools/SchemaGeneration", swiftSettings: swiftSettings),
        .executableTarget(
            name: "schema-generator", dependencies: ["SchemaGeneration"], path: "Sources/Tools/SchemaGenerator",
            swiftSettings: swiftSettings),
        // Tests.
        // What several of them need: samples, folders that go away, the repository's places.
        .target(name: "TestSupport", path: "Tests/TestSupport", swiftSettings: swiftSettings),
        // Style and the laws of the house, and the executable in a real terminal: it is built with every target, but
        // must not be linked to the tests, whose libraries share one runtime.
        tests("TidyTests", ["TestSupport"]),
        tests("TerminalTests", ["TestSupport"]),
        tests("ClusterCoreTests", ["ClusterCore"]),
        tests("KubeStrategiesTests", ["KubeAPIServer", "KubeAPI", "ClusterCore"]),
        tests("KubeAPITests", ["ClusterCore", "KubeAPI", "SchemaGeneration", "TestSupport"]),
        tests("KubeClientTests", ["ClusterCore", "KubeAPI", "KubeClient", "KubeAPIServer"]),
        tests("KubeStoreTests", ["ClusterCore", "KubeAPI", "KubeClient", "KubeStore"]),
        tests(
            "KubeAPIServerTests",
            ["ClusterCore", "KubeAPI", "KubeClient", "KubeStore", "KubeAPIServer", "TestSupport"]),
        tests(
            "KubeClusterTests",
            ["ClusterCore", "KubeAPI", "KubeClient", "KubeAPIServer", "KubeNetwork", "KubeCluster", "TestSupport"]),
        tests(
            "ClusterDriverTests",
            ["ClusterDriver", "ClusterCore", "KubeAPI", "KubeClient", "KubeCluster", "KubeStore"]),
        tests(
            "ClusterConsoleTests",
            [
                "ClusterConsole", "TerminalUI", "ClusterCore", "KubeAPI", "KubeClient", "KubeCluster", "TestSupport",
                .product(name: "Yams", package: "Yams"),
            ]),
        tests("KubeNetworkTests", ["ClusterCore", "KubeAPI", "KubeClient", "KubeNetwork", "TestSupport"]),
        tests(
            "KubeSchedulerTests",
            [
                "ClusterCore", "KubeAPI", "KubeClient", "KubeStore", "KubeAPIServer", "KubeScheduler",
            ]),
        tests("TerminalUITests", ["TerminalUI"]),
        // What is written into a journal by the tests, and by a process of theirs that is killed meanwhile.
        .target(
            name: "JournalWorkload", dependencies: ["KubeStore", "KubeClient", "KubeAPI", "ClusterCore"],
            path: "Tests/JournalWorkload", swiftSettings: swiftSettings),
        .executableTarget(
            name: "journal-writer",
            dependencies: ["JournalWorkload", "KubeJournal", "KubeStore", "KubeClient", "KubeAPI", "ClusterCore"],
            path: "Tests/JournalWriter", swiftSettings: swiftSettings),
        tests(
            "KubeJournalTests",
            [
                "JournalWorkload", "KubeJournal", "KubeCluster", "KubeStore", "KubeClient", "KubeAPI", "ClusterCore",
                "TestSupport", "journal-writer", .product(name: "GRDB", package: "GRDB.swift"),
            ]),
        tests(
            "KubeControllersTests",
            [
                "KubeControllers", "KubeAPIServer", "KubeStore", "KubeClient", "KubeAPI", "ClusterCore", "TestSupport",
            ]),
        tests(
            "KubeGatewayTests",
            [
                "KubeGateway", "ClusterDriver", "KubeCluster", "KubeAPIServer", "KubeClient", "KubeAPI", "ClusterCore",
                "TestSupport",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOConcurrencyHelpers", package: "swift-nio"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOEmbedded", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ]),
        tests(
            "KubeNodeTests",
            ["KubeNode", "KubeAPIServer", "KubeStore", "KubeClient", "KubeAPI", "ClusterCore", "TestSupport"]),
    ]
)
