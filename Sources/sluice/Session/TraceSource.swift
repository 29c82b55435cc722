import Residency
import TraceFiles

/// A file of traces, in Sluice's own container or as another program wrote it.
struct TraceSource {
    /// What messages call it.
    let name: String
    /// The format that it was read as.
    let format: String
    /// What the format left open, or what is missing.
    let notes: [String]
    /// The model's; nil where the file does not say.
    let fingerprint: String?
    /// What else the file says of how it came about.
    let facts: [(name: String, value: String)]
    let content: ImportedTrace.Content

    /// - Throws: `TraceFilesError`.
    init(path: String) throws {
        do throws(TraceFilesError) {
            self.init(try TraceFile.read(path), name: TraceInput.name(path))
        } catch {
            guard case .unknownContainer(_) = error.code else { throw error }
            self.init(try TraceImport.read(BusErrors.watch(path)), name: TraceInput.name(path))
        }
    }

    private init(_ imported: ImportedTrace, name: String) {
        self.name = name
        format = imported.format
        notes = imported.notes
        fingerprint = nil
        facts = []
        content = imported.content
    }

    private init(_ file: TraceFile, name: String) {
        self.name = name
        format = "sluice"
        notes =
            file.isComplete
            ? [] : ["its end is missing; \(file.tornBytes) bytes behind the last whole block were not read"]
        fingerprint = file.header.fingerprint.map { "\($0)" }
        let model = file.header.modelName
        facts =
            (model.isEmpty ? [] : [("model", model)])
            + file.header.notes.map { (name: $0.key, value: $0.value) }
        switch file.contents {
        case .routing(let trace): content = .choices(trace)
        case .usage(let usage): content = .usage(usage)
        }
    }
}
