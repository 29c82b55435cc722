import Residency
import SystemPackage
import TestSupport
import Testing
import TraceFiles

@Suite("Writing traces")
struct TraceWriterTests {
    @Test("whichever write fails, the file ends with the last whole block", arguments: [0, 7])
    func failingWrites(partBytes: Int) throws {
        let trace = RandomTrace.small()
        let counting = MemoryTraceOutput()
        try trace.write(to: counting, rows: 3)
        // Header, four blocks, the end, and closing.
        #expect(counting.calls == 7 && counting.isClosed)
        for call in 1...counting.calls {
            let output = MemoryTraceOutput(failingCall: call, partBytes: partBytes)
            let error = #expect(throws: TraceFilesError.self) { try trace.write(to: output, rows: 3) }
            #expect(error?.code == .diskFull && error?.offset == output.bytes.count)
            guard call > 1 else { continue }
            let file = try TraceFile(MemoryTraceInput(bytes: output.bytes), path: "memory")
            #expect(file.routing == trace.part(0..<min(3 * (call - 2), 12)), "call \(call)")
            #expect(file.isComplete == (call == counting.calls) && file.tornBytes == 0, "call \(call)")
        }
    }

    @Test("another error than a full disk is told with the system's words")
    func otherErrors() throws {
        let output = MemoryTraceOutput(failingCall: 2, error: .ioError)
        let error = #expect(throws: TraceFilesError.self) { try RandomTrace.small().write(to: output) }
        #expect(error?.code == .unwritableFile(reason: Errno.ioError.description))
    }

    @Test("a folder that does not exist is an error that names the file")
    func noFolder() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/none/a.sltrace"
        let trace = RandomTrace.small()
        let error = #expect(throws: TraceFilesError.self) {
            try TraceFile.write(trace, RandomTrace.header(trace), to: path)
        }
        #expect(error?.path == path)
        #expect(error?.code == .unwritableFile(reason: Errno.noSuchFileOrDirectory.description))
    }

    @Test("what repeats itself endlessly is written so that it can be read, too")
    func repetition() throws {
        // 131 KB for each token, all of it the same: LZ4 makes a 255th of it, which no reader would believe.
        let shape = TraceShape(
            numbering: ExpertNumbering(layerCount: 512, expertCount: 1_024), expertsPerToken: 128)
        var trace = RoutingTrace(shape: shape, hasWeights: false)
        for row in 0..<UInt32(560) {
            trace.appendBlank(
                TraceRow(sequence: 0, position: row, step: row, token: nil, phase: .decode))
        }
        let bytes = try trace.fileBytes()
        let file = try TraceFile(MemoryTraceInput(bytes: bytes), path: "memory")
        #expect(file.routing?.rows.count == 560 && file.isComplete)
        let content = 560 * TraceBlockLayout(shape, trace.columns).rowBytes
        #expect(content > 70 << 20 && bytes.count > (content - 64 << 20) / 16 && bytes.count < content / 10)
    }

    @Test("experts larger than readers accept are not written")
    func largeExperts() throws {
        let shape = TraceShape(
            numbering: ExpertNumbering(layerCount: 1, expertCount: 2), expertsPerToken: 1,
            expertBytes: [1 << 40 + 1])
        let error = #expect(throws: TraceFilesError.self) {
            try RoutingTrace(shape: shape, hasWeights: false).fileBytes()
        }
        #expect(
            error?.code
                == .limitExceeded(
                    limit: "the bytes of an expert", found: 1 << 40 + 1, maximum: 1_099_511_627_776))
    }

    @Test("choices take a few bytes each")
    func size() throws {
        // 12 layers with 4 of 32 experts and weights, as the bundled model has them: random choices, which
        // compress worst.
        var generator = SeededGenerator(seed: 3)
        let shape = TraceShape(
            numbering: ExpertNumbering(layerCount: 12, expertCount: 32), expertsPerToken: 4)
        var trace = RoutingTrace(shape: shape, hasWeights: true)
        for row in 0..<500 {
            let experts = (0..<48).map { _ in UInt16.random(in: 0..<32, using: &generator) }
            let weights = (0..<48).map { _ in Float.random(in: 0..<1, using: &generator) }
            let number = UInt32(row)
            trace.append(
                TraceRow(sequence: 0, position: number, step: number, token: number, phase: .decode),
                experts: experts, weights: weights)
        }
        let bytes = try trace.fileBytes(rows: 50)
        #expect(Double(bytes.count) / Double(500 * 48) < 6)
    }
}
