/// The only way by which this target reaches a disk; tests put a double in its place.
package protocol FileAccess: Sendable {
    /// What `path` points to, links followed.
    ///
    /// - Throws: `missingFile`, `unreadableFile`.
    func kind(of path: String) throws(ModelFileError) -> FileKind

    /// The names in a folder, sorted.
    ///
    /// - Throws: `missingFile`, `unreadableFile`.
    func names(in folder: String) throws(ModelFileError) -> [String]

    /// The bytes of a regular file; never waits for anything but the disk.
    ///
    /// - Throws: `missingFile`, `unreadableFile`, `notRegularFile`, `emptyFile`.
    func bytes(of path: String) throws(ModelFileError) -> FileBytes
}

/// What a path can point to.
package enum FileKind: Sendable { case file, folder, other }
