package import Kernels

/// The first bytes of a store.
package struct StoreHeader: Sendable, Equatable {
    /// How the bytes of a record are arranged.
    package var layout: StoreRecordLayout
    /// `ModelFingerprint.rawValue` of the source.
    package var fingerprint: UInt64
    /// Bytes of the whole store.
    package var byteCount: Int
    /// Bytes of the manifest, which follows the header.
    package var manifestBytes: Int
    /// The checksum of these bytes.
    package var manifestChecksum: Checksum

    package init(
        layout: StoreRecordLayout, fingerprint: UInt64, byteCount: Int, manifestBytes: Int,
        manifestChecksum: Checksum
    ) {
        self.layout = layout
        self.fingerprint = fingerprint
        self.byteCount = byteCount
        self.manifestBytes = manifestBytes
        self.manifestChecksum = manifestChecksum
    }

    /// Whether a file starts like a store.
    static func begins(_ bytes: FileBytes) -> Bool {
        bytes.count >= StoreFormat.magic.count
            && bytes.withSpan(0..<StoreFormat.magic.count) { span in
                span.indices.allSatisfy { span[$0] == StoreFormat.magic[$0] }
            }
    }

    /// Where the fields stand.
    private enum Place {
        static let version = 8
        static let layout = 12
        static let fingerprint = 16
        static let byteCount = 24
        static let manifestBytes = 32
        static let manifestChecksum = 40
        static let zeros = 44
        static let checksum = 60
    }

    /// Reads and checks the header, and the manifest's checksum.
    ///
    /// - Precondition: the file `begins` like a store.
    /// - Throws: `truncated`, `unsupportedStoreVersion`, `wrongChecksum`, `unsupportedRecordLayout`,
    ///   `wrongStoreSize`, `invalidStore`.
    init(_ bytes: FileBytes, path: String) throws(ModelFileError) {
        func failure(_ code: ModelFileError.Code, at offset: Int) -> ModelFileError {
            ModelFileError(code, path: path, offset: offset)
        }
        guard bytes.count >= StoreFormat.headerBytes else {
            let code = ModelFileError.Code.truncated(
                reading: "the store's header", needed: UInt64(StoreFormat.headerBytes),
                available: UInt64(bytes.count))
            throw failure(code, at: 0)
        }
        // Before the checksum: another version may have it elsewhere.
        let version = bytes.load(UInt32.self, at: Place.version)
        guard version == StoreFormat.version else {
            throw failure(.unsupportedStoreVersion(found: version), at: Place.version)
        }
        try Self.check(
            bytes, 0..<Place.checksum, Checksum(bytes.load(UInt32.self, at: Place.checksum)),
            of: "the store's header", path: path)
        let number = bytes.load(UInt32.self, at: Place.layout)
        guard let layout = StoreRecordLayout(rawValue: number) else {
            throw failure(.unsupportedRecordLayout(found: number), at: Place.layout)
        }
        self.layout = layout
        fingerprint = bytes.load(UInt64.self, at: Place.fingerprint)
        let claimed = bytes.load(UInt64.self, at: Place.byteCount)
        guard claimed == UInt64(bytes.count) else {
            throw failure(
                .wrongStoreSize(found: UInt64(bytes.count), expected: claimed), at: Place.byteCount)
        }
        byteCount = bytes.count
        let size = bytes.load(UInt64.self, at: Place.manifestBytes)
        guard size <= UInt64(bytes.count - StoreFormat.headerBytes) else {
            let code = ModelFileError.Code.truncated(
                reading: "the store's manifest", needed: size,
                available: UInt64(bytes.count - StoreFormat.headerBytes))
            throw failure(code, at: Place.manifestBytes)
        }
        manifestBytes = Int(size)
        manifestChecksum = Checksum(bytes.load(UInt32.self, at: Place.manifestChecksum))
        try Self.check(
            bytes, StoreFormat.headerBytes..<StoreFormat.headerBytes + manifestBytes, manifestChecksum,
            of: "the store's manifest", path: path)
    }

    private static func check(
        _ bytes: FileBytes, _ range: Range<Int>, _ expected: Checksum, of what: String, path: String
    ) throws(ModelFileError) {
        var found = Checksum()
        bytes.withSpan(range) { found.append($0) }
        guard found == expected else {
            let code = ModelFileError.Code.wrongChecksum(
                of: what, found: found.description, expected: expected.description)
            throw ModelFileError(code, path: path, offset: range.lowerBound)
        }
    }

    /// The header as it stands in the file.
    package var encoded: [UInt8] {
        var bytes = StoreFormat.magic
        func append(_ number: some FixedWidthInteger) {
            for index in 0..<number.bitWidth / 8 {
                bytes.append(UInt8(truncatingIfNeeded: number >> (8 * index)))
            }
        }
        append(StoreFormat.version)
        append(layout.rawValue)
        append(fingerprint)
        append(UInt64(byteCount))
        append(UInt64(manifestBytes))
        append(manifestChecksum.value)
        bytes += [UInt8](repeating: 0, count: Place.checksum - Place.zeros)
        var checksum = Checksum()
        checksum.append(bytes.span)
        append(checksum.value)
        return bytes
    }
}
