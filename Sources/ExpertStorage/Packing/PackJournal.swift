import Kernels
import ModelFiles
import SystemPackage

/// How far a store in the making has come, kept in a file beside it so that packing can go on after it was
/// stopped in any way.
///
/// Layout: two slots of equal size that are written in turn, so that one is whole at any time. Integers are
/// little-endian.
///
///     sequence u64 | batches done u64 | identity, as long as it is | checksum of each part, u32 |
///     CRC-32C of all that u32
///
/// The identity is everything that has to be the same for the work to go on: sizes and times of the source's
/// files, its fingerprint, and the layout. A slot counts only if its checksum and its identity are right.
struct PackJournal: ~Copyable {
    private let file: OpenFile
    private let disk: any PackDisk
    private let identity: [UInt8]
    private let partCount: Int
    private var sequence: UInt64 = 0

    /// What a slot says.
    struct Checkpoint {
        var batchesDone: Int
        /// Of the parts; only those of batches that are done mean anything.
        var checksums: [UInt32]
    }

    init(path: String, identity: [UInt8], partCount: Int, disk: any PackDisk) throws(Errno) {
        file = try OpenFile(writing: path)
        self.identity = identity
        self.partCount = partCount
        self.disk = disk
    }

    private var contentBytes: Int { 16 + identity.count + 4 * partCount }
    private var slotBytes: Int {
        StoreFormat.aligned(contentBytes + 4, to: StoreFormat.pageBytes)
    }

    /// The later of the checkpoints that can be trusted.
    mutating func latest() throws(Errno) -> Checkpoint? {
        var found: Checkpoint?
        for slot in 0..<2 {
            guard let content = try read(slot: slot) else { continue }
            let number = Self.load(content, at: 0)
            if found != nil, number < sequence { continue }
            sequence = number
            let start = 16 + identity.count
            found = Checkpoint(
                batchesDone: Int(clamping: Self.load(content, at: 8)),
                checksums: (0..<partCount).map { index in
                    UInt32(truncatingIfNeeded: Self.load(content, at: start + 4 * index, count: 4))
                })
        }
        return found
    }

    /// Forgets every checkpoint, on the disk when this returns: a slot of an earlier attempt would otherwise
    /// speak of bytes that are no longer there.
    mutating func clear() throws(Errno) {
        sequence = 0
        try disk.resize(file.descriptor, to: 0)
        try file.synchronize(on: disk)
    }

    /// Keeps a checkpoint, on the disk when this returns.
    mutating func write(_ checkpoint: Checkpoint) throws(Errno) {
        sequence += 1
        var bytes: [UInt8] = []
        bytes.reserveCapacity(slotBytes)
        append(sequence, to: &bytes)
        append(UInt64(checkpoint.batchesDone), to: &bytes)
        bytes += identity
        for value in checkpoint.checksums { append(value, to: &bytes) }
        var checksum = Checksum()
        checksum.append(bytes.span)
        append(checksum.value, to: &bytes)
        let offset = Int(sequence % 2) * slotBytes
        try disk.writeAll(bytes.span, to: file.descriptor, at: offset)
        try file.synchronize(on: disk)
    }

    private func read(slot: Int) throws(Errno) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: contentBytes + 4)
        guard try disk.fill(&bytes, from: file.descriptor, at: slot * slotBytes) else { return nil }
        var checksum = Checksum()
        checksum.append(bytes.span.extracting(first: contentBytes))
        guard Self.load(bytes, at: contentBytes, count: 4) == UInt64(checksum.value),
            bytes[16..<16 + identity.count].elementsEqual(identity)
        else { return nil }
        return bytes
    }

    private static func load(_ bytes: [UInt8], at offset: Int, count: Int = 8) -> UInt64 {
        (0..<count).reduce(0) { $0 | UInt64(bytes[offset + $1]) << (8 * UInt64($1)) }
    }

    private func append(_ number: some FixedWidthInteger, to bytes: inout [UInt8]) {
        for index in 0..<number.bitWidth / 8 {
            bytes.append(UInt8(truncatingIfNeeded: number >> (8 * index)))
        }
    }
}
