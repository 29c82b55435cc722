import Foundation
import Generation
import Kernels
import Residency
import Synchronization
import SystemPackage
import Testing
import TraceFiles

@Suite("The block between engine and file")
struct TraceRelayTests {
    /// A file whose writes wait until they are let through.
    private final class SlowOutput: TraceOutput {
        let began = DispatchSemaphore(value: 0)
        let goesOn = DispatchSemaphore(value: 0)
        private let content = Mutex<[UInt8]>([])

        var bytes: [UInt8] { content.withLock { $0 } }

        func write(_ bytes: Span<UInt8>) throws(Errno) {
            let copy = bytes.indices.map { bytes[$0] }
            began.signal()
            goesOn.wait()
            content.withLock { $0 += copy }
        }

        func truncate(to byteCount: Int) throws(Errno) {}
        func close() throws(Errno) {}
    }

    private static let shape = TraceShape(
        numbering: ExpertNumbering(layerCount: 1, expertCount: 4), expertsPerToken: 1)

    private static func add(_ position: UInt32, to relay: TraceRelay) {
        relay.current.trace.append(
            TraceRow(sequence: 0, position: position, step: position, token: 1, phase: .decode), experts: [3])
    }

    @Test("while a block is written no row is added: at most that block is lost to who kills the process")
    func oneBlock() throws {
        let output = SlowOutput()
        // The header.
        output.goesOn.signal()
        let writer = try TraceWriter(TraceHeader(shape: Self.shape), to: output, path: "memory")
        output.began.wait()
        let relay = TraceRelay(shape: Self.shape, columns: TraceColumns(), rows: 4)
        let writing = try #require(SystemThread { relay.writeAll(writer) })
        let added = DispatchSemaphore(value: 0)
        let engine = try #require(
            SystemThread {
                for position in 0..<UInt32(6) {
                    Self.add(position, to: relay)
                    added.signal()
                    // Handing over does not wait, so that the next step is computed meanwhile.
                    if position % 2 == 1 { relay.handOver() }
                }
                relay.stop()
            })
        for block in 1...3 {
            for _ in 0..<2 { added.wait() }
            output.began.wait()
            #expect(try TraceFile.rows(output.bytes) == 2 * (block - 1))
            #expect(
                added.wait(timeout: .now() + .milliseconds(50)) == .timedOut, "a row beside block \(block)")
            output.goesOn.signal()
        }
        // The end.
        output.goesOn.signal()
        engine.join()
        writing.join()
        #expect(relay.result.error == nil && relay.result.byteCount == output.bytes.count)
        #expect(try TraceFile.rows(output.bytes) == 6)
    }

    @Test("an empty block is not written, and one that was handed over is not handed over again")
    func emptyBlocks() throws {
        let output = SlowOutput()
        for _ in 0..<3 { output.goesOn.signal() }
        let writer = try TraceWriter(TraceHeader(shape: Self.shape), to: output, path: "memory")
        let relay = TraceRelay(shape: Self.shape, columns: TraceColumns(), rows: 4)
        let writing = try #require(SystemThread { relay.writeAll(writer) })
        relay.handOver()
        Self.add(0, to: relay)
        relay.handOver()
        relay.handOver()
        relay.stop()
        writing.join()
        #expect(try TraceFile.rows(output.bytes) == 1)
    }
}

/// A file in memory.
private struct Bytes: TraceInput {
    let bytes: [UInt8]
    var byteCount: Int { bytes.count }

    func read(_ range: Range<Int>) throws(Errno) -> [UInt8] { Array(bytes[range]) }
}

extension TraceFile {
    /// How many rows the whole blocks of a file hold.
    fileprivate static func rows(_ bytes: [UInt8]) throws -> Int? {
        try TraceFile(Bytes(bytes: bytes), path: "memory").routing?.rows.count
    }
}
