/// The numbers of the store's format that its reader and its writer share.
///
/// A store is one file that holds the bytes of a model's files in another order. `Store.md` describes it byte
/// by byte.
package enum StoreFormat {
    /// Starts every store. The first byte is no text, and the line ends show what a transfer as text does.
    package static let magic: [UInt8] = [0x89, 0x53, 0x4C, 0x55, 0x49, 0x43, 0x0D, 0x0A]
    /// The version that is written and read.
    package static let version: UInt32 = 1
    /// Bytes of the header; the manifest follows.
    package static let headerBytes = 64
    /// What the store's name ends in.
    package static let suffix = ".sluice"

    /// Where the dense region starts, and every record of at least `largeRecordBytes`: what direct reads
    /// demand.
    package static let pageBytes = 4096
    /// Where smaller records start: a direct read of one takes a page of others along anyway.
    package static let lineBytes = 64
    /// From here on a page of padding is at most 1.6 percent of a record.
    package static let largeRecordBytes = 256 << 10
    /// Bytes of the dense region under one checksum.
    package static let densePieceBytes = 4 << 20

    /// What a record's place is a multiple of.
    package static func alignment(ofRecord byteCount: Int) -> Int {
        byteCount >= largeRecordBytes ? pageBytes : lineBytes
    }

    /// `offset` or the next multiple of `alignment`.
    ///
    /// - Precondition: it fits an integer.
    package static func aligned(_ offset: Int, to alignment: Int) -> Int {
        (offset + alignment - 1) / alignment * alignment
    }
}

/// How the bytes of a record are arranged.
public enum StoreRecordLayout: UInt32, Sendable {
    /// The source's own bytes, matrix after matrix.
    case plain = 0
    /// The same bits in another order, so that the start alone is an expert of lower precision:
    /// ``RecordPattern``.
    case progressive = 1
}
