// swift-tools-version: 6.2
import PackageDescription

// One target a folder; the imports listed are exact (see Documentation/Modules.md): the compiler keeps the walls.

let warningsAsErrors: [SwiftSetting] =
    Context.environment["DRYDOCK_WERROR"] == nil ? [] : [.treatAllWarnings(as: .error)]
// Released code leaves out what debug builds and their tests check: that no two accesses to a variable overlap.
let releaseFlags: SwiftSetting = .unsafeFlags(["-enforce-exclusivity=unchecked"], .when(configuration: .release))
let swiftSettings: [SwiftSetting] = warningsAsErrors + [.swiftLanguageMode(.v6), releaseFlags]

func cluster(
    _ name: String, _ dependencies: [Target.Dependency], sources: [String]? = nil, exclude: [String] = [],
    folder: String? = nil
) -> Target {
    .target(
        name: name, dependencies: dependencies, path: "Sources/Cluster/\(folder ?? name)", exclude: exclude,
        sources: sources, swiftSettings: swiftSettings)
}

// Tests run against the release build; optimising the tests themselves would double the time that it takes.
func tests(_ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []) -> Target {
    .testTarget(
        name: name, dependencies: dependencies, path: "Tests/\(name)", exclude: exclude,
        swiftSettings: swiftSettings + [.unsafeFlags(["-Onone"], .when(configuration: .release))])
}

let package = Package(
    name: "drydock",
    products: [.executable(name: "drydock", targets: ["drydock"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
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
        cluster("ClusterDriver", ["ClusterCore", "KubeAPI", "KubeClient", "KubeCluster"]),
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
            dependencies: ["TerminalUI", "ClusterCore", "KubeAPI", "KubeClient", "KubeCluster", "ClusterDriver"],
            path: "Sources/TUI/ClusterConsole", swiftSettings: swiftSettings),
        // The walls.
        .executableTarget(
            name: "drydock",
            dependencies: [
                "ClusterConsole", "TerminalUI", "ClusterDriver", "KubeCluster", "KubeStore", "KubeClient", "KubeAPI",
                "ClusterCore",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Yams", package: "Yams"),
            ],
            path: "Sources/App", swiftSettings: swiftSettings),
        .executableTarget(
            name: "drydock-bench",
            dependencies: [
                "ClusterConsole", "TerminalUI", "ClusterDriver", "KubeCluster", "KubeStore", "KubeClient", "KubeAPI",
                "ClusterCore",
            ],
            path: "Benchmarks/DrydockBench", swiftSettings: swiftSettings),
        // Tools of the build, not of the product.
        .target(name: "SchemaGeneration", path: "Sources/Tools/SchemaGeneration", swiftSettings: swiftSettings),
        .executableTarget(
            name: "schema-generator", dependencies: ["SchemaGeneration"], path: "Sources/Tools/SchemaGenerator",
            swiftSettings: swiftSettings),
        // Tests.
        // Style and the laws of the house, and the executable in a real terminal.
        tests("TidyTests", []),
        tests("TerminalTests", ["drydock"]),
        tests("ClusterCoreTests", ["ClusterCore"]),
        tests("KubeStrategiesTests", ["KubeAPIServer", "KubeAPI", "ClusterCore"]),
        tests("KubeAPITests", ["KubeAPI", "SchemaGeneration"]),
        tests("KubeStoreTests", ["ClusterCore", "KubeAPI", "KubeClient", "KubeStore"]),
        tests("KubeAPIServerTests", ["ClusterCore", "KubeAPI", "KubeClient", "KubeStore", "KubeAPIServer"]),
        tests(
            "KubeClusterTests", ["ClusterCore", "KubeAPI", "KubeClient", "KubeStore", "KubeCluster"],
            exclude: ["Transcripts"]),
        tests(
            "ClusterConsoleTests",
            [
                "ClusterConsole", "TerminalUI", "ClusterCore", "KubeAPI", "KubeClient", "KubeCluster",
                .product(name: "Yams", package: "Yams"),
            ]),
        tests("KubeNetworkTests", ["ClusterCore", "KubeAPI", "KubeClient", "KubeNetwork"]),
        tests(
            "KubeSchedulerTests",
            [
                "ClusterCore", "KubeAPI", "KubeClient", "KubeStore", "KubeAPIServer", "KubeScheduler",
            ]),
        tests("TerminalUITests", ["TerminalUI"]),
        tests(
            "KubeControllersTests",
            [
                "KubeControllers", "KubeAPIServer", "KubeStore", "KubeClient", "KubeAPI", "ClusterCore",
            ]),
        tests("KubeNodeTests", ["KubeNode", "KubeAPIServer", "KubeStore", "KubeClient", "KubeAPI", "ClusterCore"]),
    ]
)
