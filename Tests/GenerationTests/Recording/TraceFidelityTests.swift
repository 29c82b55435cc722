import Foundation
import Generation
import Kernels
import ModelFiles
import Models
import Residency
import TestSupport
import Testing
import TraceFiles

/// The recorder against traces of the same model and tokens that PyTorch recorded in float32.
@Suite("Fidelity of recorded traces")
struct TraceFidelityTests {
    /// What the reference chose for one token in one layer.
    private struct Event {
        var experts: Set<Int> = []
        var margin = 0.0
    }

    /// A trace of the fixtures: windows of tokens, and an event per window, position and layer.
    private struct Reference {
        var windows: [[TokenID]] = []
        var events: [Event] = []
        static let layers = 12

        /// Columns sequence, step, token, layer, slot, expert, weight, margin; rows of an event follow one
        /// another, and so do the layers of a token.
        init(_ name: String) throws {
            let path = try SharedFixtures.path("fixtures/traces/\(name).csv")
            let text = try String(contentsOfFile: path, encoding: .utf8)
            for line in text.utf8.split(separator: UInt8(ascii: "\n")) {
                guard let first = line.first, first >= 48, first <= 57 else { continue }
                let texts = line.split(separator: UInt8(ascii: ","))
                let fields = texts.prefix(6).map { $0.reduce(0) { $0 * 10 + Int($1) - 48 } }
                if fields[4] == 0 {
                    if fields[3] == 0 {
                        if fields[1] == 0 { windows.append([]) }
                        windows[windows.count - 1].append(TokenID(Int32(fields[2])))
                    }
                    events.append(Event(margin: Double(String(decoding: texts[7], as: UTF8.self)) ?? .nan))
                }
                events[events.count - 1].experts.insert(fields[5])
            }
        }
    }

    /// Integer products round activations to 8 bits, which moves choices that were almost ties. The bars are
    /// those of the reference's description: 97 % of all choices, 99.8 % of those that were no ties.
    @Test(
        "choices agree with float32 PyTorch on the same tokens", .needsSharedFixtures,
        arguments: ["demo-story", "demo-code"])
    func agreement(name: String) async throws {
        let reference = try Reference(name)
        let folder = try TemporaryFolder()
        let path = folder.path + "/trace.sltrace"
        let file = try ModelFile.open(BundledModel.path())
        let options = LanguageModel.Options(
            threadCount: 2, maximumRows: 128, contextCapacity: 512, cacheElement: .float16)
        let engine = try await Engine.start(
            file: file, tokenizer: nil, options: options,
            trace: try TraceTarget.test(file, path, options))
        for try await _ in engine.evaluate(EvaluationRequest(windows: reference.windows)) {}
        let summary = try #require(try await engine.finishTrace())
        #expect(summary.tokens == 4096 && summary.sequences == reference.windows.count)
        let trace = try #require(try TraceFile.read(path).routing)
        var (same, all, clearSame, clear) = (0, 0, 0, 0)
        for row in trace.rows.indices {
            for layer in 0..<Reference.layers {
                let event = reference.events[row * Reference.layers + layer]
                let chosen = (0..<trace.shape.expertsPerToken).compactMap {
                    trace.expert(row: row, layer: layer, rank: $0)
                }
                let agreeing = chosen.filter(event.experts.contains).count
                same += agreeing
                all += chosen.count
                if event.margin > 0.01 {
                    clearSame += agreeing
                    clear += chosen.count
                }
            }
        }
        let share = Double(same) / Double(all)
        let clearShare = Double(clearSame) / Double(clear)
        #expect(all == 4096 * 48 && clear > all / 4)
        #expect(share >= 0.97, "\(share) of \(all) choices")
        #expect(clearShare >= 0.998, "\(clearShare) of \(clear) choices without ties")
        Self.report(name, share, clearShare, summary)
    }

    /// Says the figures of a passed test.
    private static func report(_ name: String, _ share: Double, _ clear: Double, _ summary: TraceSummary) {
        let bytes = summary.bytesPerChoice ?? 0
        print("\(name): \(share) of choices agree, \(clear) of those without ties; \(bytes) bytes per choice")
    }
}
