import ModelFiles

/// What is wrong with a file of traces: what was found, what was expected, and where.
public struct TraceFilesError: Error, Sendable, Equatable {
    /// What is wrong.
    public enum Code: Sendable, Equatable {
        // Files.
        case missingFile
        case unreadableFile(reason: String)
        case unwritableFile(reason: String)
        case diskFull
        /// The system gives no thread, or no memory for the recorder's buffers.
        case noRecorder(reason: String)

        // Bytes.
        case unknownContainer(found: String)
        case unsupportedVersion(found: UInt32)
        case truncated(reading: String, needed: UInt64, available: UInt64)
        case limitExceeded(limit: String, found: UInt64, maximum: UInt64)
        case wrongChecksum(of: String, found: String, expected: String)

        /// A value that cannot be, in bytes or in text.
        case invalid(found: String, expected: String)

        // Other programs' files.
        /// No format that can be read looks like this, or none has this name.
        case unknownFormat(found: String, advice: String)
        /// The content of another program's file is not what its format says.
        case malformed(found: String, expected: String, advice: String)
        /// A trace cannot be written in a format.
        case unwritableTrace(found: String, expected: String)
    }

    /// What is wrong.
    public let code: Code
    /// The file, as the user named it.
    public let path: String
    /// The line of a text file, from 1, where one is concerned.
    public let line: Int?
    /// The byte of a binary file, from 0, where one is concerned.
    public let offset: Int?

    public init(_ code: Code, path: String, line: Int? = nil, offset: Int? = nil) {
        self.code = code
        self.path = path
        self.line = line
        self.offset = offset
    }
}

extension TraceFilesError: CustomStringConvertible {
    /// One sentence for the user: where, what was found, what was expected, what to try.
    public var description: String {
        var place = quoted(path)
        if let line { place += ", line \(line)" }
        if let offset { place += ", byte \(offset)" }
        return "\(place): \(finding); \(advice)."
    }

    private var finding: String {
        switch code {
        case .missingFile: "there is no such file"
        case .unreadableFile(let reason): "the file cannot be read (\(reason))"
        case .unwritableFile(let reason): "the file cannot be written (\(reason))"
        case .diskFull: "the disk has no room left for the trace"
        case .noRecorder(let reason): "the trace cannot be recorded (\(reason))"
        case .unknownContainer(let found): "the file starts with \(found), which no trace of Sluice does"
        case .unsupportedVersion(let found): "found version \(found) of the trace, expected 1"
        case .truncated(let reading, let needed, let available):
            "\(reading) needs \(needed) bytes, but only \(available) are left in the file"
        case .limitExceeded(let limit, let found, let maximum):
            "\(limit): found \(found), at most \(maximum) are accepted"
        case .wrongChecksum(let what, let found, let expected):
            "the checksum of \(what) is \(found), expected \(expected)"
        case .invalid(let found, let expected), .malformed(let found, let expected, _),
            .unwritableTrace(let found, let expected):
            "found \(found), expected \(expected)"
        case .unknownFormat(let found, _): "\(found) is no known format of traces"
        }
    }

    private var advice: String {
        switch code {
        case .missingFile: "check the path"
        case .unreadableFile: "check what the path points to and its permissions"
        case .unwritableFile: "check folder and permissions, or name another file"
        case .diskFull: "make room or name a file on another disk; the trace can be read up to here"
        case .noRecorder: "close other programs, or run without a trace"
        case .unknownContainer:
            "give a file that `sluice trace record` or `sluice trace import` wrote"
        case .unsupportedVersion: "update Sluice, or record the trace again"
        case .truncated, .limitExceeded, .wrongChecksum:
            "the trace is damaged; copy it again or record it again"
        case .invalid: "repair the file or record it again"
        case .unknownFormat(_, let advice), .malformed(_, _, let advice): advice
        case .unwritableTrace: "write it in another format"
        }
    }
}
