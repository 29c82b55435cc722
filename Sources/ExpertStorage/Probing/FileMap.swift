import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Mappings of files, to touch their pages and to ask which of them are in memory.
///
/// A file that is truncated while it is touched ends the process, as it does wherever a file is mapped; only
/// a probe touches.
@safe final class FileMap: @unchecked Sendable {
    // Unchecked: the addresses never change, and what lies behind them is only read.
    private let bases: [UnsafeMutableRawPointer]
    private let byteCounts: [Int]

    /// - Throws: what opening and mapping meet.
    init(paths: [String]) throws(ExpertStorageError) {
        // Descriptors of its own, with the reading ahead that mappings have by default.
        let files = try ReadFiles(paths: paths, direct: false, readsAhead: true)
        var bases = unsafe [UnsafeMutableRawPointer]()
        for (index, descriptor) in files.descriptors.enumerated() {
            let size = max(files.byteCounts[index], 1)
            let memory = unsafe mmap(nil, size, PROT_READ, MAP_SHARED, descriptor, 0)
            guard let memory = unsafe memory, unsafe memory != MAP_FAILED else {
                let error = Errno(rawValue: errno)
                for mapped in 0..<index { unsafe munmap(bases[mapped], max(files.byteCounts[mapped], 1)) }
                throw ExpertStorageError(.unreadableFile(error), path: paths[index])
            }
            unsafe bases.append(memory)
        }
        unsafe self.bases = bases
        byteCounts = files.byteCounts
    }

    deinit {
        for index in byteCounts.indices { unsafe munmap(bases[index], max(byteCounts[index], 1)) }
    }

    /// Reads a byte of every page of the block.
    ///
    /// - Returns: bytes of the block that the file has.
    func touch(_ read: BlockRead) -> Int {
        let end = min(read.offset + read.byteCount, byteCounts[read.file])
        let base = unsafe bases[read.file]
        var sum: UInt8 = 0
        for offset in stride(from: read.offset, to: end, by: ReadFiles.alignmentBytes) {
            unsafe sum &+= base.load(fromByteOffset: offset, as: UInt8.self)
        }
        // Stored, so that the loads are not optimised away.
        unsafe read.destination.storeBytes(of: sum, as: UInt8.self)
        return max(end - read.offset, 0)
    }

    /// Takes the piece's pages out of this mapping, which would hold them in memory.
    func leave(_ piece: ExpertPiece) {
        let (start, count) = pages(piece)
        unsafe madvise(bases[piece.file] + start, count, MADV_DONTNEED)
    }

    /// Whether more than a twentieth of the piece is in memory, which would show in its speed.
    func isMostlyResident(_ piece: ExpertPiece) -> Bool {
        let (start, count) = pages(piece)
        let page = Int(getpagesize())
        var flags = [UInt8](repeating: 0, count: (count + page - 1) / page)
        let status = unsafe flags.withUnsafeMutableBufferPointer { buffer in
            unsafe mincore(bases[piece.file] + start, count, buffer.baseAddress)
        }
        let resident = flags.reduce(0) { $0 + Int($1 & 1) }
        return status == 0 && resident * 20 > flags.count
    }

    /// The piece, from the beginning of its first page on.
    private func pages(_ piece: ExpertPiece) -> (start: Int, byteCount: Int) {
        let page = Int(getpagesize())
        let start = piece.offset / page * page
        return (start, min(piece.offset + piece.byteCount, byteCounts[piece.file]) - start)
    }
}
