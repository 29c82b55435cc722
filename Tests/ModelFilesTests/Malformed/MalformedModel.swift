import ModelFiles
import TestSupport
import Testing

/// A wrong model and the error that it must give.
struct MalformedModel: CustomTestStringConvertible, Sendable {
    /// What is wrong.
    let name: String
    /// Contents by file name.
    var files: [String: [UInt8]]
    /// The file to open; empty for the folder.
    var entry: String
    let code: ModelFileError.Code
    /// The file that the error names; empty for the folder.
    var blamed: String
    var offset: Int?
    var key: String?
    var tensor: String?

    var testDescription: String { name }

    init(
        _ name: String, files: [String: [UInt8]], entry: String, code: ModelFileError.Code,
        blamed: String? = nil,
        offset: Int? = nil, key: String? = nil, tensor: String? = nil
    ) {
        self.name = name
        self.files = files
        self.entry = entry
        self.code = code
        self.blamed = blamed ?? entry
        self.offset = offset
        self.key = key
        self.tensor = tensor
    }

    /// Every malformed model of the suite.
    static var all: [MalformedModel] {
        malformedGGUFHeaders + malformedGGUFMetadata + malformedGGUFTensors + malformedSplits
            + malformedSafetensorsHeaders + malformedSafetensorsTensors + malformedIndexes
            + malformedConfigurations
    }
}
