import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Files of the machine, mapped read-only.
package struct DiskFiles: FileAccess {
    /// Creates the way to the disk; it holds nothing.
    package init() {}

    /// What `path` points to, links followed.
    package func kind(of path: String) throws(ModelFileError) -> FileKind {
        do {
            switch try Stat(FilePath(path)).type {
            case .regular: return .file
            case .directory: return .folder
            default: return .other
            }
        } catch {
            throw failure(error, path)
        }
    }

    /// The names in a folder, sorted.
    package func names(in folder: String) throws(ModelFileError) -> [String] {
        guard let stream = unsafe opendir(folder) else { throw failure(Errno(rawValue: errno), folder) }
        defer { unsafe _ = closedir(stream) }
        var names: [String] = []
        while let entry = unsafe readdir(stream) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { field in
                unsafe field.withMemoryRebound(to: CChar.self, capacity: 1) { unsafe String(cString: $0) }
            }
            if name != "." && name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    /// Maps a regular file; anything else is refused without waiting for it.
    package func bytes(of path: String) throws(ModelFileError) -> FileBytes {
        let descriptor: FileDescriptor
        let status: Stat
        do {
            // Without waiting: the open of a pipe that nobody writes to would never return.
            descriptor = try FileDescriptor.open(
                FilePath(path), .readOnly, options: [.nonBlocking, .closeOnExec])
        } catch {
            throw failure(error, path)
        }
        // The mapping outlives the descriptor.
        defer { try? descriptor.close() }
        do {
            status = try descriptor.stat()
        } catch {
            throw failure(error, path)
        }
        guard status.type == .regular else {
            throw ModelFileError(.notRegularFile(found: Self.name(of: status.type)), path: path)
        }
        guard status.size > 0 else { throw ModelFileError(.emptyFile, path: path, offset: 0) }
        guard let bytes = FileBytes(mapping: descriptor.rawValue, byteCount: Int(status.size)) else {
            throw failure(Errno(rawValue: errno), path)
        }
        return bytes
    }

    private static func name(of type: FileType) -> String {
        switch type {
        case .directory: "a folder"
        case .fifo: "a pipe"
        case .socket: "a socket"
        case .blockSpecial, .characterSpecial: "a device"
        default: "a special file"
        }
    }

    private func failure(_ error: any Error, _ path: String) -> ModelFileError {
        guard let number = error as? Errno else {
            return ModelFileError(.unreadableFile(reason: "\(error)"), path: path)
        }
        if number == .noSuchFileOrDirectory || number == .notDirectory {
            return ModelFileError(.missingFile, path: path)
        }
        return ModelFileError(.unreadableFile(reason: number.description), path: path)
    }
}
