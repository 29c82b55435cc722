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
        /// The bytes of a store's record do not sum up to its checksum.
        case damaged(expected: String, found: String)
        /// Records that have to be joined were to be used where they lie.
        case splitRecords
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

        // Stores.
        /// What is to be packed, or verified against, is a store itself.
        case alreadyStore
        /// What is to be verified is none.
        case notStore
        /// There is nothing that could become a record.
        case noExperts
        /// Pieces of experts that cannot be: outside of their file, or shared.
        case invalidExperts(found: String)
        /// There is a file in the store's place.
        case fileExists
        /// The store would take the place of a file that it is packed from.
        case isSource
        /// Another process packs the same store.
        case inUse
        /// The store cannot be created or written.
        case unwritableFile(Errno)
        /// The disk has too little room.
        case diskFull(missing: Int)
        /// A file of the source was written to while it was packed.
        case sourceChanged
        /// The store was not packed from this source.
        case otherSource(found: String, expected: String)
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
        case .damaged(let expected, let found):
            "the record is damaged: its checksum is \(found), expected \(expected); `sluice verify` finds "
                + "all that are, and packing the model again helps"
        case .splitRecords:
            "the records of this store are progressive and cannot be used where they lie; leave --io mmap out"
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
        case .alreadyStore: "this is a store already; name the model that it was packed from"
        case .notStore: "this is no store; name a file that `sluice pack` wrote"
        case .noExperts: "there are no experts that could be read one by one; a store would not help"
        case .invalidExperts(let found): "found \(found); the model cannot be packed"
        case .fileExists: "there is such a file already; name another one, or replace it with --force"
        case .isSource: "this is a file of the model itself; name another one"
        case .inUse: "another process is packing this store; wait for it, or name another file"
        case .unwritableFile(let error):
            "the store cannot be written (\(error)); check folder and permissions, or name another file"
        case .diskFull(let missing):
            "the disk has too little room: \(missing) bytes are missing; make room and pack again, which "
                + "goes on where it stopped, or name a file on another disk"
        case .sourceChanged: "the file was written to while it was packed; pack it again"
        case .otherSource(let found, let expected):
            "the store was not packed from this model: found \(found), expected \(expected)"
        }
    }
}
