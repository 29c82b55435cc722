import Generation
import Testing

@Suite("Which disk a file lies on")
struct DiskIdentityTests {
    private static let mounts = """
        22 1 254:0 / / rw,relatime - ext4 /dev/vda rw
        25 22 0:23 / /dev/shm rw - tmpfs tmpfs rw
        40 22 259:2 / /data rw,noatime shared:1 master:2 - xfs /dev/nvme0n1p2 rw
        41 22 0:50 /@models /data/b rw - btrfs /dev/sdb1 rw
        42 22 259:3 / /my\\040disk rw - ext4 /dev/with\\040space rw
        43 22 259:7 / /data rw - ext3 /dev/on-top rw
        broken line
        44 22 259:4 / /data/broken rw
        """

    private func identity(_ path: String, major: UInt64, minor: UInt64) -> DiskIdentity {
        let number = (major & 0xFFF) << 8 | (major >> 12) << 44 | (minor & 0xFF) | (minor >> 8) << 20
        let files = FixedFiles(contents: [
            "/proc/self/mountinfo": Self.mounts, "/proc/sys/kernel/osrelease": "6.1.2-test\n",
        ])
        return DiskIdentity.read(of: path, deviceNumber: number, from: files)
    }

    @Test("is told by device, file system, source and kernel")
    func told() {
        let data = identity("/data/model.gguf", major: 259, minor: 2)
        #expect(data.device == "259:2")
        #expect(data.fileSystem == "xfs" && data.source == "/dev/nvme0n1p2")
        #expect(data.kernel == "6.1.2-test")
        let root = identity("/database/model.gguf", major: 254, minor: 0)
        #expect(root.fileSystem == "ext4" && root.source == "/dev/vda")
    }

    @Test("of a device that no mount has, by the deepest folder, and what was mounted there last")
    func byFolder() {
        #expect(identity("/data/b/model", major: 0, minor: 61).source == "/dev/sdb1")
        #expect(identity("/data/b/model", major: 0, minor: 61).device == "0:61")
        #expect(identity("/data/other", major: 0, minor: 61).source == "/dev/on-top")
        #expect(identity("/my disk/model", major: 0, minor: 61).source == "/dev/with space")
    }

    @Test("with large numbers, and without anything that the system tells")
    func otherwise() {
        #expect(identity("/x", major: 4097, minor: 70_000).device == "4097:70000")
        let none = DiskIdentity.read(of: "/x", deviceNumber: 0x0103, from: FixedFiles(contents: [:]))
        #expect(none.device == "1:3" && none.fileSystem.isEmpty && none.source.isEmpty && none.kernel.isEmpty)
    }

    @Test("of a real file is the same for its neighbour, and there is none of a missing file")
    func real() {
        #expect(DiskIdentity.read(of: "/proc/version") == DiskIdentity.read(of: "/proc/uptime"))
        #expect(DiskIdentity.read(of: "/no/such/file") == nil)
    }
}
