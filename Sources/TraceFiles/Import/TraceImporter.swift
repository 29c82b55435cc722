/// A reader of one format; a new one is a file in `Formats` and a line in ``TraceImporters``.
protocol TraceImporter: SendableMetatype {
    /// Its name on the command line.
    static var format: ForeignFormat { get }

    /// Whether a file looks like this format.
    static func recognizes(_ head: FileHead) -> Bool

    /// Reads the whole file.
    ///
    /// - Throws: `malformed` and others, with the line of a text or the byte of a binary file.
    static func read(_ input: ImportInput) throws(TraceFilesError) -> ImportedTrace
}
