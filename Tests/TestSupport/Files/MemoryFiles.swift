package import ModelFiles

/// A folder of files in memory, with the faults that a disk can have.
package struct MemoryFiles: FileAccess {
    /// The folder's path; every file lies directly in it.
    package static let folder = "model"

    package var files: [String: [UInt8]]
    /// Names that exist but cannot be opened.
    package var unreadable: Set<String>

    package init(_ files: [String: [UInt8]], unreadable: Set<String> = []) {
        self.files = files
        self.unreadable = unreadable
    }

    /// The path of a file.
    package static func path(_ name: String) -> String { folder + "/" + name }

    package func kind(of path: String) throws(ModelFileError) -> FileKind {
        if path == Self.folder { return .folder }
        guard files[name(path)] != nil else { throw ModelFileError(.missingFile, path: path) }
        return .file
    }

    package func names(in folder: String) throws(ModelFileError) -> [String] {
        guard folder == Self.folder else { throw ModelFileError(.missingFile, path: folder) }
        return files.keys.sorted()
    }

    package func bytes(of path: String) throws(ModelFileError) -> FileBytes {
        guard let bytes = files[name(path)] else { throw ModelFileError(.missingFile, path: path) }
        if unreadable.contains(name(path)) {
            throw ModelFileError(.unreadableFile(reason: "Input/output error"), path: path)
        }
        guard !bytes.isEmpty else { throw ModelFileError(.emptyFile, path: path, offset: 0) }
        return FileBytes(copying: bytes)
    }

    private func name(_ path: String) -> String { String(path.dropFirst(Self.folder.count + 1)) }
}
