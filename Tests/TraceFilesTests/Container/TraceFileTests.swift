import ModelFiles
import Residency
import SystemPackage
import TestSupport
import Testing
import TraceFiles

@Suite("Trace files")
struct TraceFileTests {
    @Test("what is written is read back, for random shapes and columns")
    func roundTrip() throws {
        let seeds = SeededGenerator.fromEnvironment(fallback: 20_261_130).seed
        for index in 0..<UInt64(Nightly.isOn ? 2000 : 60) {
            var generator = SeededGenerator(seed: seeds &+ index)
            let trace = RandomTrace.make(&generator, rows: 0...40)
            let blockRows = Bool.random(using: &generator) ? Int.random(in: 1...9, using: &generator) : nil
            let bytes = try trace.fileBytes(notes: [TraceNote("policy", "lfu:64")], rows: blockRows)
            let file = try TraceFile(MemoryTraceInput(bytes: bytes), path: "memory")
            #expect(file.routing == trace, "seed \(seeds &+ index)")
            #expect(file.isComplete && file.tornBytes == 0, "seed \(seeds &+ index)")
            #expect(file.header.note("policy") == "lfu:64")
            #expect(file.header.modelName == "tiny.gguf" && file.header.fingerprint == nil)
        }
    }

    @Test("a file on disk is written and read, with the model's fingerprint")
    func onDisk() throws {
        let folder = try TemporaryFolder()
        let trace = RandomTrace.small()
        var header = RandomTrace.header(trace)
        header.fingerprint = ModelFingerprint(rawValue: 0x0123_4567_89AB_CDEF)
        let path = folder.path + "/a" + TraceFormat.suffix
        try TraceFile.write(trace, header, to: path)
        let file = try TraceFile.read(path)
        #expect(file.routing == trace && file.header == header && file.isComplete)
    }

    @Test("counts of uses are written and read")
    func usage() throws {
        let folder = try TemporaryFolder()
        let shape = TraceShape(
            numbering: ExpertNumbering(layerCount: 3, expertCount: 5), expertsPerToken: 2)
        var usage = ExpertUsage(shape: shape)
        usage[layer: 2, expert: 4] = .max
        usage[layer: 0, expert: 1] = 7
        let path = folder.path + "/usage.sltrace"
        try TraceFile.write(usage, TraceHeader(kind: .usage, shape: shape), to: path)
        guard case .usage(let found) = try TraceFile.read(path).contents else {
            Issue.record("no counts")
            return
        }
        #expect(found == usage)
    }

    @Test("the writer cuts a long trace between steps")
    func cuts() throws {
        let shape = TraceShape(
            numbering: ExpertNumbering(layerCount: 1, expertCount: 4), expertsPerToken: 1)
        var trace = RoutingTrace(shape: shape, hasWeights: false)
        // More than a mebibyte of rows, in steps of 1000.
        for row in 0..<120_000 {
            trace.append(
                TraceRow(
                    sequence: 0, position: UInt32(row), step: UInt32(row / 1000), token: 1, phase: .prefill),
                experts: [UInt16(row % 4)])
        }
        let bytes = try trace.fileBytes()
        let cut = try TraceFile(MemoryTraceInput(bytes: Array(bytes.dropLast(100))), path: "memory")
        let rows = try #require(cut.routing).rows
        #expect(!cut.isComplete && rows.count < trace.rows.count)
        #expect(rows.count > 1000 && rows.count % 1000 == 0)
        #expect(try TraceFile(MemoryTraceInput(bytes: bytes), path: "memory").routing == trace)
    }

    @Test("every prefix of a file gives its whole blocks, or an error that says where")
    func prefixes() throws {
        let trace = RandomTrace.small()
        let bytes = try trace.fileBytes(notes: [TraceNote("a", "b")], rows: 4)
        let whole = [0, 4, 8, 12].map { trace.part(0..<$0) }
        var best = 0
        for count in 0..<bytes.count {
            do {
                let file = try TraceFile(MemoryTraceInput(bytes: Array(bytes[..<count])), path: "memory")
                let found = try #require(file.routing)
                let index = try #require(whole.firstIndex(of: found), "prefix of \(count) bytes")
                #expect(index >= best && !file.isComplete, "prefix of \(count) bytes")
                best = index
            } catch let error as TraceFilesError {
                #expect(best == 0 && error.offset != nil, "prefix of \(count) bytes: \(error)")
                switch error.code {
                case .unknownContainer, .truncated: break
                default: Issue.record("prefix of \(count) bytes: \(error)")
                }
            }
        }
        #expect(best == 3)
    }

    @Test("every flipped bit is an error")
    func flippedBits() throws {
        let bytes = try RandomTrace.small().fileBytes(rows: 6)
        for index in bytes.indices {
            for bit in 0..<8 {
                var damaged = bytes
                damaged[index] ^= 1 << UInt8(bit)
                #expect(throws: TraceFilesError.self, "bit \(bit) of byte \(index)") {
                    try TraceFile(MemoryTraceInput(bytes: damaged), path: "memory")
                }
            }
        }
    }

    @Test("damaged files never crash the reader")
    func mutants() throws {
        let bytes = try RandomTrace.small().fileBytes(rows: 5)
        let seed = SeededGenerator.fromEnvironment(fallback: 5).seed
        for index in 0..<UInt64(Nightly.isOn ? 100_000 : 2_000) {
            var mutator = Mutator(seed: seed &+ index)
            let damaged = mutator.mutated(bytes)
            _ = try? TraceFile(MemoryTraceInput(bytes: damaged), path: "memory")
        }
    }

    @Test("a file that cannot be read, or shrinks meanwhile, is an error wherever that happens")
    func failingReads() throws {
        let bytes = try RandomTrace.small().fileBytes(rows: 4)
        for offset in 1..<bytes.count {
            let error = #expect(throws: TraceFilesError.self, "byte \(offset)") {
                try TraceFile(MemoryTraceInput(bytes: bytes, failingOffset: offset), path: "memory")
            }
            guard case .unreadableFile = error?.code else {
                Issue.record("byte \(offset): \(String(describing: error))")
                return
            }
            let shrunk = MemoryTraceInput(bytes: Array(bytes[..<offset]), claimedCount: bytes.count)
            #expect(throws: TraceFilesError.self, "byte \(offset)") {
                try TraceFile(shrunk, path: "memory")
            }
        }
    }

    @Test("a missing file and a folder are told apart")
    func missing() throws {
        let folder = try TemporaryFolder()
        #expect(throws: TraceFilesError(.missingFile, path: folder.path + "/none")) {
            try TraceFile.read(folder.path + "/none")
        }
        let error = #expect(throws: TraceFilesError.self) { try TraceFile.read(folder.path) }
        #expect(error?.code == .unreadableFile(reason: "it is no regular file"))
    }
}
