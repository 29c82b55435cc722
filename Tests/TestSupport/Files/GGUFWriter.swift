/// Writes GGUF files for tests: right ones, and, through the places of its fields, every kind of wrong one.
public struct GGUFWriter: Sendable {
    /// A metadata value with the width that the file gives it.
    public indirect enum Value: Sendable {
        case uint8(UInt8)
        case int8(Int8)
        case uint16(UInt16)
        case int16(Int16)
        case uint32(UInt32)
        case int32(Int32)
        case float32(Float)
        case boolean(Bool)
        case string(String)
        case uint64(UInt64)
        case int64(Int64)
        case float64(Double)
        /// Elements of one type; the type is given, because the list may be empty.
        case array(type: UInt32, [Value])

        /// The type's number in the file.
        public var type: UInt32 {
            switch self {
            case .uint8: 0
            case .int8: 1
            case .uint16: 2
            case .int16: 3
            case .uint32: 4
            case .int32: 5
            case .float32: 6
            case .boolean: 7
            case .string: 8
            case .array: 9
            case .uint64: 10
            case .int64: 11
            case .float64: 12
            }
        }
    }

    /// One tensor with its bytes.
    public struct Tensor: Sendable {
        /// Any text, unique or not.
        public var name: String
        /// ggml's type number.
        public var type: UInt32
        /// Dimensions as the file lists them, fastest first.
        public var dimensions: [UInt64]
        /// The bytes, which need not agree with the dimensions.
        public var data: [UInt8]

        /// A tensor of any type.
        public init(_ name: String, type: UInt32 = 0, dimensions: [UInt64], data: [UInt8]) {
            self.name = name
            self.type = type
            self.dimensions = dimensions
            self.data = data
        }

        /// A Float32 tensor; `shape` outermost first.
        public init(_ name: String, shape: [Int], _ values: [Float]) {
            self.init(
                name, dimensions: shape.reversed().map(UInt64.init),
                data: values.flatMap { LittleEndian.bytes($0.bitPattern) })
        }
    }

    /// What the file claims to be.
    public var version: UInt32 = 3
    /// In the order of the file; keys may repeat.
    public var metadata: [(key: String, value: Value)]
    /// In the order of the file.
    public var tensors: [Tensor]
    /// What tensor data is padded to.
    public var alignment: Int

    /// - Parameter alignment: 32 is what files without `general.alignment` have; the key is the caller's to
    ///   add.
    public init(metadata: [(key: String, value: Value)] = [], tensors: [Tensor] = [], alignment: Int = 32) {
        self.metadata = metadata
        self.tensors = tensors
        self.alignment = alignment
    }

    /// The file, with the offsets of its fields.
    ///
    /// Names of fields: `magic`, `version`, `tensors`, `entries`; of entry i `key.i` (its length), `type.i`,
    /// `value.i`, and inside an array `elementType.i`, `count.i`, `elements.i`; of tensor i `name.i`,
    /// `rank.i`, `dimension.i.j`, `tensorType.i`, `offset.i`; `data`.
    public func file() -> MarkedBytes {
        var file = MarkedBytes()
        file.mark("magic")
        file.bytes += Array("GGUF".utf8)
        file.append(version, as: "version")
        file.append(UInt64(tensors.count), as: "tensors")
        file.append(UInt64(metadata.count), as: "entries")
        for (index, entry) in metadata.enumerated() {
            file.mark("key.\(index)")
            file.append(string: entry.key)
            file.append(entry.value.type, as: "type.\(index)")
            file.mark("value.\(index)")
            append(entry.value, to: &file, index: index)
        }
        var dataOffset = 0
        for (index, tensor) in tensors.enumerated() {
            file.mark("name.\(index)")
            file.append(string: tensor.name)
            file.append(UInt32(tensor.dimensions.count), as: "rank.\(index)")
            for (axis, size) in tensor.dimensions.enumerated() {
                file.append(size, as: "dimension.\(index).\(axis)")
            }
            file.append(tensor.type, as: "tensorType.\(index)")
            file.append(UInt64(dataOffset), as: "offset.\(index)")
            dataOffset = padded(dataOffset + tensor.data.count)
        }
        if !tensors.isEmpty { file.pad(to: padded(file.bytes.count)) }
        file.mark("data")
        for tensor in tensors {
            file.bytes += tensor.data
            file.pad(to: file.offset("data") + padded(file.bytes.count - file.offset("data")))
        }
        return file
    }

    private func padded(_ size: Int) -> Int { (size + alignment - 1) / alignment * alignment }

    private func append(_ value: Value, to file: inout MarkedBytes, index: Int? = nil) {
        switch value {
        case .uint8(let number): file.append(number)
        case .int8(let number): file.append(number)
        case .uint16(let number): file.append(number)
        case .int16(let number): file.append(number)
        case .uint32(let number): file.append(number)
        case .int32(let number): file.append(number)
        case .uint64(let number): file.append(number)
        case .int64(let number): file.append(number)
        case .float32(let number): file.append(number.bitPattern)
        case .float64(let number): file.append(number.bitPattern)
        case .boolean(let flag): file.append(UInt8(flag ? 1 : 0))
        case .string(let text): file.append(string: text)
        case .array(let type, let elements):
            file.append(type, as: index.map { "elementType.\($0)" })
            file.append(UInt64(elements.count), as: index.map { "count.\($0)" })
            if let index { file.mark("elements.\(index)") }
            for element in elements { append(element, to: &file) }
        }
    }
}
