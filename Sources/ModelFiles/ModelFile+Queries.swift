import SystemPackage

extension ModelFile {
    /// The record of a tensor that the model cannot do without.
    ///
    /// - Throws: `missingTensor`; `wrongFormat` where the tensor is there, but of a type that is no weight.
    public func require(_ name: String) throws(ModelFileError) -> TensorRecord {
        if let record = tensors[name] { return record }
        if let opaque = opaqueTensors[name] {
            let code = ModelFileError.Code.wrongFormat(
                tensor: name, found: opaque.elementType, expected: "a weight format")
            throw ModelFileError(code, path: parts[opaque.part], offset: opaque.offset)
        }
        throw ModelFileError(.missingTensor(name: name), path: path)
    }

    /// The folder that the model lies in, where `tokenizer.json` and the like are.
    public var folder: String {
        let folder = FilePath(parts.first ?? path).removingLastComponent().string
        return folder.isEmpty ? "." : folder
    }

    /// Everything on disk that the model is made of, which nobody should write over: the files with its
    /// tensors, and beside safetensors the settings, tokenizer and template.
    public var inputPaths: [String] {
        guard container == .safetensors, store == nil else { return diskPaths }
        let names = ((try? files.names(in: folder)) ?? []).filter {
            Self.companionNames.contains($0) || $0.hasSuffix(SafetensorsModel.indexSuffix)
        }
        return diskPaths + names.map { SafetensorsModel.join(folder, $0) }
    }

    private static let companionNames: Set = [
        SafetensorsModel.configName, "generation_config.json", "tokenizer.json", "tokenizer_config.json",
        "chat_template.jinja",
    ]

    /// Calls `body` with the tensor's bytes as they stand in the file. Allocates: none.
    ///
    /// - Throws: `scatteredBytes` where the tensor does not lie together.
    /// - Precondition: `record` is one of this file's.
    public func withBytes<Result>(
        of record: TensorRecord, _ body: (Span<UInt8>) throws(ModelFileError) -> Result
    ) throws(ModelFileError) -> Result {
        try check(record.byteRange, of: record.name, part: record.part)
        return try bytes(of: record.part).withSpan(record.byteRange, body)
    }

    /// The same for a tensor that is no weight.
    ///
    /// - Precondition: `tensor` is one of this file's.
    public func withBytes<Result>(
        of tensor: OpaqueTensor, _ body: (Span<UInt8>) throws(ModelFileError) -> Result
    ) throws(ModelFileError) -> Result {
        try withBytes(of: tensor, in: 0..<tensor.byteCount, body)
    }

    /// Bytes of a file that lies beside the parts, such as `tokenizer.json`; nil where there is none.
    public func companionByteCount(_ name: String) -> Int? {
        try? files.bytes(of: FilePath(folder).appending(name).string).count
    }
}
