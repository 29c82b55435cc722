import Foundation
public import Testing

/// The fixtures that are shared between projects and not committed: `fixtures/` of a folder `shared/` beside
/// the package or beside one of the folders above it, or of the folder that the environment variable
/// `SLUICE_SHARED` names.
public enum SharedFixtures {
    /// The folder `shared`, or nil where this machine has none.
    public static let folder: String? = {
        // Empty means none: that is how the skipping itself can be tried.
        if let given = ProcessInfo.processInfo.environment["SLUICE_SHARED"] {
            return given.isEmpty ? nil : given
        }
        // Tests/TestSupport/SharedFixtures.swift
        var parent = URL(fileURLWithPath: #filePath)
        for _ in 0..<3 { parent.deleteLastPathComponent() }
        while parent.path != "/" {
            parent.deleteLastPathComponent()
            let candidate = parent.appendingPathComponent("shared")
            let fixtures = candidate.appendingPathComponent("fixtures").path
            if FileManager.default.fileExists(atPath: fixtures) { return candidate.path }
        }
        return nil
    }()

    /// Whether this machine has the fixtures.
    public static var arePresent: Bool { folder != nil }

    /// The path of `relativePath` below `shared/`, for example `fixtures/gguf/mixtral.gguf`.
    ///
    /// - Throws: `SharedFixturesMissing` where the folder is absent; such tests carry the trait
    ///   `.needsSharedFixtures`.
    public static func path(_ relativePath: String) throws -> String {
        guard let folder else { throw SharedFixturesMissing() }
        return folder + "/" + relativePath
    }

    /// The names in a folder below `shared/`, sorted; none where the folder is absent.
    public static func names(in relativePath: String) -> [String] {
        guard let folder else { return [] }
        return ((try? FileManager.default.contentsOfDirectory(atPath: folder + "/" + relativePath)) ?? [])
            .sorted()
    }
}

/// Why a test that needs shared fixtures cannot run.
public struct SharedFixturesMissing: Error, CustomStringConvertible {
    /// Creates the error.
    public init() {}
    /// What is missing and what helps.
    public var description: String { "no folder shared/fixtures beside the package; set SLUICE_SHARED" }
}

extension Trait where Self == ConditionTrait {
    /// Skips the test, and says so, where the shared fixtures are absent.
    public static var needsSharedFixtures: Self {
        .enabled(
            if: SharedFixtures.arePresent, "no folder shared/fixtures beside the package; set SLUICE_SHARED")
    }

    /// Runs the test only where `SLUICE_NIGHTLY` is 1, and says so elsewhere.
    public static var nightlyOnly: Self {
        .enabled(if: Nightly.isOn, "long; set SLUICE_NIGHTLY=1 to run it")
    }
}

/// Whether the long form of the tests was asked for.
public enum Nightly {
    /// True where `SLUICE_NIGHTLY` is 1.
    public static let isOn = ProcessInfo.processInfo.environment["SLUICE_NIGHTLY"] == "1"
}

extension Tag {
    /// Tests that take minutes.
    @Tag public static var nightly: Self
    /// Tests that build for another processor and run in its emulator.
    @Tag public static var crossCompiled: Self
}
