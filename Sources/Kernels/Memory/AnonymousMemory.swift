#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Memory straight from the system, in huge pages where it has them; pages come when they are first written.
///
/// It owns the bytes and nothing more: who may read or write them is for whoever holds it. Allocates: once.
@safe public final class AnonymousMemory: @unchecked Sendable {
    // Unchecked: base and size never change.
    /// Bytes of it.
    public let byteCount: Int
    /// Where it starts.
    @unsafe public let base: UnsafeMutableRawPointer

    /// Reserves `byteCount` bytes; nil where the system gives none.
    public init?(byteCount: Int) {
        let size = max(byteCount, 1)
        guard let memory = unsafe mmap(nil, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANON, -1, 0),
            unsafe memory != MAP_FAILED
        else { return nil }
        #if os(Linux)
        // A hint: a refusal costs nothing but small pages.
        unsafe madvise(memory, size, MADV_HUGEPAGE)
        #endif
        unsafe base = memory
        self.byteCount = byteCount
    }

    deinit { unsafe munmap(base, max(byteCount, 1)) }
}
