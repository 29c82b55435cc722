/// `model.safetensors.index.json`: which shard holds which tensor.
struct ShardIndex {
    let path: String
    /// Shard names in order of first mention, plain names in the index's folder.
    private(set) var shards: [String] = []
    /// The tensors that the index places in each shard.
    private(set) var tensors: [String: Set<String>] = [:]

    /// - Throws: `wrongMetadata`, `unsafeShardName`, `limitExceeded`, and what JSON can violate.
    init(_ bytes: FileBytes, path: String) throws(ModelFileError) {
        self.path = path
        let json = try JSONValue.read(path, bytes: bytes)
        guard let entries = json["weight_map"]?.object else {
            let found = json["weight_map"]?.kind ?? "nothing"
            let code = ModelFileError.Code.wrongMetadata(
                key: "weight_map", found: found, expected: "an object")
            throw ModelFileError(code, path: path)
        }
        guard !entries.isEmpty else {
            let code = ModelFileError.Code.wrongMetadata(
                key: "weight_map", found: "an empty object", expected: "at least one tensor")
            throw ModelFileError(code, path: path)
        }
        for entry in entries {
            guard let shard = entry.value.string else {
                let code = ModelFileError.Code.wrongMetadata(
                    key: "weight_map", found: entry.value.kind, expected: "a file name")
                throw ModelFileError(code, path: path, tensor: entry.name)
            }
            try check(shard, entry.name)
            if tensors[shard] == nil { shards.append(shard) }
            tensors[shard, default: []].insert(entry.name)
        }
        guard shards.count <= FileLimits.parts else {
            let code = ModelFileError.Code.limitExceeded(
                limit: "the shards", found: UInt64(shards.count), maximum: UInt64(FileLimits.parts))
            throw ModelFileError(code, path: path, key: "weight_map")
        }
        shards.sort()
    }

    /// A shard is a file in the folder of the index and nowhere else; a link there may lead elsewhere,
    /// because the user made it.
    private func check(_ shard: String, _ tensor: String) throws(ModelFileError) {
        let isPlain = !shard.unicodeScalars.contains { $0 == "/" || $0 == "\\" || $0.value < 0x20 }
        guard isPlain, shard.hasSuffix(SafetensorsModel.weightsSuffix),
            shard != SafetensorsModel.weightsSuffix
        else {
            throw ModelFileError(
                .unsafeShardName(found: shard), path: path, key: "weight_map", tensor: tensor)
        }
    }

    /// The bytes of one of the shards.
    ///
    /// - Throws: `missingShard`, and what reading a file can violate.
    func bytes(of shard: String, _ files: some FileAccess) throws(ModelFileError) -> FileBytes {
        let folder = SafetensorsModel.folder(of: path)
        do {
            return try files.bytes(of: SafetensorsModel.join(folder, shard))
        } catch {
            guard error.code == .missingFile else { throw error }
            throw ModelFileError(
                .missingShard(shard: shard), path: path, key: "weight_map", tensor: tensors[shard]?.min())
        }
    }

    /// Checks that `header`, read from `shard`, holds what the index says.
    ///
    /// - Throws: `tensorNotInShard`.
    func check(_ header: SafetensorsHeader, shard: String) throws(ModelFileError) {
        let held = Set(header.tensors.map(\.name))
        if let missing = (tensors[shard] ?? []).subtracting(held).min() {
            throw ModelFileError(
                .tensorNotInShard(shard: shard), path: path, key: "weight_map", tensor: missing)
        }
    }
}
