package import SystemPackage

/// Where a trace is written to; tests put a double in its place.
package protocol TraceOutput: Sendable {
    /// Appends all of `bytes`.
    func write(_ bytes: Span<UInt8>) throws(Errno)

    /// Cuts the file off behind `byteCount` bytes.
    func truncate(to byteCount: Int) throws(Errno)

    /// Ends; errors that the system kept until now come out here.
    func close() throws(Errno)
}

/// A file of the machine.
package struct DiskTraceOutput: TraceOutput {
    private let descriptor: FileDescriptor

    /// Creates or empties the file at `path`.
    package init(_ path: String) throws(Errno) {
        descriptor = try Self.calling {
            try FileDescriptor.open(
                FilePath(path), .writeOnly, options: [.create, .truncate, .closeOnExec],
                permissions: [.ownerReadWrite, .groupReadWrite, .otherReadWrite])
        }
    }

    package func write(_ bytes: Span<UInt8>) throws(Errno) {
        try Self.calling {
            _ = try unsafe bytes.withUnsafeBytes { buffer in
                try unsafe descriptor.writeAll(buffer)
            }
        }
    }

    package func truncate(to byteCount: Int) throws(Errno) {
        try Self.calling { try descriptor.resize(to: Int64(byteCount)) }
    }

    package func close() throws(Errno) { try Self.calling { try descriptor.close() } }

    /// The library throws nothing else, and does not say so.
    private static func calling<Result>(_ body: () throws -> Result) throws(Errno) -> Result {
        do {
            return try body()
        } catch {
            throw error as? Errno ?? .ioError
        }
    }
}
