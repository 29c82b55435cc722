/// What stands before the tensor data of one safetensors file.
///
/// Layout: header size u64, little-endian | header, a JSON object | tensor data (offsets count from here).
/// The object maps each name to `{"dtype": "BF16", "shape": [rows, columns], "data_offsets": [begin, end]}`;
/// the name `__metadata__` is not a tensor. The ranges cover the data without overlap and without hole.
///
/// Source: the safetensors README, "Format".
struct SafetensorsHeader {
    static let metadataName = "__metadata__"

    struct Tensor {
        let name: String
        let type: ElementType
        let shape: [Int]
        /// Where the bytes lie in the file.
        let range: Range<Int>
    }

    /// Bytes before the tensor data.
    let headerBytes: Int
    /// In the order in which they lie in the file.
    let tensors: [Tensor]

    /// Reads and checks the header, ranges included.
    ///
    /// - Throws: `ModelFileError` naming the tensor and, where it has one, the byte offset.
    init(_ bytes: FileBytes, path: String) throws(ModelFileError) {
        var cursor = ByteCursor(bytes, path: path)
        let claimed = try cursor.read(UInt64.self, "the size of the header")
        let size = try cursor.check(
            count: claimed, of: 1, limit: FileLimits.jsonBytes, as: "the header", start: 0)
        headerBytes = 8 + size
        let json = try JSONValue.read(path, bytes: bytes, range: 8..<headerBytes, outerNames: .tensors)
        guard case .object(let members) = json else {
            throw ModelFileError(.invalidJSON(found: json.kind, expected: "an object"), path: path, offset: 8)
        }
        var tensors: [Tensor] = []
        tensors.reserveCapacity(members.count)
        let reader = Reader(path: path, dataStart: headerBytes, fileBytes: bytes.count)
        for member in members {
            if member.name == Self.metadataName {
                try reader.checkMetadata(member.value)
            } else {
                tensors.append(try reader.tensor(member))
            }
        }
        tensors.sort {
            ($0.range.lowerBound, $0.range.upperBound) < ($1.range.lowerBound, $1.range.upperBound)
        }
        try reader.checkCoverage(tensors)
        self.tensors = tensors
    }

    /// Turns the header's members into tensors.
    private struct Reader {
        let path: String
        let dataStart: Int
        let fileBytes: Int

        func error(_ code: ModelFileError.Code, _ name: String, offset: Int = 8) -> ModelFileError {
            ModelFileError(code, path: path, offset: offset, tensor: name)
        }

        func checkMetadata(_ value: JSONValue) throws(ModelFileError) {
            guard let members = value.object, members.allSatisfy({ $0.value.string != nil }) else {
                let code = ModelFileError.Code.wrongMetadata(
                    key: metadataName, found: value.kind, expected: "an object of strings")
                throw ModelFileError(code, path: path, offset: 8)
            }
        }

        func tensor(_ member: JSONMember) throws(ModelFileError) -> Tensor {
            let name = member.name
            guard name.utf8.count <= FileLimits.tensorNameBytes else {
                throw error(
                    .limitExceeded(
                        limit: "the length of a tensor name", found: UInt64(name.utf8.count),
                        maximum: UInt64(FileLimits.tensorNameBytes)), name)
            }
            guard !name.isEmpty else { throw error(.emptyName, name) }
            let typeName = try field(member, "dtype", "a string", \.string)
            guard let type = ElementType(name: typeName) else {
                throw error(.unsupportedTensorType(found: quoted(typeName)), name)
            }
            let shape = try shape(member)
            let range = try range(member)
            let expected = try byteCount(shape, type, name)
            guard range.count == expected else {
                throw error(
                    .wrongTensorSize(found: range.count, expected: expected), name, offset: range.lowerBound)
            }
            return Tensor(name: name, type: type, shape: shape, range: range)
        }

        private func field<Value>(
            _ member: JSONMember, _ key: String, _ expected: String, _ value: (JSONValue) -> Value?
        ) throws(ModelFileError) -> Value {
            guard let found = member.value[key], let typed = value(found) else {
                let shown =
                    member.value[key]?.kind ?? (member.value.object == nil ? member.value.kind : "nothing")
                let code = ModelFileError.Code.wrongMetadata(key: key, found: shown, expected: expected)
                throw error(code, member.name)
            }
            return typed
        }

        private func shape(_ member: JSONMember) throws(ModelFileError) -> [Int] {
            let list = try field(member, "shape", "a list of integers", \.list)
            guard list.count <= FileLimits.safetensorsDimensions else {
                let maximum = UInt64(FileLimits.safetensorsDimensions)
                throw error(
                    .limitExceeded(limit: "the dimensions", found: UInt64(list.count), maximum: maximum),
                    member.name)
            }
            var shape: [Int] = []
            for element in list {
                guard let size = element.integer, size > 0 else {
                    let found =
                        "[" + list.map { $0.integer.map(String.init) ?? $0.kind }.joined(separator: ", ")
                        + "]"
                    throw error(
                        .invalidShape(found: found, expected: "dimensions of at least 1"), member.name)
                }
                shape.append(Int(size))
            }
            return shape
        }

        /// The byte range in the file.
        private func range(_ member: JSONMember) throws(ModelFileError) -> Range<Int> {
            let list = try field(member, "data_offsets", "two integers", \.list)
            guard list.count == 2, let begin = list[0].integer, let end = list[1].integer, begin >= 0,
                end >= begin
            else {
                let found =
                    "["
                    + list.prefix(4).map { $0.integer.map(String.init) ?? $0.kind }.joined(separator: ", ")
                    + "]"
                throw error(.invalidRange(found: found), member.name)
            }
            let limit = UInt64(fileBytes)
            let (fileEnd, overflow) = UInt64(end).addingReportingOverflow(UInt64(dataStart))
            guard !overflow, fileEnd <= limit else {
                throw error(.tensorOutsideFile(end: overflow ? .max : fileEnd, limit: limit), member.name)
            }
            return dataStart + Int(begin)..<Int(fileEnd)
        }

        private func byteCount(_ shape: [Int], _ type: ElementType, _ name: String) throws(ModelFileError)
            -> Int
        {
            var bits: Int? = type.bits
            for size in shape { bits = bits?.multipliedIfItFits(by: size) }
            guard let bits else { throw error(.sizeOverflow(found: "\(shape) \(type.name)"), name) }
            guard bits % 8 == 0 else {
                let expected = "a whole number of bytes of \(type.name)"
                throw error(.invalidShape(found: "\(shape)", expected: expected), name)
            }
            return bits / 8
        }

        /// Every byte of the data belongs to exactly one tensor.
        func checkCoverage(_ tensors: [Tensor]) throws(ModelFileError) {
            var end = dataStart
            var previous = ""
            for tensor in tensors {
                let begin = tensor.range.lowerBound
                guard begin >= end else {
                    throw error(.overlappingTensors(other: previous), tensor.name, offset: begin)
                }
                guard begin == end else {
                    throw error(.unclaimedBytes(count: begin - end), tensor.name, offset: end)
                }
                end = tensor.range.upperBound
                previous = tensor.name
            }
            guard end == fileBytes else {
                throw ModelFileError(.unclaimedBytes(count: fileBytes - end), path: path, offset: end)
            }
        }
    }
}
