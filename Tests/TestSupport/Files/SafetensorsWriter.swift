/// Writes safetensors files for tests.
public struct SafetensorsWriter: Sendable {
    /// One tensor with its bytes.
    public struct Tensor: Sendable {
        /// Goes into the header as it is, without escaping.
        public var name: String
        /// As the file spells it: `F32`, `BF16`, `U8` and so on.
        public var type: String
        /// Outermost first.
        public var shape: [Int]
        /// The bytes, which need not agree with the shape.
        public var data: [UInt8]

        /// A tensor of any type.
        public init(_ name: String, type: String = "F32", shape: [Int], data: [UInt8]) {
            self.name = name
            self.type = type
            self.shape = shape
            self.data = data
        }

        /// A Float32 tensor.
        public init(_ name: String, shape: [Int], _ values: [Float]) {
            self.init(name, shape: shape, data: LittleEndian.bytes(values))
        }
    }

    /// In the order in which they will lie.
    public var tensors: [Tensor]
    /// The strings of `__metadata__`; left out where empty.
    public var metadata: [(String, String)]

    /// A file of these tensors.
    public init(_ tensors: [Tensor], metadata: [(String, String)] = []) {
        self.tensors = tensors
        self.metadata = metadata
    }

    /// The file's bytes.
    public func file() -> [UInt8] {
        Self.file(header: header(), data: tensors.flatMap(\.data))
    }

    /// The header, one tensor after the other without gaps, padded with spaces to 8 bytes.
    public func header() -> String {
        var members: [String] = []
        if !metadata.isEmpty {
            let strings = metadata.map { "\"\($0.0)\":\"\($0.1)\"" }.joined(separator: ",")
            members.append("\"__metadata__\":{\(strings)}")
        }
        var begin = 0
        for tensor in tensors {
            let shape = tensor.shape.map(String.init).joined(separator: ",")
            let end = begin + tensor.data.count
            let place = "\"shape\":[\(shape)],\"data_offsets\":[\(begin),\(end)]"
            members.append(
                "\"\(tensor.name)\":{\"dtype\":\"\(tensor.type)\",\(place)}"
            )
            begin = end
        }
        let header = "{" + members.joined(separator: ",") + "}"
        return header + String(repeating: " ", count: (8 - header.utf8.count % 8) % 8)
    }

    /// A file of any header and data, right or wrong.
    public static func file(header: String, data: [UInt8]) -> [UInt8] {
        LittleEndian.bytes(UInt64(header.utf8.count)) + Array(header.utf8) + data
    }
}
