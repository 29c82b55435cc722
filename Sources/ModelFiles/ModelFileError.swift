/// What is wrong with a model file: what was found, what was expected, and where.
public struct ModelFileError: Error, Sendable {
    /// What is wrong. Payloads say what was found and, where it is no constant, what was expected.
    public enum Code: Sendable, Equatable {
        // What the reader of a model asked for.
        case missingMetadata(key: String)
        case wrongMetadata(key: String, found: String, expected: String)
        case missingTensor(name: String)
        case wrongShape(tensor: String, found: [Int], expected: [Int])
        case wrongFormat(tensor: String, found: String, expected: String)

        // Files and folders.
        case missingFile
        case unreadableFile(reason: String)
        case notRegularFile(found: String)
        case emptyFile
        case noMemory(byteCount: Int)
        case unknownContainer(found: String)
        case noModel(expected: String)
        case severalModels(found: [String])

        // Bytes: ends, limits and text.
        case truncated(reading: String, needed: UInt64, available: UInt64)
        case limitExceeded(limit: String, found: UInt64, maximum: UInt64)
        case invalidText(found: String)
        case emptyName

        // GGUF.
        case bigEndian
        case unsupportedVersion(found: UInt32)
        case unknownMetadataType(found: UInt32)
        case invalidBoolean(found: UInt8)
        case duplicateMetadata
        case invalidAlignment(found: String)
        case notFirstPart(found: Int, count: Int)
        case wrongPartName(expected: String)
        case partsDisagree(found: String, expected: String)

        // Tensors.
        case duplicateTensor(otherPath: String)
        case unsupportedTensorType(found: String)
        case invalidShape(found: String, expected: String)
        case partialBlock(columns: Int, blockElements: Int)
        case sizeOverflow(found: String)
        case wrongTensorSize(found: Int, expected: Int)
        case misalignedTensor(alignment: Int)
        case invalidRange(found: String)
        case tensorOutsideFile(end: UInt64, limit: UInt64)
        case overlappingTensors(other: String)
        case unclaimedBytes(count: Int)

        // Stores.
        case unsupportedStoreVersion(found: UInt32)
        case unsupportedRecordLayout(found: UInt32)
        case wrongChecksum(of: String, found: String, expected: String)
        case wrongStoreSize(found: UInt64, expected: UInt64)
        case invalidStore(found: String, expected: String)
        case scatteredBytes(count: Int)

        // JSON and shard indexes.
        case invalidJSON(found: String, expected: String)
        case unsafeShardName(found: String)
        case tensorNotInShard(shard: String)
        case missingShard(shard: String)
    }

    /// What is wrong.
    public let code: Code
    /// The file, as the user named it or as an index names it.
    public let path: String
    /// Byte offset of the problem in the file, where one exists.
    public let offset: Int?
    /// The metadata key (or the dotted path of a JSON value) that the problem is about.
    public let key: String?
    /// The tensor that the problem is about.
    public let tensor: String?

    /// Creates an error; key and tensor come from `code` where it names them.
    public init(
        _ code: Code, path: String, offset: Int? = nil, key: String? = nil, tensor: String? = nil
    ) {
        self.code = code
        self.path = path
        self.offset = offset
        switch code {
        case .missingMetadata(let named), .wrongMetadata(let named, _, _):
            self.key = named
            self.tensor = tensor
        case .missingTensor(let named), .wrongShape(let named, _, _), .wrongFormat(let named, _, _):
            self.key = key
            self.tensor = named
        default:
            self.key = key
            self.tensor = tensor
        }
    }
}
