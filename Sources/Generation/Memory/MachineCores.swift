import Foundation

#if canImport(Darwin)
import Darwin
#endif

/// The processor cores that this process may use.
///
/// Source: the Linux kernel's documentation of `/sys/devices/system/cpu`, of the performance counters of
/// hybrid processors (`cpu_core`, `cpu_atom`) and of the cgroup controller for processor time.
public struct MachineCores: Sendable, Equatable {
    /// Processors that the scheduler sees, hyperthreads counted.
    public var logicalCount: Int
    /// Cores, hyperthreads of one counted once.
    public var physicalCount: Int
    /// Those of the fast kind: of a hybrid processor the large cores, of any other all.
    public var fastCount: Int
    /// Processors' worth of time that cgroups allow; nil without a limit.
    public var quota: Double?
    /// What the processor calls itself.
    public var model: String?

    /// Threads that a run should have: a fast core each, no more than the quota gives.
    ///
    /// A job ends with its slowest thread, and reading memory needs few: on a hybrid processor the large
    /// cores alone are usually faster than all together. `sluice doctor --threads` measures it.
    public var recommendedThreads: Int {
        let byQuota = quota.map { max(Int($0.rounded(.up)), 1) } ?? fastCount
        return max(min(fastCount, byQuota, Self.maximumThreads), 1)
    }

    /// More threads than this are a mistake, not a wish.
    private static let maximumThreads = 1024
    /// A core this much slower than the fastest, or more, is of another kind; those that a processor favours
    /// for single threads are a tenth faster than their equals.
    private static let slowShare = 0.75

    /// Reads this machine's cores.
    public static func read(from files: some SystemFiles = MachineFiles()) -> MachineCores {
        let allowed = allowedProcessors(files)
        guard !allowed.isEmpty else { return unlisted(files) }
        let fast = fastProcessors(of: allowed, files)
        return MachineCores(
            logicalCount: allowed.count, physicalCount: coreCount(allowed, files),
            fastCount: coreCount(fast, files), quota: quota(files), model: model(files))
    }

    /// What is known where the system has no such files.
    private static func unlisted(_ files: some SystemFiles) -> MachineCores {
        let logical = ProcessInfo.processInfo.activeProcessorCount
        let physical = systemCount("hw.physicalcpu") ?? logical
        return MachineCores(
            logicalCount: logical, physicalCount: physical,
            fastCount: min(systemCount("hw.perflevel0.physicalcpu") ?? physical, physical),
            quota: quota(files), model: model(files))
    }

    /// A positive count that Darwin's kernel gives by name; nil elsewhere.
    private static func systemCount(_ name: String) -> Int? {
        #if canImport(Darwin)
        var value: Int32 = 0
        var size = MemoryLayout<Int32>.size
        let result = unsafe sysctlbyname(name, &value, &size, nil, 0)
        return result == 0 && value > 0 ? Int(value) : nil
        #else
        return nil
        #endif
    }

    /// Cores of the processors, hyperthreads of one counted once.
    private static func coreCount(_ processors: [Int], _ files: some SystemFiles) -> Int {
        let cores = processors.map { processor -> String in
            let folder = "/sys/devices/system/cpu/cpu\(processor)/topology"
            return files.text(folder + "/core_cpus_list") ?? files.text(folder + "/thread_siblings_list")
                ?? "cpu\(processor)"
        }
        return Set(cores).count
    }

    /// Those of `processors` that are of the fast kind, by the first that tells them apart of kinds,
    /// capacities and highest frequencies.
    private static func fastProcessors(of processors: [Int], _ files: some SystemFiles) -> [Int] {
        if let large = files.text("/sys/devices/cpu_core/cpus"),
            files.text("/sys/devices/cpu_atom/cpus") != nil
        {
            let kind = Set(list(Substring(large)))
            let fast = processors.filter(kind.contains)
            return fast.isEmpty ? processors : fast
        }
        for file in ["cpu_capacity", "cpufreq/cpuinfo_max_freq"] {
            let speeds = processors.map { files.number("/sys/devices/system/cpu/cpu\($0)/\(file)") ?? 0 }
            guard let fastest = speeds.max(), let slowest = speeds.min(), slowest > 0 else { continue }
            let bound = Self.slowShare * Double(fastest)
            if Double(slowest) > bound { continue }
            return zip(processors, speeds).filter { Double($0.1) > bound }.map(\.0)
        }
        return processors
    }

    /// The processors that the affinity of this process allows.
    private static func allowedProcessors(_ files: some SystemFiles) -> [Int] {
        let line = (files.text("/proc/self/status") ?? "").split(separator: "\n")
            .first { $0.hasPrefix("Cpus_allowed_list:") }
        return line.map { list($0.split(separator: ":")[1]) } ?? []
    }

    /// `0-3,8` as its numbers.
    private static func list(_ text: Substring) -> [Int] {
        text.trimmingCharacters(in: .whitespacesAndNewlines).split(separator: ",").flatMap { range -> [Int] in
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
