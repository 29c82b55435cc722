import Generation
import Kernels
import ModelFiles
import Models
import Residency
import TestSupport
import Testing
import TraceFiles

@Suite("Recording traces")
struct TraceRecorderTests {
    private static let options = LanguageModel.Options(
        threadCount: 1, maximumRows: 16, contextCapacity: 128, cacheElement: .float16)

    /// Runs requests on one engine and reads what was recorded.
    private static func record(
        _ requests: [GenerationRequest], options: LanguageModel.Options = options
    ) async throws -> (trace: RoutingTrace, summary: TraceSummary) {
        let folder = try TemporaryFolder()
        let path = folder.path + "/trace.sltrace"
        let file = try ModelFile.open(BundledModel.path())
        let engine = try await Engine.start(
            file: file, tokenizer: nil, options: options,
            trace: try TraceTarget.test(file, path, options))
        for request in requests { for try await _ in engine.generate(request) {} }
        let summary = try #require(try await engine.finishTrace())
        let read = try TraceFile.read(path)
        #expect(read.isComplete && read.header.fingerprint == file.fingerprint)
        return (try #require(read.routing), summary)
    }

    private static func request(_ tokens: [Int32], generating count: Int) -> GenerationRequest {
        var request = GenerationRequest(prompt: tokens.map { TokenID($0) }, maximumTokens: count)
        request.sampling.temperature = 0
        request.ignoresEndOfGeneration = true
        return request
    }

    @Test("steps, positions and phases are those of the run")
    func rows() async throws {
        let prompt = (1...20).map { Int32($0) }
        let (trace, summary) = try await Self.record([Self.request(prompt, generating: 5)])
        // Chunks of 16 and 4, then four steps: the fifth token is chosen and not computed.
        #expect(trace.rows.map(\.step) == Array(repeating: 0, count: 16) + [1, 1, 1, 1, 2, 3, 4, 5])
        #expect(trace.rows.map(\.position) == (0..<24).map { UInt32($0) })
        #expect(
            trace.rows.map(\.phase) == Array(repeating: .prefill, count: 20) + [
                .decode, .decode, .decode, .decode,
            ])
        #expect(trace.rows.prefix(20).map(\.token) == prompt.map { UInt32($0) })
        #expect(summary.tokens == 24 && summary.steps == 6 && summary.sequences == 1)
        #expect(summary.choices == 24 * trace.shape.choicesPerRow)
    }

    @Test("a text that starts anew is another sequence, one that goes on is not")
    func sequences() async throws {
        let start = (1...10).map { Int32($0) }
        let (trace, _) = try await Self.record([
            Self.request(start, generating: 1), Self.request(start + [30, 31], generating: 1),
            Self.request([90, 91, 92], generating: 1),
        ])
        #expect(trace.rows.map(\.sequence) == Array(repeating: 0, count: 12) + [1, 1, 1])
        #expect(trace.rows.map(\.position) == (0..<12).map { UInt32($0) } + [0, 1, 2])
    }

    @Test("chunks choose what single tokens choose, with the same weights")
    func chunks() async throws {
        let prompt = (1...24).map { Int32(3 * $0) }
        let whole = try await Self.record([Self.request(prompt, generating: 1)]).trace
        var single = Self.options
        single.maximumRows = 1
        let parts = try await Self.record([Self.request(prompt, generating: 1)], options: single).trace
        #expect(parts.rows.map(\.step) == (0..<24).map { UInt32($0) })
        for row in whole.rows.indices {
            for layer in 0..<whole.shape.numbering.layerCount {
                for rank in 0..<whole.shape.expertsPerToken {
                    #expect(
                        whole.expert(row: row, layer: layer, rank: rank)
                            == parts.expert(row: row, layer: layer, rank: rank)
                            && whole.weight(row: row, layer: layer, rank: rank)
                                == parts.weight(row: row, layer: layer, rank: rank)
                    )
                }
            }
        }
    }

    @Test("later layers' choices are foretold better the nearer they are, and better than by chance")
    func candidates() async throws {
        var options = Self.options
        options.recordedDistances = 3
        let prompt = (1...60).map { Int32(5 * $0) }
        let (trace, _) = try await Self.record([Self.request(prompt, generating: 1)], options: options)
        let perToken = trace.shape.expertsPerToken
        let layers = trace.shape.numbering.layerCount
        var recalls: [Double] = []
        for (column, facts) in trace.columns.candidates.enumerated() {
            #expect(facts.distance == column + 1 && facts.predictor == "stale-router")
            var (named, all) = (0, 0)
            for row in trace.rows.indices {
                for layer in 0..<layers {
                    let candidates = (0..<perToken).compactMap {
                        trace.candidate(column: column, row: row, layer: layer, rank: $0)
                    }
                    #expect(candidates.count == (layer < facts.distance ? 0 : perToken))
                    guard layer >= facts.distance else { continue }
                    all += perToken
                    named +=
                        (0..<perToken).filter {
                            candidates.contains(trace.expert(row: row, layer: layer, rank: $0) ?? -1)
                        }.count
                }
            }
            recalls.append(Double(named) / Double(all))
        }
        // By chance 4 of 32 would be named.
        #expect(recalls.count == 3 && recalls[2] > 0.25, "\(recalls)")
        #expect(recalls == recalls.sorted(by: >), "\(recalls)")
    }

    @Test("a step that was stopped is not recorded")
    func cancelled() async throws {
        let prompt = (1...40).map { Int32($0) }
        let stopped = Self.request(prompt, generating: 3)
        stopped.cancellation.cancel()
        let (trace, _) = try await Self.record([stopped, Self.request(prompt, generating: 1)])
        #expect(trace.rows.count == 40 && trace.rows.allSatisfy { $0.sequence == 0 })
    }
}
