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
}
