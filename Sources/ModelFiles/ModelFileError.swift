/// What is wrong with a model file: what was found, what was expected, and where.
public struct ModelFileError: Error, Sendable {
    public enum Code: Sendable, Equatable {
        case missingMetadata(key: String)
        case wrongMetadata(key: String, found: String, expected: String)
        case missingTensor(name: String)
        case wrongShape(tensor: String, found: [Int], expected: [Int])
    }

    public let code: Code
    /// The file, as the user named it or as an index names it.
    public let path: String
    /// Byte offset of the problem in the file, where one exists.
    public let offset: Int?

    public init(_ code: Code, path: String, offset: Int? = nil) {
        self.code = code
        self.path = path
        self.offset = offset
    }
}
