import ExpertStorage
import Foundation
import SystemPackage
import TestSupport
import Testing

@Suite("Ways to read a disk")
struct ReadPlanTests {
    /// A file system in memory that has no direct I/O.
    private static let memoryFolder = "/dev/shm"
    /// Whether direct I/O is refused there, as it is by most kernels.
    private static let isRefused: Bool = {
        guard let path = try? file(in: memoryFolder) else { return false }
        defer { try? FileManager.default.removeItem(atPath: path) }
        return (try? ReadFiles(paths: [path], direct: true)) == nil
    }()

    private static func file(in folder: String) throws -> String {
        let path = folder + "/sluice-test-\(UUID().uuidString)"
        try Data((0..<10_000).map { UInt8($0 % 251) }).write(to: URL(fileURLWithPath: path))
        return path
    }

    @Test(
        "falls back to the page cache where a file system refuses direct I/O, and says so",
        .enabled(if: isRefused, "no file system without direct I/O"), arguments: ReadMethod.allCases)
    func fallsBack(method: ReadMethod) throws {
        let path = try Self.file(in: Self.memoryFolder)
        defer { try? FileManager.default.removeItem(atPath: path) }
        let opened = try ReadPlan(method: method, blockBytes: 4096, depth: 2).open([path])
        #expect(!opened.method.isDirect && !opened.files.isDirect)
        // Threads may stand in for a ring that the system forbids, but not the other way round.
        #expect(method.usesRing || !opened.method.usesRing)
        let slab = try Slab(byteCount: 4096)
        unsafe opened.device.submit(
            BlockRead(file: 0, offset: 4096, byteCount: 4096, destination: slab.address(0), tag: 3))
        opened.device.flush()
        var completion: BlockCompletion?
        while completion == nil { completion = opened.device.next(timeoutMicroseconds: 100_000) }
        #expect(completion == BlockCompletion(tag: 3, result: 4096))
        #expect(slab.bytes(0..<4096) == (4096..<8192).map { UInt8($0 % 251) })
    }

    @Test("opens what was asked for where the system has it", arguments: ReadMethod.allCases)
    func takesTheWay(method: ReadMethod) throws {
        let folder = try TemporaryFolder()
        defer { withExtendedLifetime(folder) {} }
        let path = try Self.file(in: folder.path)
        let opened = try ReadPlan(method: method, blockBytes: 4096, depth: 3).open([path, path])
        #expect(opened.files.paths == [path, path] && opened.files.byteCounts == [10_000, 10_000])
        #expect(opened.files.isDirect == opened.method.isDirect)
        #expect(opened.device.depth == 3)
        if (try? ReadFiles(paths: [path], direct: true)) != nil {
            #expect(opened.method.isDirect == method.isDirect)
        }
    }

    @Test("a file that does not exist is an error with its path, not a reason to try another way")
    func missing() throws {
        let folder = try TemporaryFolder()
        defer { withExtendedLifetime(folder) {} }
        let (path, gone) = (try Self.file(in: folder.path), folder.path + "/gone")
        for method in ReadMethod.allCases {
            let error = #expect(throws: ExpertStorageError.self) {
                try ReadPlan(method: method, blockBytes: 4096, depth: 1).open([path, gone])
            }
            #expect(error?.code == .unreadableFile(.noSuchFileOrDirectory) && error?.path == gone)
        }
    }
}
