import Foundation
import Kernels
import ModelFiles
import Models
import TestSupport
import Testing

/// Checkpoints of `tools/make_model_variants.py`: one setting changed at a time.
@Suite("Settings of architectures agree with transformers")
struct ModelVariantTests {
    /// The folder of the committed variants.
    static let committed = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appending(path: "Fixtures/variants").path

    /// The committed variants and those of the folder that the environment variable SLUICE_VARIANTS names.
    static let folders: [String] = {
        let more = ProcessInfo.processInfo.environment["SLUICE_VARIANTS"].map { [$0] } ?? []
        return ([committed] + more).flatMap { parent in
            let names = (try? FileManager.default.contentsOfDirectory(atPath: parent)) ?? []
            return names.sorted().map { parent + "/" + $0 }
        }.filter { FileManager.default.fileExists(atPath: $0 + "/reference.json") }
    }()

    @Test("a checkpoint gives the reference's tokens and logits", arguments: folders)
    func variant(_ folder: String) throws {
        // The reference computes every token from the whole sequence; where frequencies depend on its length,
        // that shows.
        let recomputes = folder.contains("longrope")
        let agreement = try Agreement(folder, try Reference(folder), chunk: 16, recomputes: recomputes)
        Report.line("variant \(URL(fileURLWithPath: folder).lastPathComponent): \(agreement)")
        #expect(agreement.holds, "\(agreement)")
    }
}
