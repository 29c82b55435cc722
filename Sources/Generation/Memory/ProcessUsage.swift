/// What this process has used so far, as the system counts it.
///
/// Source: proc(5), `/proc/self/status` and `/proc/self/io`.
public struct ProcessUsage: Sendable, Equatable {
    /// Largest resident set so far, mapped file pages included.
    public var peakBytes: Int?
    /// Bytes fetched from the disk on behalf of this process.
    public var diskReadBytes: Int?

    /// The counters as given; nil for those that are not known.
    public init(peakBytes: Int?, diskReadBytes: Int?) {
        self.peakBytes = peakBytes
        self.diskReadBytes = diskReadBytes
    }

    /// Reads the counters.
    ///
    /// The peak of the cgroup counts where it holds this process alone: it knows of page cache that the
    /// process caused and that was not mapped.
    public static func read(from files: some SystemFiles = MachineFiles()) -> ProcessUsage {
        var peak = files.number("/proc/self/status", key: "VmHWM")
        for folder in ControlGroups(files).memoryFolders.prefix(1) {
            let members = (files.text(folder.path + "/cgroup.procs") ?? "").split(separator: "\n")
            let name = folder.version == .two ? "memory.peak" : "memory.max_usage_in_bytes"
            guard members.count == 1, let group = files.number(folder.path + "/" + name) else { continue }
            peak = max(peak ?? 0, group)
        }
        return ProcessUsage(peakBytes: peak, diskReadBytes: files.number("/proc/self/io", key: "read_bytes"))
    }
}
