import Foundation

/// What tells the disk under a file from others, as far as its speed goes: device, file system, and the
/// kernel that drives them.
public struct DiskIdentity: Sendable, Equatable {
    /// Major and minor number of the device, as `mountinfo` writes them: `259:2`.
    public var device: String
    /// `ext4`, `tmpfs`; empty where the system does not tell.
    public var fileSystem: String
    /// What is mounted: `/dev/nvme0n1p2`; empty where the system does not tell.
    public var source: String
    /// Release of the kernel.
    public var kernel: String

    /// The disk under the file at `path`; nil where there is no such file.
    public static func read(of path: String) -> DiskIdentity? {
        let real = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
        guard let attributes = try? FileManager.default.attributesOfItem(atPath: real),
            let number = attributes[.systemNumber] as? Int
        else { return nil }
        return read(of: real, deviceNumber: UInt64(bitPattern: Int64(number)), from: MachineFiles())
    }

    /// The same by what the system tells.
    ///
    /// - Parameters:
    ///   - path: without links.
    ///   - deviceNumber: `st_dev` of the file.
    package static func read(
        of path: String, deviceNumber: UInt64, from files: some SystemFiles
    ) -> DiskIdentity {
        let device = numbers(deviceNumber)
        let mounts = (files.text("/proc/self/mountinfo") ?? "").split(separator: "\n").compactMap(Mount.init)
        // A file system such as btrfs gives its files device numbers that no mount has.
        let byNumber = mounts.filter { $0.device == device && $0.holds(path) }
        let candidates = byNumber.isEmpty ? mounts.filter { $0.holds(path) } : byNumber
        let longest = candidates.map(\.folder.utf8.count).max()
        // Of several at one place the last one is on top.
        let found = candidates.last { $0.folder.utf8.count == longest }
        let kernel = files.text("/proc/sys/kernel/osrelease") ?? ""
        return DiskIdentity(
            device: device, fileSystem: found?.fileSystem ?? "", source: found?.source ?? "",
            kernel: kernel.trimmingCharacters(in: .whitespacesAndNewlines))
    }

    /// Source: `gnu_dev_major` and `gnu_dev_minor` of the C library.
    private static func numbers(_ device: UInt64) -> String {
        let major = (device >> 8 & 0xFFF) | (device >> 32 & 0xFFFF_F000)
        let minor = (device & 0xFF) | (device >> 12 & 0xFFFF_FF00)
        return "\(major):\(minor)"
    }

    /// A line of `mountinfo`. Source: proc_pid_mountinfo(5).
    private struct Mount {
        let device: String
        let folder: String
        let fileSystem: String
        let source: String

        init?(_ line: Substring) {
            let fields = line.split(separator: " ")
            guard let separator = fields.firstIndex(of: "-"), separator >= 6, fields.count > separator + 2
            else { return nil }
            device = String(fields[2])
            folder = Self.unescaped(fields[4])
            fileSystem = String(fields[separator + 1])
            source = Self.unescaped(fields[separator + 2])
        }

        func holds(_ path: String) -> Bool {
            folder == "/" || path == folder || path.hasPrefix(folder + "/")
        }

        /// Spaces, tabs, line ends and backslashes come as a backslash and three octal digits.
        private static func unescaped(_ field: Substring) -> String {
            var text: [UInt8] = []
            var bytes = Array(field.utf8)[...]
            while let byte = bytes.popFirst() {
                let digits = String(decoding: bytes.prefix(3), as: UTF8.self)
                if byte == UInt8(ascii: "\\"), digits.utf8.count == 3, let code = UInt8(digits, radix: 8) {
                    text.append(code)
                    bytes = bytes.dropFirst(3)
                } else {
                    text.append(byte)
                }
            }
            return String(decoding: text, as: UTF8.self)
        }
    }
}
