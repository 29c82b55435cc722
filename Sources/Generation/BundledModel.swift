import Foundation

/// The small model that comes with the program.
public enum BundledModel {
    private static let name = "demo-q8_0"
    private static let folder = "Resources"

    /// What users should know about it when it is used unasked.
    public static let summary = "the bundled demo model (41 M parameters; fairy tales and Python-shaped text)"

    /// Its path.
    ///
    /// - Throws: `bundledModelMissing`.
    public static func path() throws(GenerationError) -> String {
        for candidate in candidates() where FileManager.default.isReadableFile(atPath: candidate) {
            return candidate
        }
        throw GenerationError(.bundledModelMissing)
    }

    /// Beside the executable, as it is installed and as it is built, and where the build puts resources.
    private static func candidates() -> [String] {
        let file = name + ".gguf"
        let executable = Bundle.main.executableURL?.resolvingSymlinksInPath().deletingLastPathComponent()
        let beside = ["", "sluice_Generation.resources/\(folder)/", "../share/sluice/"].compactMap { part in
            executable?.appendingPathComponent(part + file).standardizedFileURL.path
        }
        return beside + buildCandidates(file)
    }

    private static func buildCandidates(_ file: String) -> [String] {
        // Where resources are missing, `Bundle.module` traps: only a folder that exists is asked.
        let tests = CommandLine.arguments.first.map {
            URL(fileURLWithPath: $0).deletingLastPathComponent()
                .appendingPathComponent("sluice_Generation.resources/\(folder)/\(file)").path
        }
        return [tests].compactMap { $0 }
    }
}
