public import ExpertStorage
import Synchronization
public import SystemPackage

/// A disk for packing whose calls are counted, and of which one fails, or all from one on: what a full disk
/// does, and what the rest of a run looks like to a process that was killed.
public final class FaultyPackDisk: PackDisk {
    /// Which calls fail.
    public enum Fault: Sendable, Equatable {
        case none
        /// One call, counted from 0.
        case once(Int, Errno)
        /// It and everything after it.
        case from(Int, Errno)
        /// One write or read moves one byte only.
        case short(Int)
    }

    private let fault: Fault
    private let calls = Atomic<Int>(0)
    private let system = SystemPackDisk()
    private let free: Int?

    /// - Parameter freeBytes: what the disk claims to have; nil for the truth.
    public init(_ fault: Fault = .none, freeBytes: Int? = nil) {
        self.fault = fault
        free = freeBytes
    }

    /// Calls so far.
    public var callCount: Int { calls.load(ordering: .relaxed) }

    /// Counts a call; true where it must come short.
    private func count() throws(Errno) -> Bool {
        let number = calls.wrappingAdd(1, ordering: .relaxed).oldValue
        switch fault {
        case .none: return false
        case .once(let index, let error):
            if number == index { throw error }
            return false
        case .from(let index, let error):
            if number >= index { throw error }
            return false
        case .short(let index): return number == index
        }
    }

    public func read(
        _ descriptor: CInt, into buffer: UnsafeMutableRawBufferPointer, at offset: Int
    ) throws(Errno) -> Int {
        let isShort = try count()
        let part = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[..<(isShort ? 1 : buffer.count)])
        return try unsafe system.read(descriptor, into: part, at: offset)
    }

    public func write(
        _ descriptor: CInt, _ bytes: UnsafeRawBufferPointer, at offset: Int
    ) throws(Errno) -> Int {
        let isShort = try count()
        let part = unsafe UnsafeRawBufferPointer(rebasing: bytes[..<(isShort ? 1 : bytes.count)])
        return try unsafe system.write(descriptor, part, at: offset)
    }

    public func synchronize(_ descriptor: CInt) throws(Errno) {
        // No test cuts the power, and waiting for a disk would take most of its time.
        _ = try count()
    }

    public func resize(_ descriptor: CInt, to byteCount: Int) throws(Errno) {
        _ = try count()
        try system.resize(descriptor, to: byteCount)
    }

    public func rename(_ path: String, to newPath: String) throws(Errno) {
        _ = try count()
        try system.rename(path, to: newPath)
    }

    public func remove(_ path: String) throws(Errno) {
        _ = try count()
        try system.remove(path)
    }

    public func freeBytes(in folder: String) throws(Errno) -> Int {
        if let free { return free }
        return try system.freeBytes(in: folder)
    }
}
