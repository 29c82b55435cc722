import Foundation
import ModelFiles
import TestSupport
import Testing

@Suite("Paths that are no model file")
struct DiskFilesTests {
    private func failure(_ path: String) throws -> ModelFileError {
        let error = #expect(throws: ModelFileError.self) { try ModelFile.open(path) }
        return try #require(error)
    }

    @Test("a path that leads nowhere")
    func missing() throws {
        let folder = try TemporaryFolder()
        let error = try failure(folder.path + "/none.gguf")
        #expect(error.code == .missingFile)
        #expect(error.path == folder.path + "/none.gguf")
    }

    @Test("a path through a file")
    func throughFile() throws {
        let folder = try TemporaryFolder()
        let file = try folder.write("text", to: "file")
        #expect(try failure(file + "/model.gguf").code == .missingFile)
    }

    @Test("a link that leads nowhere")
    func danglingLink() throws {
        let folder = try TemporaryFolder()
        let link = folder.path + "/model.gguf"
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: folder.path + "/gone")
        #expect(try failure(link).code == .missingFile)
    }

    @Test("a link that leads to itself")
    func circularLink() throws {
        let folder = try TemporaryFolder()
        let link = folder.path + "/model.gguf"
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: link)
        guard case .unreadableFile = try failure(link).code else {
            Issue.record("expected an unreadable file")
            return
        }
    }

    @Test("links to the shards are followed, as the cache of Hugging Face has them")
    func goodLinks() throws {
        let (folder, blobs) = (try TemporaryFolder(), try TemporaryFolder())
        for (name, bytes) in SampleModels.shardedSafetensors.files {
            let blob = try blobs.write(bytes, to: "blob-\(name)")
            try FileManager.default.createSymbolicLink(
                atPath: folder.path + "/" + name, withDestinationPath: blob)
        }
        #expect(try ModelFile.open(folder.path).parts.count == 2)
    }

    @Test("a pipe that nobody writes to is refused without waiting", .timeLimit(.minutes(10)))
    func pipe() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/model.gguf"
        let result = unsafe mkfifo(path, 0o600)
        #expect(result == 0)
        #expect(try failure(path).code == .notRegularFile(found: "a pipe"))
    }

    @Test("a device is refused")
    func device() throws {
        #expect(try failure("/dev/zero").code == .notRegularFile(found: "a device"))
    }

    @Test("a folder in the place of a shard is refused")
    func folderAsShard() throws {
        let folder = try TemporaryFolder()
        var files = SampleModels.shardedSafetensors.files
        files[SampleModels.shardNames[1]] = nil
        for (name, bytes) in files { try folder.write(bytes, to: name) }
        let shard = folder.path + "/" + SampleModels.shardNames[1]
        try FileManager.default.createDirectory(atPath: shard, withIntermediateDirectories: false)
        let error = try failure(folder.path)
        #expect(error.code == .notRegularFile(found: "a folder"))
        #expect(error.path == shard)
    }

    @Test("an unreadable shard is an error that names it")
    func unreadable() throws {
        let files = MemoryFiles(
            SampleModels.shardedSafetensors.files, unreadable: [SampleModels.shardNames[1]])
        let error = #expect(throws: ModelFileError.self) {
            try ModelFile.open(MemoryFiles.folder, files: files)
        }
        #expect(error?.code == .unreadableFile(reason: "Input/output error"))
        #expect(error?.path == MemoryFiles.path(SampleModels.shardNames[1]))
    }
}
