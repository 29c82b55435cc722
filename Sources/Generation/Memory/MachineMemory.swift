/// How much memory this process may use: what the machine has and what its cgroups allow.
///
/// Source: the Linux kernel's documentation of `/proc/meminfo`, of cgroup v1 (`memory.limit_in_bytes`) and v2
/// (`memory.max`, and `memory.high`, above which the kernel slows a group down).
public struct MachineMemory: Sendable, Equatable {
    /// Memory of the machine.
    public var totalBytes: Int?
    /// What the machine could give without swapping: free memory and page cache that can go.
    public var availableBytes: Int?
    /// The limits of the cgroups that hold this process, from its own upwards.
    public var groups: [Group] = []

    /// A cgroup that limits memory.
    public struct Group: Sendable, Equatable {
        /// Folder of its files.
        public var path: String
        /// What its processes may use together.
        public var limitBytes: Int
        /// What its processes use, page cache that can go not counted; nil where it does not tell.
        public var usedBytes: Int?

        /// A limit and what is used of it.
        public init(path: String, limitBytes: Int, usedBytes: Int?) {
            self.path = path
            self.limitBytes = limitBytes
            self.usedBytes = usedBytes
        }
    }

    /// The figures as given; nil for those that are not known.
    public init(totalBytes: Int?, availableBytes: Int?, groups: [Group] = []) {
        self.totalBytes = totalBytes
        self.availableBytes = availableBytes
        self.groups = groups
    }

    /// The tightest limit; nil where nothing is known.
    public var limitBytes: Int? { (groups.map(\.limitBytes) + [totalBytes].compactMap { $0 }).min() }

    /// The tightest of what is free on the machine and in every cgroup; nil where nothing is known.
    public var usableBytes: Int? {
        let inGroups = groups.map { max($0.limitBytes - ($0.usedBytes ?? 0), 0) }
        return (inGroups + [availableBytes ?? totalBytes].compactMap { $0 }).min()
    }

    /// What is left to everybody else where nobody set a budget: a twentieth of the limit, at least 256 MiB
    /// and at most 2 GiB.
    public var reserveBytes: Int { min(max((limitBytes ?? 0) / 20, 256 << 20), 2 << 30) }

    /// What `--memory auto` takes: what is free, less the reserve.
    public var automaticBudgetBytes: Int? { usableBytes.map { max($0 - reserveBytes, 0) } }

    /// Reads this process's limits.
    public static func read(from files: some SystemFiles = MachineFiles()) -> MachineMemory {
        var memory = MachineMemory(
            totalBytes: files.number("/proc/meminfo", key: "MemTotal"),
            availableBytes: files.number("/proc/meminfo", key: "MemAvailable"))
        for folder in ControlGroups(files).memoryFolders {
            if let group = group(folder, files) { memory.groups.append(group) }
        }
        return memory
    }

    /// The limit in one folder; nil where it sets none.
    private static func group(_ folder: ControlGroups.Folder, _ files: some SystemFiles) -> Group? {
        let path = folder.path
        let names =
            switch folder.version {
            case .two:
                (
                    limits: ["memory.max", "memory.high"], usage: "memory.current",
                    cache: ["inactive_file", "active_file"]
                )
            case .one:
                (
                    limits: ["memory.limit_in_bytes"], usage: "memory.usage_in_bytes",
                    cache: ["total_inactive_file", "total_active_file"]
                )
            }
        let limits = names.limits.compactMap { files.number("\(path)/\($0)") }
        guard let limit = limits.min(), limit < unlimited else { return nil }
        let cache = names.cache.reduce(0) { $0 + (files.number("\(path)/memory.stat", key: $1) ?? 0) }
        return Group(
            path: path, limitBytes: limit,
            usedBytes: files.number("\(path)/\(names.usage)").map { max($0 - cache, 0) })
    }

    /// cgroup v1 writes "no limit" as the largest multiple of the page size; no machine comes near this.
    private static let unlimited = 1 << 60
}
