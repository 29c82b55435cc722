import Foundation
import Generation
import ModelFiles
import Synchronization
import Testing
import Tokenization

@Suite("Engine")
struct EngineTests {
    static let prompt = "Once upon a time there was a king who had three daughters, and the youngest"

    @Test("equal seeds give equal texts on every number of threads and in chunks of any size")
    func reproducible() async throws {
        let request = try await DemoModel().request(Self.prompt, tokens: 40)
        let reference = try await DemoModel(threads: 1, rows: 64).run(request)
        #expect(reference.tokens.count == 40)
        for (threads, rows) in [(2, 64), (1, 1), (2, 7), (3, 5)] {
            let result = try await DemoModel(threads: threads, rows: rows).run(request)
            #expect(result.tokens == reference.tokens, "\(threads) threads, chunks of \(rows)")
        }
        var other = request
        other.sampling.seed = 43
        #expect(try await DemoModel().run(other).tokens != reference.tokens)
    }

    @Test("a request that goes on from the one before computes only what is new, and gives the same text")
    func history() async throws {
        let model = try await DemoModel()
        let first = try await model.run(try model.request(Self.prompt, tokens: 10))
        var longer = try model.request(Self.prompt, tokens: 10) { $0.temperature = 0 }
        longer.prompt += first.tokens
        let known = try await model.run(longer)
        // The token chosen last was never computed.
        #expect(known.summary.prefilledTokens == 1)
        longer.forgetsHistory = true
        let anew = try await model.run(longer)
        #expect(anew.summary.prefilledTokens == longer.prompt.count)
        #expect(anew.tokens == known.tokens)
        #expect(try await model.run(try model.request("Another text", tokens: 3)).tokens.count == 3)
    }

    @Test("a long chunk of the prompt tells how far it is, layer by layer")
    func progress() async throws {
        let model = try await DemoModel()
        let request = try model.request(Self.prompt, tokens: 1)
        var done: [Int] = []
        for try await event in model.engine.generate(request) {
            guard case .prefill(let count, let total) = event else { continue }
            done.append(count)
            #expect(total == request.prompt.count)
        }
        #expect(done.count > 6 && done == done.sorted() && done.last == request.prompt.count)
        #expect(Set(done).count > 6)
    }

    @Test("goes on until the context is full, and no further")
    func contextFull() async throws {
        let model = try await DemoModel(context: 32)
        var request = try model.request("Once upon a time", tokens: nil)
        request.ignoresEndOfGeneration = true
        let result = try await model.run(request)
        #expect(request.prompt.count + result.tokens.count == 32)
        #expect(result.summary.finishReason == .length)
    }

    @Test("a prompt that leaves no room is refused with both numbers")
    func promptTooLong() async throws {
        let model = try await DemoModel(context: 8)
        let request = try model.request(Self.prompt, tokens: 1)
        await #expect(
            throws: GenerationError(.promptTooLong(tokens: request.prompt.count, contextCapacity: 8))
        ) {
            _ = try await model.run(request)
        }
        await #expect(throws: GenerationError(.emptyPrompt)) {
            _ = try await model.run(GenerationRequest(prompt: []))
        }
        let outside = GenerationRequest(prompt: [TokenID(1), TokenID(4096)])
        await #expect(throws: GenerationError(.tokenOutOfRange(token: 4096, index: 1, vocabularySize: 4096)))
        {
            _ = try await model.run(outside)
        }
    }

    @Test("a stop string ends the text before it, wherever tokens cut it")
    func stopStrings() async throws {
        let model = try await DemoModel()
        let whole = try await model.run(try model.request(Self.prompt, tokens: 60) { $0.temperature = 0 })
        let characters = Array(whole.text)
        for start in stride(from: 3, to: min(characters.count - 8, 60), by: 5) {
            let stop = String(characters[start..<start + 6])
            var request = try model.request(Self.prompt, tokens: 60) { $0.temperature = 0 }
            request.stops = [stop]
            let result = try await model.run(request)
            let end = try #require(whole.text.range(of: stop)).lowerBound
            #expect(result.text == String(whole.text[..<end]), "stop \(stop)")
            #expect(result.summary.finishReason == .stop && result.summary.stop == stop)
        }
    }

    @Test("cancellation keeps what was generated and says so")
    func cancellation() async throws {
        let model = try await DemoModel()
        var request = try model.request(Self.prompt, tokens: 150)
        let cancellation = request.cancellation
        let chosen = Atomic(0)
        // On the engine's thread: one that reads events may come when the text has ended.
        request.logitSink = { _ in
            if chosen.add(1, ordering: .relaxed).newValue == 3 { cancellation.cancel() }
        }
        let result = try await model.run(request)
        #expect(result.summary.finishReason == .cancelled)
        #expect(result.tokens.count == 3 && result.summary.generatedTokens == 3)
    }

    @Test("a token that ends a text ends it, unless that is ignored")
    func endTokens() async throws {
        let model = try await DemoModel()
        var request = try model.request(Self.prompt, tokens: 20) { $0.temperature = 0 }
        let whole = try await model.run(request)
        request.endTokens = [whole.tokens[4]]
        let first = try #require(whole.tokens.firstIndex(of: whole.tokens[4]))
        let ended = try await model.run(request)
        #expect(ended.tokens == Array(whole.tokens[...first]))
        #expect(ended.summary.finishReason == .stop)
        request.ignoresEndOfGeneration = true
        #expect(try await model.run(request).tokens == whole.tokens)
    }

    @Test("pieces are whole characters, whatever tokens carry")
    func wholeCharacters() async throws {
        let model = try await DemoModel()
        let request = try model.request("日本語 é ☃ 😀", tokens: 120) {
            $0.temperature = 3
            $0.topK = 0
            $0.topP = 1
            $0.minP = 0
        }
        let result = try await model.run(request)
        #expect(result.text == model.tokenizer.decode(result.tokens, atStart: false))
    }

    @Test("requests after shutting down are refused")
    func shutDown() async throws {
        let model = try await DemoModel()
        await model.engine.shutDown()
        await #expect(throws: GenerationError(.engineStopped)) {
            _ = try await model.run(try model.request("Hi", tokens: 1))
        }
    }
}
