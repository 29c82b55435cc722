public import SystemPackage

/// What is wrong with the bytes of experts: which, where, and why.
public struct ExpertStorageError: Error, Sendable {
    /// What happened.
    public enum Code: Sendable, Equatable {
        /// The experts do not lie in the file as they are computed with.
        case notStreamable
        /// A file could not be opened.
        case unreadableFile(Errno)
        /// The system gives no memory for slots of so many bytes.
        case noMemory(byteCount: Int)
        /// A read failed.
        case readFailed(Errno)
        /// A file was written to after it had been opened.
        case fileChanged
        /// The file ended inside an expert.
        case endOfFile(needed: Int, found: Int)
        /// The system gives no io_uring.
        case noRing(Errno)
        /// The file is too small to measure a disk by it.
        case tooSmall(found: Int, needed: Int)
        /// The page cache keeps what it was asked to give up, so that reading from disk cannot be measured.
        case staysInMemory
    }

    /// What happened.
    public let code: Code
    /// The file, where one is concerned.
    public let path: String?
    /// Byte offset in the file.
    public let offset: Int?
    /// The layer of the expert whose bytes were wanted.
    public let layer: Int?
    /// The expert's number in its layer.
    public let expert: Int?

    public init(
        _ code: Code, path: String? = nil, offset: Int? = nil, layer: Int? = nil, expert: Int? = nil
    ) {
        self.code = code
        self.path = path
        self.offset = offset
        self.layer = layer
        self.expert = expert
    }
}

extension ExpertStorageError: CustomStringConvertible {
    public var description: String {
        var place = ""
        if let layer, let expert { place += "expert \(expert) of layer \(layer): " }
        if let path { place += path }
        if let offset { place += " at byte \(offset)" }
        if path != nil { place += ": " }
        return place + reason
    }

    private var reason: String {
        switch code {
        case .notStreamable:
            "its experts have to be repacked and cannot be read one by one; convert the model to GGUF, or "
                + "give it memory for all of them"
        case .unreadableFile(let error):
            "cannot be opened for reading experts (\(error)); check that the file exists and may be read"
        case .noMemory(let byteCount):
            "the system gives no \(byteCount) bytes for expert slots; ask for less with --memory"
        case .readFailed(let error):
            "the disk did not give the bytes (\(error)); check the disk and the file, then start again"
        case .fileChanged:
            "the file was written to while experts were read from it; start again once it is complete"
        case .endOfFile(let needed, let found):
            "the file ends inside an expert: \(needed) bytes were wanted and \(found) came; it was truncated "
                + "or replaced while it was read"
        case .noRing(let error):
            "the system gives no io_uring (\(error)); containers often forbid it, and threads read instead"
        case .tooSmall(let found, let needed):
            "\(found) bytes are too few to measure a disk by; expected a file of at least \(needed)"
        case .staysInMemory:
            "the file stays in memory, so reading it from disk cannot be measured; another program uses it"
        }
    }
}
