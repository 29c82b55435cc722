import SystemPackage

/// Opens a GGUF model: one file, or the parts of a split.
enum GGUFModel {
    static let partNumberKey = "split.no"
    static let partCountKey = "split.count"
    static let tensorCountKey = "split.tensors.count"

    /// Reads the header of `path` and of the parts that it names.
    ///
    /// - Parameter bytes: the bytes of `path`, already open.
    static func open(
        _ path: String, bytes: FileBytes, files: some FileAccess
    ) throws(ModelFileError) -> ModelFile {
        let header = try GGUFHeader(bytes, path: path)
        let metadata = Metadata(values: header.metadata, path: path)
        var contents = ModelFile.Contents(container: .gguf, path: path, metadata: metadata, files: files)
        try add(header, bytes, path, to: &contents)
        let partCount = try metadata.count(partCountKey) ?? 1
        let partNumber = try metadata.count(partNumberKey) ?? 0
        guard partNumber == 0 else {
            throw ModelFileError(
                .notFirstPart(found: partNumber, count: partCount), path: path, key: partNumberKey)
        }
        if partCount > 1 {
            guard partCount <= FileLimits.parts else {
                let code = ModelFileError.Code.limitExceeded(
                    limit: "the parts", found: UInt64(partCount), maximum: UInt64(FileLimits.parts))
                throw ModelFileError(code, path: path, key: partCountKey)
            }
            try addOtherParts(header, partCount, path, files, to: &contents)
        }
        if let expected = try metadata.count(tensorCountKey), expected != contents.directory.count {
            let code = ModelFileError.Code.partsDisagree(
                found: "\(contents.directory.count) tensors in \(partCount) parts", expected: "\(expected)")
            throw ModelFileError(code, path: path, key: tensorCountKey)
        }
        return ModelFile(contents)
    }

    private static func addOtherParts(
        _ first: GGUFHeader, _ partCount: Int, _ path: String, _ files: some FileAccess,
        to contents: inout ModelFile.Contents
    ) throws(ModelFileError) {
        let file = FilePath(path)
        let firstSuffix = suffix(part: 0, of: partCount)
        guard let name = file.lastComponent?.string, name.hasSuffix(firstSuffix) else {
            throw ModelFileError(
                .wrongPartName(expected: "model" + firstSuffix), path: path, key: partCountKey)
        }
        let stem = String(name.dropLast(firstSuffix.count))
        for part in 1..<partCount {
            let partPath = file.removingLastComponent().appending(stem + suffix(part: part, of: partCount))
                .string
            let bytes = try files.bytes(of: partPath)
            let header = try GGUFHeader(bytes, path: partPath)
            try check(header, partPath, part, agreesWith: first)
            try add(header, bytes, partPath, to: &contents)
        }
    }

    /// How the name of part `part` (counted from 0) ends, for example `-00001-of-00003.gguf`.
    private static func suffix(part: Int, of count: Int) -> String {
        func digits(_ number: Int) -> String {
            String(repeating: "0", count: max(0, 5 - "\(number)".count)) + "\(number)"
        }
        return "-\(digits(part + 1))-of-\(digits(count)).gguf"
    }

    private static func check(
        _ header: GGUFHeader, _ path: String, _ part: Int, agreesWith first: GGUFHeader
    ) throws(ModelFileError) {
        guard header.metadata[partNumberKey] == .integer(Int64(part)) else {
            let found = header.metadata[partNumberKey]?.summary ?? "nothing"
            throw ModelFileError(
                .partsDisagree(found: found, expected: "\(part)"), path: path, key: partNumberKey)
        }
        // Every part names the count; whatever else a part repeats must be what the first part says.
        let repeated = header.metadata.keys.filter { $0 != partNumberKey && first.metadata[$0] != nil }
        for key in Set(repeated).union([partCountKey]).sorted() {
            guard header.metadata[key] != first.metadata[key] else { continue }
            let found = header.metadata[key]?.summary ?? "nothing"
            let expected = first.metadata[key]?.summary ?? "nothing"
            throw ModelFileError(.partsDisagree(found: found, expected: expected), path: path, key: key)
        }
    }

    /// Checks the ranges of a file's tensors and adds them.
    private static func add(
        _ header: GGUFHeader, _ bytes: FileBytes, _ path: String, to contents: inout ModelFile.Contents
    ) throws(ModelFileError) {
        let part = contents.addPart(bytes, path: path, headerBytes: header.headerBytes)
        var placements: [TensorDirectory.Placement] = []
        placements.reserveCapacity(header.tensors.count)
        for tensor in header.tensors {
            let range = try range(of: tensor, header, bytes, path)
            placements.append(TensorDirectory.Placement(name: tensor.name, range: range))
            let record = TensorRecord(
                name: tensor.name, format: tensor.format, shape: tensor.shape, part: part,
                offset: range.lowerBound,
                byteCount: tensor.byteCount)
            try contents.directory.add(record, parts: contents.parts, offset: tensor.nameOffset)
        }
        _ = try TensorDirectory.sorted(placements, path: path)
    }

    private static func range(
        of tensor: GGUFTensorInfo, _ header: GGUFHeader, _ bytes: FileBytes, _ path: String
    ) throws(ModelFileError) -> Range<Int> {
        func failure(_ code: ModelFileError.Code) -> ModelFileError {
            ModelFileError(code, path: path, offset: tensor.fieldOffset, tensor: tensor.name)
        }
        guard tensor.dataOffset % UInt64(header.alignment) == 0 else {
            throw failure(.misalignedTensor(alignment: header.alignment))
        }
        let (start, startOverflow) = tensor.dataOffset.addingReportingOverflow(UInt64(header.dataStart))
        let (end, endOverflow) = start.addingReportingOverflow(UInt64(tensor.byteCount))
        guard !startOverflow, !endOverflow, end <= UInt64(bytes.count) else {
            let shown = startOverflow || endOverflow ? UInt64.max : end
            throw failure(.tensorOutsideFile(end: shown, limit: UInt64(bytes.count)))
        }
        return Int(start)..<Int(end)
    }
}
