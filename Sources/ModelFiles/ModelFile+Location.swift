public import Kernels

/// Where bytes lie on disk.
public struct FileLocation: Sendable, Equatable {
    /// Index of the file in ``ModelFile/diskPaths``.
    public let file: Int
    /// Byte offset in that file.
    public let offset: Int
}

extension ModelFile {
    /// Where the bytes of a view of this file lie; nil where it is no view of the mapping.
    ///
    /// Cost: the number of parts.
    public func location(of matrix: WeightMatrix) -> FileLocation? {
        for (part, bytes) in mappings.enumerated() {
            if let offset = unsafe bytes.offset(of: matrix.address, count: matrix.byteCount) {
                return FileLocation(file: store == nil ? part : 0, offset: offset)
            }
        }
        return nil
    }

    /// Where the first byte of a tensor lies.
    ///
    /// - Precondition: `record` is one of this file's.
    public func location(of record: TensorRecord) -> FileLocation {
        FileLocation(
            file: store == nil ? record.part : 0,
            offset: bytes(of: record.part).place(of: record.offset))
    }
}
