/// Where the control groups of this process keep their files.
///
/// Source: cgroups(7). A container may show the host's path in `/proc/self/cgroup` while its own group is
/// mounted as the root; folders that do not exist are therefore passed over, and the root of the mount is
/// always looked at.
struct ControlGroups {
    enum Version: Sendable { case one, two }

    struct Folder: Sendable, Equatable {
        let path: String
        let version: Version
    }

    private let files: any SystemFiles

    init(_ files: any SystemFiles) { self.files = files }

    /// The folders that can limit memory, the process's own group first.
    var memoryFolders: [Folder] { folders(controller: "memory") }

    /// The folders that can limit processor time, the process's own group first.
    var processorFolders: [Folder] { folders(controller: "cpu") }

    private func folders(controller: String) -> [Folder] {
        var found: [Folder] = []
        for line in (files.text("/proc/self/cgroup") ?? "").split(separator: "\n") {
            let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard fields.count == 3 else { continue }
            if fields[0] == "0", fields[1].isEmpty {
                found += ["/sys/fs/cgroup", "/sys/fs/cgroup/unified"].flatMap { chain($0, fields[2], .two) }
            } else if fields[1].split(separator: ",").contains(Substring(controller)) {
                let mounts = ["/sys/fs/cgroup/\(controller)", "/sys/fs/cgroup/\(fields[1])"]
                found += mounts.flatMap { chain($0, fields[2], .one) }
            }
        }
        var unique: [Folder] = []
        for folder in found where !unique.contains(folder) { unique.append(folder) }
        return unique
    }

    /// The folder of `path` below `mount` and all above it, up to the mount itself.
    private func chain(_ mount: String, _ path: Substring, _ version: Version) -> [Folder] {
        var names = path.split(separator: "/").filter { $0 != ".." }
        var folders: [Folder] = []
        while true {
            folders.append(
                Folder(path: ([Substring(mount)] + names).joined(separator: "/"), version: version))
            if names.isEmpty { return folders }
            names.removeLast()
        }
    }
}
