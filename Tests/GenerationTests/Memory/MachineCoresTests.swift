import Generation
import Testing

@Suite("Machine cores")
struct MachineCoresTests {
    /// Four processors on two cores, of which three are allowed.
    static let contents = [
        "/proc/self/status": "Name:\tx\nCpus_allowed_list:\t0-1,3\n",
        "/proc/cpuinfo": "processor : 0\nmodel name\t: Test CPU @ 3 GHz\n",
        "/sys/devices/system/cpu/cpu0/topology/core_cpus_list": "0-1\n",
        "/sys/devices/system/cpu/cpu1/topology/core_cpus_list": "0-1\n",
        "/sys/devices/system/cpu/cpu3/topology/core_cpus_list": "2-3\n",
    ]

    @Test("counts cores, hyperthreads once, and only those that are allowed")
    func counts() {
        let cores = MachineCores.read(from: FixedFiles(contents: Self.contents))
        #expect(cores.logicalCount == 3)
        #expect(cores.physicalCount == 2)
        #expect(cores.fastCount == 2)
        #expect(cores.quota == nil)
        #expect(cores.model == "Test CPU @ 3 GHz")
        #expect(cores.recommendedThreads == 2)
    }

    @Test("a quota of processor time lowers the threads, never below one")
    func quota() {
        var contents = Self.contents
        contents["/proc/self/cgroup"] = "0::/\n"
        contents["/sys/fs/cgroup/cpu.max"] = "50000 100000\n"
        let cores = MachineCores.read(from: FixedFiles(contents: contents))
        #expect(cores.quota == 0.5)
        #expect(cores.recommendedThreads == 1)
        contents["/sys/fs/cgroup/cpu.max"] = "max 100000\n"
        #expect(MachineCores.read(from: FixedFiles(contents: contents)).quota == nil)
        contents["/proc/self/cgroup"] = "3:cpu,cpuacct:/\n"
        contents["/sys/fs/cgroup/cpu/cpu.cfs_quota_us"] = "150000\n"
        contents["/sys/fs/cgroup/cpu/cpu.cfs_period_us"] = "100000\n"
        #expect(MachineCores.read(from: FixedFiles(contents: contents)).quota == 1.5)
    }

    /// The files of a machine whose core i has the processors `cores[i]`, all allowed.
    static func machine(_ cores: [[Int]]) -> [String: String] {
        var contents = ["/proc/self/status": "Cpus_allowed_list:\t0-\(cores.joined().count - 1)\n"]
        for core in cores {
            for processor in core {
                contents["/sys/devices/system/cpu/cpu\(processor)/topology/core_cpus_list"] =
                    core.map(String.init).joined(separator: ",") + "\n"
            }
        }
        return contents
    }

    /// Six large cores of two threads and eight small ones of one.
    static let hybrid = machine((0..<6).map { [2 * $0, 2 * $0 + 1] } + (12..<20).map { [$0] })

    static func recommended(_ contents: [String: String]) -> Int {
        MachineCores.read(from: FixedFiles(contents: contents)).recommendedThreads
    }

    @Test("eight cores with two threads each get eight threads, and as many as the affinity leaves")
    func hyperthreads() {
        var contents = Self.machine((0..<8).map { [$0, $0 + 8] })
        let cores = MachineCores.read(from: FixedFiles(contents: contents))
        #expect(cores.logicalCount == 16 && cores.physicalCount == 8 && cores.fastCount == 8)
        #expect(cores.recommendedThreads == 8)
        contents["/proc/self/status"] = "Cpus_allowed_list:\t1,4-5\n"
        #expect(Self.recommended(contents) == 3)
        contents["/proc/self/status"] = "Cpus_allowed_list:\t1,5,9\n"
        #expect(Self.recommended(contents) == 2)
    }

    @Test("one and a half processors of time are two threads")
    func fractionalQuota() {
        var contents = Self.machine((0..<8).map { [$0, $0 + 8] })
        contents["/proc/self/cgroup"] = "0::/\n"
        contents["/sys/fs/cgroup/cpu.max"] = "150000 100000\n"
        #expect(Self.recommended(contents) == 2)
    }

    @Test("of a hybrid processor the large cores count, however the system tells them apart")
    func hybridProcessors() {
        #expect(Self.recommended(Self.hybrid) == 14)
        let folder = "/sys/devices/system/cpu/cpu"
        let kinds = ["/sys/devices/cpu_core/cpus": "0-11\n", "/sys/devices/cpu_atom/cpus": "12-19\n"]
        var capacities: [String: String] = [:]
        var frequencies: [String: String] = [:]
        for processor in 0..<20 {
            capacities["\(folder)\(processor)/cpu_capacity"] = processor < 12 ? "1024\n" : "446\n"
            // Two favoured cores among the large ones.
            let frequency = processor < 4 ? 5_200_000 : processor < 12 ? 4_900_000 : 3_900_000
            frequencies["\(folder)\(processor)/cpufreq/cpuinfo_max_freq"] = "\(frequency)\n"
        }
        for described in [kinds, capacities, frequencies] {
            var contents = Self.hybrid.merging(described) { $1 }
            let cores = MachineCores.read(from: FixedFiles(contents: contents))
            #expect(cores.logicalCount == 20 && cores.physicalCount == 14 && cores.fastCount == 6)
            #expect(cores.recommendedThreads == 6)
            // Whoever is confined to small cores has them all.
            contents["/proc/self/status"] = "Cpus_allowed_list:\t14-18\n"
            #expect(Self.recommended(contents) == 5)
        }
    }

    @Test("equal capacities say nothing where frequencies differ, and favoured cores are no other kind")
    func nearlyEqual() {
        let folder = "/sys/devices/system/cpu/cpu"
        var contents = Self.machine((0..<8).map { [$0] })
        for processor in 0..<8 {
            contents["\(folder)\(processor)/cpu_capacity"] = "1024\n"
            contents["\(folder)\(processor)/cpufreq/cpuinfo_max_freq"] =
                processor < 2 ? "5200000\n" : "4700000\n"
        }
        #expect(Self.recommended(contents) == 8)
        for processor in 4..<8 {
            contents["\(folder)\(processor)/cpufreq/cpuinfo_max_freq"] = "3300000\n"
        }
        #expect(Self.recommended(contents) == 4)
    }
}
