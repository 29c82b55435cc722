public import Kernels

/// Where bytes lie in the files of a model.
public struct FileLocation: Sendable, Equatable {
    /// Index of the file in ``ModelFile/parts``.
    public let part: Int
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
                return FileLocation(part: part, offset: offset)
            }
        }
        return nil
    }
}
