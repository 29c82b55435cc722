#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

extension FileBytes {
    /// Passes advice about `range`, rounded out to whole pages, to the kernel; bytes in memory ignore it.
    ///
    /// - Precondition: the range lies inside the bytes.
    func advise(_ advice: AccessAdvice, _ range: Range<Int>) {
        let number =
            switch advice {
            case .normal: MADV_NORMAL
            case .sequential: MADV_SEQUENTIAL
            case .random: MADV_RANDOM
            case .willNeed: MADV_WILLNEED
            case .dontNeed: MADV_DONTNEED
            }
        _ = apply(number, range)
    }

    /// Reads `range` into memory and maps its pages.
    ///
    /// - Precondition: the range lies inside the bytes.
    func populate(_ range: Range<Int>) {
        #if os(Linux)
        // MADV_POPULATE_READ, since Linux 5.14; older kernels refuse it.
        if apply(22, range) { return }
        #endif
        _ = apply(MADV_WILLNEED, range)
    }

    private func apply(_ advice: CInt, _ range: Range<Int>) -> Bool {
        precondition(range.lowerBound >= 0 && range.upperBound <= count, "bytes \(range) of \(count)")
        guard isMapped, !range.isEmpty else { return true }
        // A mapping starts on a page, so offsets round as addresses do.
        let pageBytes = Int(sysconf(CInt(_SC_PAGESIZE)))
        let start = range.lowerBound / pageBytes * pageBytes
        let address = unsafe UnsafeMutableRawPointer(mutating: base + start)
        return unsafe madvise(address, range.upperBound - start, advice) == 0
    }
}
