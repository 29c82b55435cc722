/// How a mapped range is going to be read, as advice to the kernel; it changes speed and memory, never what
/// is read.
public enum AccessAdvice: Sendable {
    /// The kernel's own read-ahead.
    case normal
    /// Front to back: read far ahead, forget soon.
    case sequential
    /// Here and there: no read-ahead.
    case random
    /// Soon: start reading now, without waiting.
    case willNeed
    /// Not soon: the process gives the pages back (the page cache may keep them).
    case dontNeed
}

extension ModelFile {
    /// Advises the kernel about one tensor, rounded out to whole pages.
    ///
    /// - Precondition: `record` is one of this file's.
    public func advise(_ advice: AccessAdvice, _ record: TensorRecord) {
        bytes(of: record.part).advise(advice, record.byteRange)
    }

    /// Advises the kernel about all parts.
    public func advise(_ advice: AccessAdvice) {
        for mapping in mappings { mapping.advise(advice, 0..<mapping.count) }
    }

    /// Brings all parts into memory and maps their pages, so that the first step finds them; memory pressure
    /// may undo it.
    ///
    /// Cost: reads what the page cache does not hold; with a warm cache a pass over the page tables.
    ///
    /// - Parameter progress: called after every 64 MiB with the bytes done so far, of `byteCount`.
    public func prefault(progress: (Int) -> Void) {
        let chunkBytes = 64 << 20
        var done = 0
        for mapping in mappings {
            for start in stride(from: 0, to: mapping.count, by: chunkBytes) {
                let range = start..<min(start + chunkBytes, mapping.count)
                mapping.populate(range)
                done += range.count
                progress(done)
            }
        }
    }
}
