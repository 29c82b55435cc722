import ModelFiles
import TestSupport
import Testing

@Suite("Malformed models")
struct MalformedModelTests {
    @Test("the suite has at least 60 cases, each with its own name")
    func suiteIsLarge() {
        let names = MalformedModel.all.map { "\($0.entry) \($0.blamed) \($0.name)" }
        #expect(names.count >= 60)
        #expect(Set(names).count == names.count)
    }

    @Test("gives the exact error from memory", arguments: MalformedModel.all)
    func failsInMemory(model: MalformedModel) throws {
        let folder = MemoryFiles.folder
        let path = model.entry.isEmpty ? folder : MemoryFiles.path(model.entry)
        let error = #expect(throws: ModelFileError.self) {
            try ModelFile.open(path, files: MemoryFiles(model.files))
        }
        check(try #require(error), model, folder: folder)
    }

    @Test("gives the same error from disk", arguments: MalformedModel.all)
    func failsOnDisk(model: MalformedModel) throws {
        let folder = try TemporaryFolder()
        for (name, bytes) in model.files { try folder.write(bytes, to: name) }
        let path = model.entry.isEmpty ? folder.path : folder.path + "/" + model.entry
        let error = #expect(throws: ModelFileError.self) { try ModelFile.open(path) }
        check(try #require(error), model, folder: folder.path)
    }

    private func check(_ error: ModelFileError, _ model: MalformedModel, folder: String) {
        #expect(withoutFolder(error.code, folder) == model.code)
        #expect(error.path == (model.blamed.isEmpty ? folder : folder + "/" + model.blamed))
        #expect(error.offset == model.offset)
        #expect(error.key == model.key)
        #expect(error.tensor == model.tensor)
        checkDescription(error)
    }

    /// The description names everything that the error knows, says what to try, and is one line of plain
    /// text.
    private func checkDescription(_ error: ModelFileError) {
        let text = error.description
        #expect(text.contains(error.path))
        if let offset = error.offset { #expect(text.contains("byte \(offset)")) }
        if let key = error.key { #expect(text.contains("key '\(key)'")) }
        if let tensor = error.tensor { #expect(text.contains("tensor '\(tensor)'")) }
        #expect(text.contains("; "))
        #expect(!text.unicodeScalars.contains { $0.value < 0x20 })
    }

    private func withoutFolder(_ code: ModelFileError.Code, _ folder: String) -> ModelFileError.Code {
        guard case .duplicateTensor(let path) = code, path.hasPrefix(folder + "/") else { return code }
        return .duplicateTensor(otherPath: String(path.dropFirst(folder.count + 1)))
    }
}
