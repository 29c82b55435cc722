import Foundation
import ModelFiles
import TestSupport
import Testing
import Tokenization

/// Long inputs that a careless tokenizer takes quadratic time for. Each is measured at two sizes, in
/// processor time, and the rates are written to standard error; the bound is far from the figures of any
/// machine, so that only a change of order fails.
@Suite("Encoding speed", .serialized, .needsSharedFixtures, .nightlyOnly, .tags(.nightly))
struct EncodingSpeedTests {
    struct Input: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let make: @Sendable (_ bytes: Int) throws -> [UInt8]
    }

    static let inputs = [
        Input(testDescription: "English") { count in
            let path = try SharedFixtures.path("demo-model/eval-story.txt")
            let text = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
            return repeated(text.filter { $0 < 0x80 }, count)
        },
        Input(testDescription: "one letter") { count in Array(repeating: UInt8(ascii: "a"), count: count) },
        Input(testDescription: "one space") { count in Array(repeating: 0x20, count: count) },
        Input(testDescription: "random letters without spaces") { count in
            var generator = SeededGenerator(seed: 3)
            return (0..<count).map { _ in UInt8.random(in: 0x61...0x7A, using: &generator) }
        },
        Input(testDescription: "random Chinese") { count in
            var generator = SeededGenerator(seed: 4)
            var text = String.UnicodeScalarView()
            for _ in 0..<count / 3 {
                text.append(Unicode.Scalar(UInt32.random(in: 0x4E00...0x9000, using: &generator)) ?? "一")
            }
            return Array(String(text).utf8)
        },
    ]

    static let models = [
        "ggml-vocab-llama-bpe", "ggml-vocab-qwen2", "ggml-vocab-deepseek-coder", "ggml-vocab-llama-spm",
    ]

    static func repeated(_ text: [UInt8], _ count: Int) -> [UInt8] {
        var result: [UInt8] = []
        while result.count < count { result.append(contentsOf: text.prefix(count - result.count)) }
        return result
    }

    @Test("ten times the text takes about ten times as long", arguments: models, inputs)
    func isLinear(model: String, input: Input) throws {
        let file = try ModelFile.open(SharedFixtures.path("fixtures/tokenizers/\(model).gguf"))
        let tokenizer = try Tokenizer.load(from: file)
        var seconds: [Double] = []
        for count in [1_000_000, 10_000_000] {
            let text = try input.make(count)
            let start = ThreadTime.seconds
            let tokens = try tokenizer.encode(text)
            seconds.append(ThreadTime.seconds - start)
            #expect(Array(tokenizer.decode(tokens).utf8) == text)
        }
        let rate = String(format: "%.1f", 10 / seconds[1])
        let line = "\(model), \(input.testDescription): \(rate) MB/s, ratio \(seconds[1] / seconds[0])\n"
        FileHandle.standardError.write(Data(line.utf8))
        #expect(seconds[1] < 30 * seconds[0])
    }
}

/// The processor time of this thread: other tests and programs do not count.
private enum ThreadTime {
    static var seconds: Double {
        var time = timespec()
        unsafe clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
