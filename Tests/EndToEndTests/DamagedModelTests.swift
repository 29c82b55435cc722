import Foundation
import TestSupport
import Testing

@Suite("Damaged models")
struct DamagedModelTests {
    /// A half that is infinite, and one that is no number.
    private static let infinity: [UInt8] = [0x00, 0x7C]
    private static let noNumber: [UInt8] = [0x01, 0x7E]

    /// A copy of the bundled model in which `bytes` stand at places of a tensor's data.
    private struct Copy {
        let folder: TemporaryFolder
        let path: String
        /// In the file, of the first place.
        let offset: Int

        init(_ tensor: String, places: [Int], bytes: [UInt8]) throws {
            let inspection = try Executable.run(["inspect", "--json", "--tensors"]).object()
            let records = try #require(inspection["tensor_list"] as? [[String: Any]])
            let record = try #require(records.first { $0["name"] as? String == tensor })
            let start = try #require(record["offset"] as? Int)
            let model = try #require(inspection["model"] as? String)
            var data = try Data(contentsOf: URL(fileURLWithPath: model))
            for place in places {
                data.replaceSubrange(start + place..<start + place + bytes.count, with: bytes)
            }
            folder = try TemporaryFolder()
            path = folder.path + "/damaged.gguf"
            try data.write(to: URL(fileURLWithPath: path))
            offset = start + places[0]
        }
    }

    /// Bytes of a row of the bundled model's hidden size, in Q8_0.
    private static let rowBytes = 256 / 32 * 34

    /// Where scales are damaged: the tensor, places in it, what stands there.
    private static let cases: [(tensor: String, places: [Int], bytes: [UInt8])] = [
        // A token that the prompt does not hold: only its own logit is bad.
        ("token_embd.weight", [4095 * rowBytes + 34], noNumber),
        ("token_embd.weight", [4095 * rowBytes + 34], infinity),
        ("blk.0.attn_q.weight", [0], noNumber), ("blk.11.attn_k.weight", [3 * rowBytes], infinity),
        ("blk.5.attn_output.weight", [7 * rowBytes + 68], noNumber),
        // One row of every expert, so that it does not matter which are chosen.
        ("blk.3.ffn_gate_exps.weight", (0..<32).map { $0 * 128 * rowBytes }, noNumber),
        ("blk.11.ffn_down_exps.weight", (0..<32).map { $0 * 256 * 4 * 34 }, infinity),
        ("blk.2.ffn_norm.weight", [2], [0x80, 0x7F]), ("blk.0.ffn_gate_inp.weight", [2], [0xC0, 0xFF]),
    ]

    @Test("no text comes from a damaged scale: run and eval end with what is wrong", arguments: 0..<9)
    func refuses(index: Int) throws {
        try #require(Self.cases.count == 9)
        let (tensor, places, bytes) = Self.cases[index]
        let copy = try Copy(tensor, places: places, bytes: bytes)
        let text = try copy.folder.write("Once upon a time there was a king", to: "text.txt")
        for arguments in [
            ["run", "-p", "Once upon a time", "-n", "2", "--temp", "0"],
            ["run", "-p", "Once upon a time", "-n", "2", "--seed", "3"], ["eval", "-f", text],
        ] {
            let run = try Executable.run(arguments + ["-m", copy.path])
            #expect(run.code == 1, "\(tensor): \(run.text)")
            #expect(run.text.isEmpty)
            #expect(run.errors.contains("is no finite number") && run.errors.contains("--check"))
        }
    }

    @Test("inspect --check names tensor, row, block and byte of the first damage")
    func check() throws {
        let place = (5 * 128 + 9) * Self.rowBytes + 3 * 34
        let copy = try Copy(
            "blk.3.ffn_up_exps.weight", places: [place, place + 34], bytes: Self.noNumber)
        let plain = try Executable.run(["inspect", copy.path, "--check"])
        #expect(plain.code == 1 && plain.errors.contains("1 of 146 tensors"), "\(plain.errors)")
        let expected =
            "check: blk.3.ffn_up_exps.weight: row 649 (row 9 of expert 5), block 3 has a scale that is no "
            + "finite number, at byte \(copy.offset) of \(copy.path)\n"
        #expect(plain.text.hasSuffix(expected), "\(plain.text)")
        let run = try Executable.run(["inspect", copy.path, "--check", "--json"])
        let check = try #require(run.object()["check"] as? [String: Any])
        let damaged = try #require(check["damaged"] as? [[String: Any]])
        #expect(run.code == 1 && damaged.count == 1)
        #expect(damaged[0]["tensor"] as? String == "blk.3.ffn_up_exps.weight")
        #expect(damaged[0]["row"] as? Int == 649 && damaged[0]["block"] as? Int == 3)
        #expect(damaged[0]["offset"] as? Int == copy.offset)
    }

    @Test("a mapped model that is cut off while it is used ends the program with a sentence")
    func cutOff() throws {
        let copy = try Copy("output_norm.weight", places: [0], bytes: [])
        let program = try RunningProgram(
            ["run", "-m", copy.path, "-p", "Once upon a time", "-n", "1500", "--ignore-eos", "-q"])
        program.closeInput()
        program.waitForOutput(bytes: 1)
        let file = try FileHandle(forWritingTo: URL(fileURLWithPath: copy.path))
        try file.truncate(atOffset: 0)
        let outcome = program.wait()
        #expect(outcome.code == 1)
        #expect(outcome.errors.contains("'\(copy.path)' lost bytes while it was used"), "\(outcome.errors)")
    }

    @Test("inspect --check finds nothing in the bundled model")
    func sound() throws {
        let run = try Executable.run(["inspect", "--check"])
        #expect(run.code == 0 && run.text.contains("every scale of"), "\(run.errors)")
        let object = try Executable.run(["inspect", "--check", "--json"]).object()
        #expect(((object["check"] as? [String: Any])?["damaged"] as? [Any])?.isEmpty == true)
        #expect(try Executable.run(["inspect", "--json"]).object()["check"] == nil)
    }
}
