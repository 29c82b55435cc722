import Foundation
import Kernels
import ModelFiles
import Models
import TestSupport
import Testing

/// gpt-oss checkpoints as they are published: MXFP4 experts whose codes and scales are tensors of their own.
@Suite("Packed experts")
struct PackedExpertsTests {
    private static let folder = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Fixtures/gpt_oss_mxfp4").path

    @Test("a checkpoint with MXFP4 experts gives what transformers gives on the decoded weights")
    func agreesWithReference() throws {
        let agreement = try Agreement(Self.folder, try Reference(Self.folder))
        Report.line("checkpoint gpt_oss with MXFP4 experts, f32 cache: \(agreement)")
        #expect(agreement.holdsForQuantized, "\(agreement)")
    }

    @Test("the repacked bytes are reported")
    func reportsCopies() throws {
        // 2 layers of 4 experts: gate and up [96, 64] each, down [64, 96]; 17 bytes per 32 weights.
        let expected = 2 * 4 * 3 * 96 * 64 / 32 * 17
        #expect(try ModelRun(Self.folder).model.copiedWeightBytes == expected)
    }

    @Test(
        "a configuration at odds with the packed tensors is an error that names one",
        arguments: [
            ("\"intermediate_size\": 96", "\"intermediate_size\": 64", "gate_up_proj_blocks"),
            ("\"intermediate_size\": 96", "\"intermediate_size\": 80", "gate_up_proj_blocks"),
            ("\"intermediate_size\": 96", "\"intermediate_size\": 16777216", "gate_up_proj_blocks"),
            ("\"num_local_experts\": 4", "\"num_local_experts\": 5", "router"),
        ])
    func refusesOtherSizes(_ old: String, _ new: String, tensor: String) throws {
        let folder = try TemporaryFolder()
        let files = FileManager.default
        try files.copyItem(
            atPath: Self.folder + "/model.safetensors", toPath: folder.path + "/model.safetensors")
        let config = try String(contentsOfFile: Self.folder + "/config.json", encoding: .utf8)
        #expect(config.contains(old))
        try folder.write(config.replacingOccurrences(of: old, with: new), to: "config.json")
        let error = #expect(throws: ModelFileError.self) { try ModelRun(folder.path) }
        #expect(error?.tensor?.contains(tensor) == true, "\(String(describing: error))")
    }
}
