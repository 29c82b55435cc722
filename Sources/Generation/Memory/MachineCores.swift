import Foundation

/// The processor cores that this process may use.
///
/// Source: the Linux kernel's documentation of `/sys/devices/system/cpu` and of the cgroup controller for
/// processor time.
public struct MachineCores: Sendable, Equatable {
    /// Processors that the scheduler sees, hyperthreads counted.
    public var logicalCount: Int
    /// Cores, hyperthreads of one counted once.
    public var physicalCount: Int
    /// Processors' worth of time that cgroups allow; nil without a limit.
    public var quota: Double?
    /// What the processor calls itself.
    public var model: String?

    /// Threads that a run should have: a core each, no more than the quota gives.
    public var recommendedThreads: Int {
        let byQuota = quota.map { max(Int($0.rounded(.up)), 1) } ?? physicalCount
        return max(min(physicalCount, byQuota, maximumThreads), 1)
    }

    /// More threads than this are a mistake, not a wish.
    private var maximumThreads: Int { 1024 }

    /// Reads this machine's cores.
    public static func read(from files: some SystemFiles = MachineFiles()) -> MachineCores {
        let allowed = allowedProcessors(files)
        var cores: Set<String> = []
        for processor in allowed {
            let folder = "/sys/devices/system/cpu/cpu\(processor)/topology"
            let siblings =
                files.text(folder + "/core_cpus_list") ?? files.text(folder + "/thread_siblings_list")
            cores.insert(siblings ?? "cpu\(processor)")
        }
        let logical = allowed.isEmpty ? ProcessInfo.processInfo.activeProcessorCount : allowed.count
        return MachineCores(
            logicalCount: logical, physicalCount: cores.isEmpty ? logical : cores.count, quota: quota(files),
            model: model(files))
    }

    /// The processors that the affinity of this process allows.
    private static func allowedProcessors(_ files: some SystemFiles) -> [Int] {
        let line = (files.text("/proc/self/status") ?? "").split(separator: "\n")
            .first { $0.hasPrefix("Cpus_allowed_list:") }
        return line.map { list($0.split(separator: ":")[1]) } ?? []
    }

    /// `0-3,8` as its numbers.
    private static func list(_ text: Substring) -> [Int] {
        text.trimmingCharacters(in: .whitespaces).split(separator: ",").flatMap { range -> [Int] in
            let bounds = range.split(separator: "-").compactMap { Int($0) }
            guard let first = bounds.first, let last = bounds.last, first <= last, last - first < 65_536
            else { return [] }
            return Array(first...last)
        }
    }

    private static func quota(_ files: some SystemFiles) -> Double? {
        ControlGroups(files).processorFolders.compactMap { folder -> Double? in
            switch folder.version {
            case .two:
                let fields = (files.text(folder.path + "/cpu.max") ?? "").split(
                    whereSeparator: \.isWhitespace)
                guard fields.count == 2, let time = Double(fields[0]), let period = Double(fields[1]),
                    period > 0
                else { return nil }
                return time / period
            case .one:
                guard let time = files.number(folder.path + "/cpu.cfs_quota_us"), time > 0,
                    let period = files.number(folder.path + "/cpu.cfs_period_us"), period > 0
                else { return nil }
                return Double(time) / Double(period)
            }
        }.min()
    }

    private static func model(_ files: some SystemFiles) -> String? {
        let line = (files.text("/proc/cpuinfo") ?? "").split(separator: "\n").first {
            $0.hasPrefix("model name")
        }
        return line?.split(separator: ":", maxSplits: 1).last.map { $0.trimmingCharacters(in: .whitespaces) }
    }
}
