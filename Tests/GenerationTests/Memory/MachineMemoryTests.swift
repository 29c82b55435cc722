import Generation
import Testing

@Suite("Machine memory")
struct MachineMemoryTests {
    static let meminfo = "MemTotal:       16000 kB\nMemFree:         100 kB\nMemAvailable:    9000 kB\n"

    @Test("without cgroups the machine is the limit")
    func plain() {
        let memory = MachineMemory.read(from: FixedFiles(contents: ["/proc/meminfo": Self.meminfo]))
        #expect(memory.limitBytes == 16000 << 10)
        #expect(memory.usableBytes == 9000 << 10)
        #expect(memory.groups.isEmpty)
    }

    @Test("cgroup v2: the tightest limit on the way up counts, and page cache that can go is free")
    func versionTwo() {
        let memory = MachineMemory.read(
            from: FixedFiles(contents: [
                "/proc/meminfo": Self.meminfo,
                "/proc/self/cgroup": "0::/user/job\n",
                "/sys/fs/cgroup/user/job/memory.max": "max\n",
                "/sys/fs/cgroup/user/memory.max": "4096000\n",
                "/sys/fs/cgroup/user/memory.current": "3000000\n",
                "/sys/fs/cgroup/user/memory.stat": "anon 500\ninactive_file 1000000\nactive_file 500000\n",
            ]))
        #expect(memory.limitBytes == 4_096_000)
        #expect(memory.usableBytes == 4_096_000 - 1_500_000)
        #expect(memory.groups.map(\.path) == ["/sys/fs/cgroup/user"])
    }

    @Test(
        "cgroup v1: unlimited groups are passed over, and a path that only the host knows means the mount"
    )
    func versionOne() {
        let memory = MachineMemory.read(
            from: FixedFiles(contents: [
                "/proc/meminfo": Self.meminfo,
                "/proc/self/cgroup": "5:cpuset:/\n4:memory:/docker/abc\n0::/\n",
                "/sys/fs/cgroup/memory/memory.limit_in_bytes": "2048000\n",
                "/sys/fs/cgroup/memory/memory.usage_in_bytes": "48000\n",
            ]))
        #expect(memory.limitBytes == 2_048_000)
        #expect(memory.usableBytes == 2_000_000)
        let unlimited = MachineMemory.read(
            from: FixedFiles(contents: [
                "/proc/meminfo": Self.meminfo, "/proc/self/cgroup": "4:memory:/\n",
                "/sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712\n",
            ]))
        #expect(unlimited.groups.isEmpty)
    }

    @Test("a machine that tells nothing sets no limit")
    func nothing() {
        let memory = MachineMemory.read(from: FixedFiles(contents: [:]))
        #expect(memory.limitBytes == nil && memory.usableBytes == nil)
        #expect(MemoryBudget.automatic.resolved(on: memory) == nil)
    }

    @Test("nonsense in the files is passed over")
    func nonsense() {
        let memory = MachineMemory.read(
            from: FixedFiles(contents: [
                "/proc/meminfo": "MemTotal\nMemAvailable: many kB\n",
                "/proc/self/cgroup": "::\nx\n0::/../..\n",
                "/sys/fs/cgroup/memory.max": "1000\n",
            ]))
        #expect(memory.totalBytes == nil && memory.availableBytes == nil)
        #expect(memory.limitBytes == 1000)
    }

    @Test("the cgroup's peak counts only where the group holds this process alone")
    func peak() {
        var contents = [
            "/proc/self/status": "VmHWM:\t  100 kB\n", "/proc/self/io": "rchar: 5\nread_bytes: 77\n",
            "/proc/self/cgroup": "0::/a\n", "/sys/fs/cgroup/a/cgroup.procs": "12\n",
            "/sys/fs/cgroup/a/memory.peak": "200000\n",
        ]
        #expect(
            ProcessUsage.read(from: FixedFiles(contents: contents))
                == ProcessUsage(peakBytes: 200_000, diskReadBytes: 77))
        contents["/sys/fs/cgroup/a/cgroup.procs"] = "12\n13\n"
        #expect(ProcessUsage.read(from: FixedFiles(contents: contents)).peakBytes == 100 << 10)
    }
}
