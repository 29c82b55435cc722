import ExpertStorage
import Foundation
import SystemPackage
import TestSupport
import Testing

@Suite("Devices that read blocks")
struct ReadDeviceTests {
    @Test(
        "give the bytes of a file, by threads and by io_uring, direct and buffered",
        arguments: ReadMethod.allCases)
    func giveBytes(method: ReadMethod) throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/blocks"
        var generator = SeededGenerator(seed: 1)
        let content = (0..<300_001).map { _ in UInt8.random(in: 0...255, using: &generator) }
        try Data(content).write(to: URL(fileURLWithPath: path))
        guard let device = try Self.device(method, path: path, depth: 4) else { return }
        let slab = try Slab(byteCount: 75 * 4096)
        var open: Set<Int> = []
        var next = 0
        var read = 0
        while next < 74 || !open.isEmpty {
            while next < 74, open.count < 4 {
                unsafe device.submit(
                    BlockRead(
                        file: 0, offset: next * 4096, byteCount: 4096,
                        destination: slab.address(next * 4096), tag: next))
                open.insert(next)
                next += 1
            }
            guard let completion = device.next(timeoutMicroseconds: 1_000_000) else { continue }
            #expect(open.remove(completion.tag) != nil)
            #expect(completion.result == min(4096, content.count - completion.tag * 4096))
            read += completion.result
        }
        #expect(read == content.count)
        #expect(slab.bytes(0..<content.count) == content)
        #expect(device.next(timeoutMicroseconds: 1000) == nil)
    }

    @Test("report a read that fails by its tag", arguments: ReadMethod.allCases)
    func reportFailure(method: ReadMethod) throws {
        let folder = try TemporaryFolder()
        guard let device = try Self.device(method, path: folder.path, depth: 2) else { return }
        let slab = try Slab(byteCount: 8192)
        unsafe device.submit(
            BlockRead(file: 0, offset: 0, byteCount: 4096, destination: slab.address(0), tag: 41))
        let completion = device.next(timeoutMicroseconds: 10_000_000)
        #expect(completion == BlockCompletion(tag: 41, result: -Int(Errno.isDirectory.rawValue)))
    }

    @Test("say at once that nothing comes where nothing is under way", arguments: ReadMethod.allCases)
    func saysNothingComes(method: ReadMethod) throws {
        let folder = try TemporaryFolder()
        let path = try folder.write([UInt8](repeating: 1, count: 8192), to: "file")
        guard let device = try Self.device(method, path: path, depth: 2) else { return }
        let start = ContinuousClock.now
        #expect(device.next(timeoutMicroseconds: 20_000_000) == nil)
        #expect(ContinuousClock.now - start < .seconds(10))
    }

    @Test("say when a file was written to after it was opened")
    func noticeChange() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/changing"
        try Data(count: 10_000).write(to: URL(fileURLWithPath: path))
        let files = try ReadFiles(paths: [path], direct: false)
        #expect(files.changedFile() == nil)
        let handle = try #require(FileHandle(forWritingAtPath: path))
        try handle.truncate(atOffset: 5000)
        #expect(files.changedFile() == 0)
    }

    @Test("name the file that cannot be opened")
    func nameMissingFile() {
        #expect {
            try ReadFiles(paths: ["/no/such/file"], direct: false)
        } throws: { error in
            "\(error)".contains("/no/such/file") && "\(error)".contains("No such file")
        }
    }

    /// A device of `method`; nil, visibly, where this system or file system has none.
    private static func device(_ method: ReadMethod, path: String, depth: Int) throws -> (any ReadDevice)? {
        let files: ReadFiles
        do throws(ExpertStorageError) {
            files = try ReadFiles(paths: [path], direct: method.isDirect)
        } catch {
            guard error.code == .unreadableFile(.invalidArgument) else { throw error }
            print("skipped: no direct I/O in \(path)")
            return nil
        }
        guard method.usesRing else { return ThreadDevice(files: files, depth: depth) }
        #if os(Linux)
        do {
            return try RingDevice(files: files, depth: depth)
        } catch {
            print("skipped: no io_uring here (\(error))")
            return nil
        }
        #else
        return nil
        #endif
    }
}
