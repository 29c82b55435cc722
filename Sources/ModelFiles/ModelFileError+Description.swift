extension ModelFileError: CustomStringConvertible {
    /// One sentence for the user: where, what was found, what was expected, what to try.
    public var description: String {
        var place = "\(quoted(path))"
        if let tensor { place += ", tensor \(quoted(tensor))" }
        if let key { place += ", key \(quoted(key))" }
        if let offset { place += ", byte \(offset)" }
        return "\(place): \(finding); \(advice)."
    }

    private var finding: String {
        switch code {
        case .missingMetadata: "the key is missing"
        case .wrongMetadata(_, let found, let expected): "the value is \(found), expected \(expected)"
        case .missingTensor: "the tensor is missing"
        case .wrongShape(_, let found, let expected): "the shape is \(found), expected \(expected)"
        case .wrongFormat(_, let found, let expected): "the format is \(found), expected \(expected)"
        case .missingFile: "there is no such file or folder"
        case .unreadableFile(let reason): "the file cannot be read (\(reason))"
        case .notRegularFile(let found): "found \(found), expected a regular file"
        case .emptyFile: "the file is empty"
        case .noMemory(let byteCount): "the system gives no \(byteCount) bytes for the weights of every token"
        case .unknownContainer(let found):
            "the file starts with \(found), which is neither GGUF nor safetensors nor a store of Sluice"
        case .noModel(let expected): "no model found, expected \(expected)"
        case .severalModels(let found):
            "the folder holds several models: \(found.prefix(8).map { quoted($0) }.joined(separator: ", "))"
        case .truncated(let reading, let needed, let available):
            "\(reading) needs \(needed) bytes, but only \(available) are left in the file"
        case .limitExceeded(let limit, let found, let maximum):
            "\(limit): found \(found), at most \(maximum) are accepted"
        case .invalidText(let found): "the text \(found) is not valid UTF-8"
        case .emptyName: "found an empty name, expected at least one character"
        case .bigEndian: "the file is big-endian, expected little-endian"
        case .unsupportedVersion(let found): "found GGUF version \(found), expected 2 or 3"
        case .unknownMetadataType(let found): "found metadata type \(found), expected 0 to 12"
        case .invalidBoolean(let found): "found a boolean of value \(found), expected 0 or 1"
        case .duplicateMetadata: "the name occurs twice, expected once"
        case .invalidAlignment(let found):
            "found an alignment of \(found), expected a power of two of at least 8"
        case .notFirstPart(let found, let count): "found part \(found + 1) of \(count), expected the first"
        case .wrongPartName(let expected):
            "the file says that it is part of a split, expected a name like \(quoted(expected))"
        case .partsDisagree(let found, let expected):
            "the parts disagree: found \(found), expected \(expected)"
        default: storeFinding ?? tensorFinding
        }
    }

    private var storeFinding: String? {
        switch code {
        case .unsupportedStoreVersion(let found):
            "found version \(found) of the store, expected \(StoreFormat.version)"
        case .unsupportedRecordLayout(let found):
            "found records of layout \(found), expected \(StoreRecordLayout.plain.rawValue)"
        case .wrongChecksum(let what, let found, let expected):
            "the checksum of \(what) is \(found), expected \(expected)"
        case .wrongStoreSize(let found, let expected):
            "the store has \(found) bytes, expected \(expected)"
        case .invalidStore(let found, let expected): "found \(found), expected \(expected)"
        case .scatteredBytes(let count):
            "the \(count) bytes that were asked for do not lie together in the store"
        default: nil
        }
    }

    private var tensorFinding: String {
        switch code {
        case .duplicateTensor(let other): "the tensor occurs a second time (first in \(quoted(other)))"
        case .unsupportedTensorType(let found):
            "found elements of type \(found), which Sluice cannot compute with"
        case .invalidShape(let found, let expected): "found the shape \(found), expected \(expected)"
        case .partialBlock(let columns, let block):
            "found rows of \(columns) elements, expected a multiple of \(block)"
        case .sizeOverflow(let found): "the size of \(found) does not fit 63 bits"
        case .wrongTensorSize(let found, let expected):
            "found a range of \(found) bytes, but shape and type give \(expected)"
        case .misalignedTensor(let alignment):
            "found an offset that is no multiple of the alignment \(alignment)"
        case .invalidRange(let found): "found the byte range \(found), expected two rising offsets"
        case .tensorOutsideFile(let end, let limit):
            "the tensor ends at byte \(end), but the file at \(limit)"
        case .overlappingTensors(let other): "the bytes overlap those of tensor \(quoted(other))"
        case .unclaimedBytes(let count): "found \(count) bytes that belong to no tensor, expected none"
        case .invalidJSON(let found, let expected): "found \(found), expected \(expected)"
        case .unsafeShardName(let found):
            "found the shard name \(quoted(found)), expected a plain file name in the same folder"
        case .tensorNotInShard(let shard):
            "the index places the tensor in \(quoted(shard)), which does not hold it"
        case .missingShard(let shard):
            "the index places the tensor in \(quoted(shard)), which is not in its folder"
        default: "the file is malformed"
        }
    }

    private var advice: String {
        switch code {
        case .missingMetadata, .wrongMetadata:
            "convert the model again, or check that it is one of the supported architectures"
        case .missingTensor, .wrongShape, .tensorNotInShard:
            "check that the download is complete and that the configuration belongs to these weights"
        case .wrongFormat, .unsupportedTensorType:
            "convert or quantize the model to a supported type, for example Q4_K or BF16"
        case .missingShard: "check that every file of the model has been downloaded"
        case .missingFile: "check the path and that every file of the model has been downloaded"
        case .unreadableFile, .notRegularFile: "check what the path points to and its permissions"
        case .emptyFile, .truncated, .tensorOutsideFile: "download the file again; it is probably incomplete"
        case .noMemory: "close other programs, or take a smaller model"
        case .unknownContainer:
            "give a .gguf file, a .safetensors file, a .sluice store, or a folder with config.json"
        case .unsupportedStoreVersion, .unsupportedRecordLayout:
            "pack the model again with this version, or update Sluice"
        case .wrongChecksum, .wrongStoreSize, .invalidStore, .scatteredBytes:
            "the store is damaged; pack the model again"
        case .noModel:
            "give a GGUF file or a Hugging Face folder with safetensors (convert other weight files first)"
        case .severalModels: "name the file that you mean"
        case .bigEndian: "convert the model again with little-endian output"
        case .unsupportedVersion: "convert the model again with a current converter"
        case .notFirstPart: "give the first part; the others are found next to it"
        case .wrongPartName: "restore the file's original name"
        case .partsDisagree, .duplicateTensor: "check that all parts come from the same download"
        case .limitExceeded: "the file is probably damaged; if it is genuine, please report it"
        case .unsafeShardName: "repair the index; shards may not lie outside the model's folder"
        default: "the file is damaged or was written by a faulty tool; download or convert it again"
        }
    }
}

/// Text of a file as an error shows it: quoted, without control characters, and not longer than a line.
package func quoted(_ text: String) -> String {
    var shown = ""
    for scalar in text.unicodeScalars.prefix(160) {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate:
            shown += "\\u{\(String(scalar.value, radix: 16))}"
        default:
            shown.unicodeScalars.append(scalar)
        }
    }
    return "'\(shown)'\(text.unicodeScalars.count > 160 ? "…" : "")"
}
