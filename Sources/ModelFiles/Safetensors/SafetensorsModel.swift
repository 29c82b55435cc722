import SystemPackage

/// Opens a Hugging Face folder: `config.json` and the weights beside it, in one safetensors file or in
/// shards.
enum SafetensorsModel {
    static let configName = "config.json"
    static let weightsSuffix = ".safetensors"
    static let indexSuffix = ".safetensors.index.json"
    static let weightsName = "model.safetensors"
    static let indexName = "model.safetensors.index.json"

    /// Opens the model in `folder`.
    ///
    /// - Parameter weights: the weight file or index that the user named; nil to take the usual names.
    static func open(
        _ path: String, weights: String?, folder: String, files: some FileAccess
    ) throws(ModelFileError) -> ModelFile {
        let configPath = join(folder, configName)
        let config = try files.bytes(of: configPath)
        let metadata = try ConfigMetadata.read(configPath, bytes: config)
        var contents = ModelFile.Contents(
            container: .safetensors, path: path, metadata: metadata, files: files)
        config.withSpan(0..<config.count) { contents.fingerprint.combine($0) }
        let names = try files.names(in: folder)
        let weights = if let weights { weights } else { try usualWeights(names, folder) }
        if weights.hasSuffix(indexSuffix) {
            try addShards(index: weights, folder, files, to: &contents)
        } else if weights != weightsName, names.contains(indexName), try isShard(weights, folder, files) {
            try addShards(index: indexName, folder, files, to: &contents)
        } else {
            try addFile(weights, folder, files, index: nil, to: &contents)
        }
        return ModelFile(contents)
    }

    /// The folder that holds `path`.
    static func folder(of path: String) -> String {
        let folder = FilePath(path).removingLastComponent().string
        return folder.isEmpty ? "." : folder
    }

    static func join(_ folder: String, _ name: String) -> String { FilePath(folder).appending(name).string }

    private static func usualWeights(_ names: [String], _ folder: String) throws(ModelFileError) -> String {
        if names.contains(weightsName) { return weightsName }
        if names.contains(indexName) { return indexName }
        throw ModelFileError(.noModel(expected: "\(weightsName) or \(indexName)"), path: folder)
    }

    private static func isShard(
        _ name: String, _ folder: String, _ files: some FileAccess
    ) throws(ModelFileError) -> Bool {
        let path = join(folder, indexName)
        return try ShardIndex(files.bytes(of: path), path: path).shards.contains(name)
    }

    private static func addShards(
        index name: String, _ folder: String, _ files: some FileAccess, to contents: inout ModelFile.Contents
    ) throws(ModelFileError) {
        let path = join(folder, name)
        let index = try ShardIndex(files.bytes(of: path), path: path)
        for shard in index.shards { try addFile(shard, folder, files, index: index, to: &contents) }
    }

    /// Adds the tensors of one file; of a shard only those that the index places there.
    private static func addFile(
        _ name: String, _ folder: String, _ files: some FileAccess, index: ShardIndex?,
        to contents: inout ModelFile.Contents
    ) throws(ModelFileError) {
        let path = join(folder, name)
        let bytes = if let index { try index.bytes(of: name, files) } else { try files.bytes(of: path) }
        let header = try SafetensorsHeader(bytes, path: path)
        try index?.check(header, shard: name)
        let part = contents.addPart(bytes, path: path, headerBytes: header.headerBytes)
        for tensor in header.tensors {
            if let placed = index?.tensors[name], !placed.contains(tensor.name) { continue }
            let (offset, size) = (tensor.range.lowerBound, tensor.range.count)
            if let format = tensor.type.format {
                let record = TensorRecord(
                    name: tensor.name, format: format, shape: tensor.shape, part: part, offset: offset,
                    byteCount: size)
                try contents.directory.add(record, parts: contents.parts, offset: offset)
            } else {
                let opaque = OpaqueTensor(
                    name: tensor.name, elementType: tensor.type.name, shape: tensor.shape, part: part,
                    offset: offset,
                    byteCount: size)
                try contents.directory.add(opaque, parts: contents.parts, offset: offset)
            }
        }
    }
}
