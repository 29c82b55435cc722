import ModelFiles

/// Reads what other engines, simulators and scripts write about routing.
public enum TraceImport {
    /// Every format that can be read.
    public static var formats: [ForeignFormat] { TraceImporters.all.map { $0.format } }

    /// Reads a file.
    ///
    /// The file is mapped, not copied: memory grows with the choices in it, 16 to 22 bytes for each while it
    /// is read and 6 afterwards.
    ///
    /// - Parameters:
    ///   - format: a name of ``formats``; nil where the content is to tell.
    ///   - progress: told how many bytes of how many are done, every few megabytes.
    /// - Throws: `unknownFormat` where nothing recognizes it, what opening a file can meet, and what is
    ///   wrong with the content.
    public static func read(
        _ path: String, format: String? = nil, facts: ImportFacts = ImportFacts(),
        progress: @escaping (_ done: Int, _ total: Int) -> Void = { _, _ in }
    ) throws(TraceFilesError) -> ImportedTrace {
        try read(bytes(of: path), path: path, format: format, facts: facts, progress: progress)
    }

    /// Reads bytes that are in memory already, such as those of a pipe.
    ///
    /// - Parameter path: what errors name.
    public static func read(
        _ bytes: [UInt8], path: String, format: String? = nil, facts: ImportFacts = ImportFacts()
    ) throws(TraceFilesError) -> ImportedTrace {
        guard !bytes.isEmpty else { throw emptyFile(path) }
        return try read(
            FileBytes(copying: bytes), path: path, format: format, facts: facts, progress: { _, _ in })
    }

    private static func read(
        _ bytes: FileBytes, path: String, format: String?, facts: ImportFacts,
        progress: @escaping (Int, Int) -> Void
    ) throws(TraceFilesError) -> ImportedTrace {
        let importer = try importer(format, for: FileHead(bytes), path: path)
        let input = ImportInput(path: path, bytes: bytes, facts: facts, progress: progress)
        var imported = try importer.read(input)
        imported.format = importer.format.name
        return imported
    }

    private static func importer(
        _ format: String?, for head: FileHead, path: String
    ) throws(TraceFilesError) -> any TraceImporter.Type {
        if let format {
            if let named = TraceImporters.all.first(where: { $0.format.name == format }) { return named }
            throw TraceFilesError(.unknownFormat(found: quoted(format), advice: knownFormats), path: path)
        }
        if let found = TraceImporters.all.first(where: { $0.recognizes(head) }) { return found }
        throw TraceFilesError(
            .unknownFormat(found: head.appearance, advice: head.advice ?? knownFormats), path: path)
    }

    private static var knownFormats: String {
        "give --format with one of " + formats.map(\.name).joined(separator: ", ")
    }

    private static func bytes(of path: String) throws(TraceFilesError) -> FileBytes {
        do {
            return try DiskFiles().bytes(of: path)
        } catch {
            switch error.code {
            case .missingFile: throw TraceFilesError(.missingFile, path: path)
            case .unreadableFile(let reason):
                throw TraceFilesError(.unreadableFile(reason: reason), path: path)
            case .notRegularFile(let found):
                throw TraceFilesError(.unreadableFile(reason: "it is \(found)"), path: path)
            case .emptyFile: throw emptyFile(path)
            default: throw TraceFilesError(.unreadableFile(reason: "\(error)"), path: path)
            }
        }
    }

    private static func emptyFile(_ path: String) -> TraceFilesError {
        TraceFilesError(
            .malformed(
                found: "no byte", expected: "a trace",
                advice: "check that the program that writes it has ended"),
            path: path)
    }
}
