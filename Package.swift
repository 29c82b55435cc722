// swift-tools-version: 6.2
import PackageDescription

/// Settings of every Swift target: Swift 6 mode with complete concurrency checking comes with the tools
/// version.
let swiftSettings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    // Warnings are errors, so that none is ever read past.
    .treatAllWarnings(as: .error),
    // Every use of an unsafe construct says so.
    .strictMemorySafety(),
    // Existentials are spelled `any`: a dynamic dispatch is visible.
    .enableUpcomingFeature("ExistentialAny"),
    // A member comes from a module that the file imports itself.
    .enableUpcomingFeature("MemberImportVisibility"),
    // Imports stay private unless they are part of the target's interface.
    .enableUpcomingFeature("InternalImportsByDefault"),
    // An async function runs where its caller runs.
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

/// Settings of the kernels: optimised in debug builds too, or every test of the engine would wait for scalar
/// loops.
let kernelSettings: [CSetting] = [
    .unsafeFlags(["-O3", "-Wall", "-Wextra", "-Werror"])
]

let package = Package(
    name: "sluice",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "sluice", targets: ["sluice"])
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.0"),
        .package(url: "https://github.com/LebJe/TOMLKit", from: "0.6.0"),
    ],
    targets: [
        .target(name: "CKernels", cSettings: kernelSettings),
        .target(name: "Kernels", dependencies: ["CKernels"], swiftSettings: swiftSettings),
        .target(name: "Residency", swiftSettings: swiftSettings),
        .target(name: "Reports", dependencies: ["Residency"], swiftSettings: swiftSettings),
        .target(
            name: "ModelFiles",
            dependencies: ["Kernels", .product(name: "SystemPackage", package: "swift-system")],
            swiftSettings: swiftSettings),
        .systemLibrary(name: "CEventCounter"),
        .target(
            name: "ExpertStorage",
            dependencies: [
                "ModelFiles", "Kernels", "CLZ4",
                .target(name: "CEventCounter", condition: .when(platforms: [.linux])),
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: swiftSettings),
        .target(name: "Tokenization", dependencies: ["ModelFiles"], swiftSettings: swiftSettings),
        .systemLibrary(
            name: "CLZ4", pkgConfig: "liblz4", providers: [.apt(["liblz4-dev"]), .brew(["lz4"])]),
        .target(
            name: "TraceFiles",
            dependencies: [
                "ModelFiles", "Residency", "Kernels", "CLZ4",
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: swiftSettings),
        .target(
            name: "Models",
            dependencies: [
                "ExpertStorage", "Residency", "ModelFiles", "Kernels",
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: swiftSettings),
        .target(
            name: "Generation",
            dependencies: [
                "Models", "TraceFiles", "ExpertStorage", "Residency", "ModelFiles", "Tokenization", "Kernels",
            ],
            // The bundled model with its provenance and licence, copied as they are.
            resources: [.copy("Resources")],
            swiftSettings: swiftSettings),
        .target(
            name: "Tuning",
            dependencies: [
                "Generation", "Models", "TraceFiles", "ExpertStorage", "Residency", "ModelFiles",
                "Tokenization", "Kernels",
                .product(name: "TOMLKit", package: "TOMLKit"),
            ],
            swiftSettings: swiftSettings),
        .executableTarget(
            name: "sluice",
            dependencies: [
                "Reports", "Tuning", "Generation", "Models", "TraceFiles", "ExpertStorage", "Residency",
                "ModelFiles",
                "Tokenization", "Kernels",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: swiftSettings),
        // Writers of tiny files, generators, fixtures and measures that several test targets share.
        .target(
            name: "TestSupport",
            dependencies: [
                "ModelFiles", "ExpertStorage", "Kernels",
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            path: "Tests/TestSupport",
            swiftSettings: swiftSettings),
        .testTarget(
            name: "KernelsTests", dependencies: ["Kernels", "TestSupport"], exclude: ["Fixtures"],
            swiftSettings: swiftSettings),
        .testTarget(
            name: "ResidencyTests", dependencies: ["Residency", "TestSupport", "CAllocationCounter"],
            exclude: ["Fixtures"],
            swiftSettings: swiftSettings),
        .testTarget(
            name: "ReportsTests", dependencies: ["Reports", "Residency", "TestSupport"],
            swiftSettings: swiftSettings),
        .testTarget(
            name: "ModelFilesTests", dependencies: ["ModelFiles", "Kernels", "TestSupport"],
            swiftSettings: swiftSettings),
        .testTarget(
            name: "ExpertStorageTests",
            dependencies: [
                "ExpertStorage", "ModelFiles", "Kernels", "TestSupport", "CSystemCallFilter",
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: swiftSettings),
        .testTarget(
            name: "TokenizationTests", dependencies: ["Tokenization", "ModelFiles", "TestSupport"],
            exclude: ["Fixtures"],
            swiftSettings: swiftSettings),
        .testTarget(
            name: "TraceFilesTests",
            dependencies: [
                "TraceFiles", "Residency", "ModelFiles", "Kernels", "TestSupport",
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            exclude: ["Fixtures"],
            swiftSettings: swiftSettings),
        // Lets a test's process be refused io_uring.
        .target(name: "CSystemCallFilter", path: "Tests/CSystemCallFilter"),
        // Stands in front of the C library's heap in the tests' process.
        .target(name: "CAllocationCounter", path: "Tests/CAllocationCounter"),
        .testTarget(
            name: "ModelsTests",
            dependencies: [
                "Models", "ExpertStorage", "Residency", "ModelFiles", "Kernels", "TestSupport",
                "CAllocationCounter", .product(name: "SystemPackage", package: "swift-system"),
            ],
            exclude: ["Fixtures"],
            swiftSettings: swiftSettings),
        .testTarget(
            name: "GenerationTests",
            dependencies: [
                "Generation", "Models", "TraceFiles", "ExpertStorage", "Residency", "ModelFiles",
                "Tokenization", "Kernels", "TestSupport", "CAllocationCounter",
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: swiftSettings),
        .testTarget(
            name: "TuningTests", dependencies: ["Tuning", "Generation", "Residency", "TestSupport"],
            swiftSettings: swiftSettings),
        .testTarget(
            name: "EndToEndTests", dependencies: ["TraceFiles", "Residency", "TestSupport"],
            swiftSettings: swiftSettings),
        .testTarget(name: "TidyTests", dependencies: ["TestSupport"], swiftSettings: swiftSettings),
    ],
    cLanguageStandard: .c11
)
