// swift-tools-version: 6.2
// Kilonova: an accelerator-aware compute control plane, compatible on the wire with OpenStack.
//
// Two switches of the environment shape the package:
//   KILONOVA_LEAVES=1      only the targets that need neither the network stack nor a database; they build in seconds
//   KILONOVA_BENCHMARKS=1  the executables of Benchmarks/ as well
//   KILONOVA_LAB_SUITE=1   the program that checks drivers in the laboratory's guest

import Foundation
import PackageDescription

let leavesOnly = Context.environment["KILONOVA_LEAVES"] == "1"
let withLab = Context.environment["KILONOVA_LAB_SUITE"] == "1"
let withBenchmarks = Context.environment["KILONOVA_BENCHMARKS"] == "1"

let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

/// The toolchain's own linker, which needs half the time of the system's and packs relocations.
let linking: [LinkerSetting] = [.unsafeFlags(["-use-ld=lld"], .when(platforms: [.linux]))]

/// A library target of this package and the tests beside it.
func room(
    _ name: String, _ dependencies: [Target.Dependency] = [], tests: [Target.Dependency]? = [],
    linking: [LinkerSetting] = []
) -> [Target] {
    var targets: [Target] = [
        .target(name: name, dependencies: dependencies, swiftSettings: settings, linkerSettings: linking)
    ]
    if let tests {
        targets.append(
            .testTarget(
                name: "\(name)Tests", dependencies: [.init(stringLiteral: name)] + dependencies + tests,
                swiftSettings: settings))
    }
    return targets
}

func benchmark(_ name: String, _ folder: String, _ dependencies: [Target.Dependency]) -> Target {
    // Scripts that lie beside the sources.
    let scripts = ["run", "compare.py", "conformance"].filter { script in
        FileManager.default.fileExists(atPath: "\(Context.packageDirectory)/Benchmarks/\(folder)/\(script)")
    }
    return .executableTarget(
        name: name, dependencies: dependencies, path: "Benchmarks/\(folder)", exclude: scripts, swiftSettings: settings)
}

let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let metrics: Target.Dependency = .product(name: "Metrics", package: "swift-metrics")
let coreMetrics: Target.Dependency = .product(name: "CoreMetrics", package: "swift-metrics")
let hummingbirdCore: Target.Dependency = .product(name: "HummingbirdCore", package: "hummingbird")
let hummingbirdTLS: Target.Dependency = .product(name: "HummingbirdTLS", package: "hummingbird")
let httpTypes: Target.Dependency = .product(name: "HTTPTypes", package: "swift-http-types")
let nioCore: Target.Dependency = .product(name: "NIOCore", package: "swift-nio")
let nioHTTP1: Target.Dependency = .product(name: "NIOHTTP1", package: "swift-nio")
let nioPosix: Target.Dependency = .product(name: "NIOPosix", package: "swift-nio")
let nioSSL: Target.Dependency = .product(name: "NIOSSL", package: "swift-nio-ssl")
let httpClient: Target.Dependency = .product(name: "AsyncHTTPClient", package: "async-http-client")
let lifecycle: Target.Dependency = .product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let unixSignals: Target.Dependency = .product(name: "UnixSignals", package: "swift-service-lifecycle")
let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let cryptoExtras: Target.Dependency = .product(name: "CryptoExtras", package: "swift-crypto")
let x509: Target.Dependency = .product(name: "X509", package: "swift-certificates")
let asn1: Target.Dependency = .product(name: "SwiftASN1", package: "swift-asn1")
let grdb: Target.Dependency = .product(name: "GRDB", package: "GRDB.swift")
let sqlite: Target.Dependency = .product(name: "GRDBSQLite", package: "GRDB.swift")
let yams: Target.Dependency = .product(name: "Yams", package: "Yams")
let arguments: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let system: Target.Dependency = .product(name: "SystemPackage", package: "swift-system")

// Rooms that build in seconds: values, sysfs, drivers, search, formats of images.
var targets: [Target] =
    room("Model", linking: linking)  // Every product has Model in it.
    + room("Search", ["Model"])
    + room("Host", ["Model", system], tests: ["TestFuzz"])
    + room("Drivers", ["Host", "Model"])
    + room("ImageInspection", tests: ["TestFuzz"])

targets.append(.target(name: "TestFuzz", path: "Tests/TestFuzz", swiftSettings: settings))
targets.append(.target(name: "TestWatched", path: "Tests/TestWatched", swiftSettings: settings))

// Reads the sources as text and holds them against the rules of the house; needs no room.
targets.append(.testTarget(name: "HouseTests", path: "Tests/House", swiftSettings: settings))

if withLab {
    targets.append(
        .executableTarget(
            name: "lab-suite", dependencies: ["Host", "Drivers", "Model", system],
            path: "lab/suite", swiftSettings: settings))
}

if withBenchmarks {
    targets.append(benchmark("BenchmarkDiscovery", "discovery", ["Host", "Drivers", "Model"]))
}

var dependencies: [Package.Dependency] = [
    .package(url: "https://github.com/apple/swift-system", exact: "1.8.1")
]

if !leavesOnly {
    dependencies += [
        .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", exact: "2.13.0"),
        .package(url: "https://github.com/apple/swift-http-types", exact: "1.8.0"),
        .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", exact: "2.37.6"),
        .package(url: "https://github.com/apple/swift-crypto", exact: "4.5.2"),
        .package(url: "https://github.com/apple/swift-certificates", exact: "1.21.1"),
        .package(url: "https://github.com/apple/swift-asn1", exact: "1.7.4"),
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", exact: "2.28.1"),
        .package(url: "https://github.com/swift-server/async-http-client", exact: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", exact: "2.13.0"),
        .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
        .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
    ]
    targets += [
        .systemLibrary(name: "CPostgreSQL", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
        .systemLibrary(name: "CCrypt", providers: [.apt(["libcrypt-dev"])]),
        .systemLibrary(name: "CMalloc"),
        .target(
            name: "TestSupport",
            dependencies: [
                "ControlPlane", "Settings", "Model", httpClient, nioCore, nioHTTP1, logging,
            ],
            path: "Tests/Support", swiftSettings: settings),
        .target(
            name: "TestStore", dependencies: ["Store", "StoreSQLite", "StorePostgreSQL"], path: "Tests/TestStore",
            swiftSettings: settings),
        .target(
            name: "TestPlacement", dependencies: ["Clients", "Model", "TestWatched"], path: "Tests/TestPlacement",
            swiftSettings: settings),
        .target(
            name: "TestAgent", dependencies: ["Agent", "Link", "Model", "TestPlacement", "TestWatched", logging],
            path: "Tests/TestAgent", swiftSettings: settings),
        .target(
            name: "TestImages", dependencies: ["API", "Clients", "Model", crypto, httpTypes, logging],
            path: "Tests/TestImages", swiftSettings: settings),
        .target(
            name: "TestAccelerators", dependencies: ["Clients", "Model"], path: "Tests/TestAccelerators",
            swiftSettings: settings),
        .target(
            name: "TestKeystone", dependencies: ["Clients", "Model", httpTypes], path: "Tests/TestKeystone",
            swiftSettings: settings),
        .target(
            name: "TestObjects", dependencies: [crypto, nioCore, nioHTTP1, nioPosix, nioSSL], path: "Tests/TestObjects",
            swiftSettings: settings),
        .target(name: "TestJSON", path: "Tests/TestJSON", swiftSettings: settings),
        .executableTarget(
            name: "StoreCrashWriter", dependencies: ["Store", "StoreSQLite", "StorePostgreSQL"],
            path: "Tests/StoreCrashWriter", swiftSettings: settings),
        .executableTarget(
            name: "kilonova",
            dependencies: [
                "ControlPlane", "Console", "Sanitisation", "Settings", "Clients", "KeyFiles", "Model", arguments,
                httpTypes,
                logging, system,
            ],
            swiftSettings: settings),
        .testTarget(
            name: "FunctionalTests",
            dependencies: ["TestSupport", "ControlPlane", "Console", "Clients", "Model", "Host", httpTypes],
            swiftSettings: settings),
    ]
    targets +=
        room("KeyFiles", [system])
        + room("YAML", [yams])
        + room("Settings", ["Model", "YAML", yams], tests: ["TestFuzz"])
        + room(
            "Store", ["Model", logging, metrics], tests: ["StoreSQLite", "StorePostgreSQL", "TestStore"])
        + room("StoreSQLite", ["Store", "Model", grdb, sqlite], tests: nil)
        + room("StorePostgreSQL", ["Store", "Model", "CPostgreSQL", logging, metrics], tests: nil)
        + room("Workflows", ["Store", "Model", lifecycle, logging], tests: ["TestStore"])
        + room(
            "API",
            [
                "Model", hummingbirdCore, hummingbirdTLS, httpTypes, nioCore, nioHTTP1, nioPosix, nioSSL, x509, asn1,
                lifecycle, logging, coreMetrics,
            ], tests: [httpClient, "TestFuzz"])
        + room(
            "Clients", ["Model", crypto, httpClient, httpTypes, nioCore, nioHTTP1, nioPosix, nioSSL],
            tests: ["API", "TestAccelerators", "TestImages", "TestKeystone", logging])
        + room(
            "Access",
            [
                "API", "Clients", "KeyFiles", "YAML", "Model", "CCrypt", crypto, cryptoExtras, yams, logging, nioCore,
                nioPosix, httpTypes,
            ], tests: ["TestFuzz", "TestKeystone"])
        + room(
            "Services",
            ["Fleet", "Workflows", "Access", "API", "Clients", "Store", "Settings", "Model", lifecycle, logging],
            tests: nil)
        + room(
            "Identity",
            ["Services", "Settings", "Access", "API", "Store", "Clients", "Model", httpTypes, logging],
            tests: ["TestStore", lifecycle])
        + room(
            "Placement",
            [
                "Services", "Settings", "Access", "Conventions", "Search", "API", "Store", "Clients", "Model",
                httpTypes,
                nioCore, logging, metrics,
            ],
            tests: ["TestStore", "TestJSON", "TestPlacement"])
        + room("Signatures", ["Model", x509, asn1, crypto, cryptoExtras], tests: ["TestFuzz"])
        + room(
            "KeyManager",
            [
                "Services", "Settings", "Access", "Conventions", "API", "Store", "Clients", "KeyFiles", "Model", crypto,
                httpTypes, nioCore, nioPosix,
            ],
            tests: ["TestStore", "TestJSON", "TestFuzz", logging])
        + room("Sanitisation", ["KeyFiles", "Model", crypto, nioPosix, logging], tests: [])
        + room(
            "Conventions", ["API", "Access", "Clients", "Store", "Model", crypto, httpTypes],
            tests: ["TestStore", "TestJSON", logging])
        + room(
            "Accelerators",
            [
                "Services", "Settings", "Access", "Conventions", "Workflows", "Sanitisation", "Signatures", "Fleet",
                "Link", "API", "Store", "Clients", "Model", crypto, httpTypes, logging, metrics, coreMetrics,
            ],
            tests: [
                "Placement", "StoreSQLite", "TestStore", "TestFuzz", "TestImages", "TestJSON", "TestPlacement",
                "TestWatched",
            ])
        + room(
            "Images",
            [
                "Services", "Settings", "Access", "Conventions", "Workflows", "API", "Store", "Clients",
                "ImageInspection", "ObjectStorage", "Signatures", "Model", crypto, httpTypes, logging, coreMetrics,
                nioCore, nioPosix, system,
            ],
            tests: ["TestStore", "TestFuzz", "TestJSON", "TestObjects"])
        + room(
            "ObjectStorage", ["Clients", "Model", crypto, httpClient, nioCore, nioHTTP1, nioPosix, nioSSL],
            tests: ["TestFuzz", "TestObjects"])
        + room(
            "Link", ["Model", crypto],
            // Both halves are tested where they meet.
            tests: [
                "Fleet", "LinkClient", "API", "Clients", "Store", "StoreSQLite", "Placement", "TestFuzz", nioCore,
                nioHTTP1, nioPosix, nioSSL, httpClient, httpTypes, lifecycle, logging, "TestPlacement", "TestWatched",
            ])
        + room(
            "Fleet",
            [
                "Link", "API", "Store", "Clients", "KeyFiles", "Model", x509, asn1, crypto, httpTypes, lifecycle,
                logging,
            ], tests: nil)
        + room(
            "LinkClient",
            [
                "Link", "Clients", "KeyFiles", "Model", x509, asn1, crypto, nioCore, nioHTTP1, nioPosix, nioSSL,
                httpClient, lifecycle, logging,
            ], tests: nil)
        + room(
            "Console", ["Clients", "YAML", "Model", httpTypes, yams], tests: [])
        + room(
            "Agent", ["Link", "Model", lifecycle, logging, coreMetrics, system], tests: ["TestAgent", "TestWatched"])
        + room(
            "DeviceAgent", ["Agent", "Drivers", "Host", "Link", "Clients", "Model", logging, coreMetrics, system],
            tests: ["API", "TestAccelerators", "TestAgent", "TestPlacement", "TestWatched", crypto])
        + room(
            "ControlPlane",
            [
                "Services", "Settings", "Identity", "Placement", "Accelerators", "Images", "KeyManager", "Conventions",
                "Sanitisation", "Fleet",
                "LinkClient",
                "Link", "Access", "API", "Clients", "KeyFiles", "Workflows", "CMalloc", "Store", "StoreSQLite",
                "StorePostgreSQL",
                "DeviceAgent", "Agent", "Host",
                "Drivers", "Model", lifecycle, unixSignals,
                logging, coreMetrics, system, crypto, httpTypes, nioPosix,
            ], tests: ["TestStore"])
    if withBenchmarks {
        let benchmarks = [
            benchmark(
                "BenchmarkTokens", "tokens",
                ["Identity", "Access", "API", "Model", "StoreSQLite", httpTypes, logging]),
            benchmark("BenchmarkStore", "store", ["Store", "StoreSQLite", "StorePostgreSQL"]),
            benchmark(
                "BenchmarkLink", "link",
                [
                    "Fleet", "LinkClient", "Link", "API", "Model", "Store", "StoreSQLite", nioCore, nioSSL, nioPosix,
                    logging,
                ]),
            benchmark(
                "BenchmarkFleet", "fleet",
                ["Fleet", "LinkClient", "Link", "Model", "Store", "StoreSQLite", nioCore, nioPosix, logging]),
            benchmark(
                "BenchmarkPlacement", "placement",
                ["Placement", "Search", "Access", "API", "Model", "Store", "StoreSQLite", logging]),
        ]
        targets += benchmarks.filter { target in
            FileManager.default.fileExists(atPath: "\(Context.packageDirectory)/\(target.path ?? "")")
        }
    }
}

let package = Package(
    name: "kilonova",
    platforms: [.macOS(.v15)],
    dependencies: dependencies,
    targets: targets,
    swiftLanguageModes: [.v6]
)
