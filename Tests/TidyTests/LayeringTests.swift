import Testing

@Suite("Layering")
struct LayeringTests {
    @Test(
        "targets depend only on what stands below them",
        .enabled(if: Toolchain.swift != nil, "no swift on PATH"))
    func declarations() throws {
        let package = try PackageDescription.read(Repository.current.root)
        #expect(package.targets.contains { $0.name == "Kernels" })
        expectNone(Layering.violations(in: package))
    }

    @Test(
        "files import only what their target declares",
        .enabled(if: Toolchain.swift != nil, "no swift on PATH"))
    func imports() throws {
        let package = try PackageDescription.read(Repository.current.root)
        expectNone(Repository.current.swiftFiles.flatMap { Layering.violations(in: $0, package: package) })
    }

    private static let sample = PackageDescription(targets: [
        .init(name: "Kernels", type: "regular", dependencies: [.init("Models")]),
        .init(name: "Models", type: "regular", dependencies: [.init("Kernels")]),
        .init(name: "Residency", type: "regular", dependencies: []),
        .init(name: "Extras", type: "regular", dependencies: []),
    ])

    @Test("an upward dependency and an unknown target are found")
    func badDeclarations() {
        let messages = Layering.violations(in: Self.sample).map(\.message)
        #expect(
            messages == [
                "target Kernels must not depend on Models", "target Extras has no place in the layers",
            ])
    }

    @Test(
        "a forbidden import is found",
        arguments: [
            ("Sources/Kernels/A.swift", "import Foundation", false),
            ("Sources/Models/A.swift", "public import FoundationEssentials", false),
            ("Sources/Models/A.swift", "import Residency", false),
            ("Sources/Kernels/A.swift", "@preconcurrency import struct Models.Layer", false),
            ("Sources/Models/A.swift", "import ArgumentParser", false),
            ("Sources/Residency/A.swift", "import Glibc", false),
            ("Sources/Models/A.swift", "package import Kernels", true),
            ("Sources/Kernels/A.swift", "// import Models\nimport Synchronization", true),
        ])
    func badImports(path: String, text: String, allowed: Bool) {
        let violations = Layering.violations(in: SourceFile(path: path, text: text), package: Self.sample)
        #expect(violations.isEmpty == allowed)
    }
}
