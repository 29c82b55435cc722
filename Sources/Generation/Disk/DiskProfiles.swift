import ExpertStorage
import Foundation
import ModelFiles

/// The profiles of this user's disks, kept in a file between runs.
///
/// The file is a cache: where it is missing, damaged or cannot be written, a disk is measured again.
public struct DiskProfiles: Sendable {
    /// Where the file is.
    public let path: String

    private static let version = 1
    /// A file beyond this was not written by this program: a profile takes some 300 bytes.
    private static let mostBytes = 1 << 20
    /// Profiles that are kept, the latest first: kernels and disks come and go.
    private static let mostProfiles = 64

    /// `sluice/disks.json` in the user's folder for caches.
    ///
    /// Source: XDG Base Directory Specification 0.8: a relative `XDG_CACHE_HOME` is to be ignored.
    ///
    /// - Returns: nil where the environment names no home.
    public init?(environment: [String: String]) {
        let cache: String
        if let named = environment["XDG_CACHE_HOME"], named.hasPrefix("/") {
            cache = named
        } else if let home = environment["HOME"], home.hasPrefix("/") {
            cache = home + "/.cache"
        } else {
            return nil
        }
        path = cache + "/sluice/disks.json"
    }

    /// The profile of the disk under the file at `modelPath`.
    ///
    /// - Returns: the profile, nil where none is kept; and what is wrong with the file, nil where nothing is.
    public func load(for modelPath: String) -> (profile: DiskProfile?, problem: String?) {
        guard let disk = DiskIdentity.read(of: modelPath) else { return (nil, nil) }
        let (profiles, problem) = read()
        return (profiles.first { $0.disk == disk }, problem)
    }

    /// Keeps `profile`, in place of what was known of its disk; what cannot be read is replaced.
    ///
    /// - Throws: what writing meets.
    public func store(_ profile: DiskProfile) throws {
        let others = read().profiles.filter { $0.disk != profile.disk }
        let profiles = [profile] + others.prefix(Self.mostProfiles - 1)
        let json = JSONValue.members([
            "version": .count(Self.version), "disks": .list(profiles.map(\.json)),
        ])
        let url = URL(fileURLWithPath: path)
        try FileManager.default.createDirectory(
            at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        // Under another name first, so that nobody ever reads half a file.
        try Data((json.text + "\n").utf8).write(to: url, options: .atomic)
    }

    private func read() -> (profiles: [DiskProfile], problem: String?) {
        guard FileManager.default.fileExists(atPath: path) else { return ([], nil) }
        guard let handle = FileHandle(forReadingAtPath: path),
            let data = try? handle.read(upToCount: Self.mostBytes + 1)
        else { return ([], "\(path) cannot be read") }
        guard data.count <= Self.mostBytes else { return ([], "\(path) is longer than it can be") }
        guard let json = try? JSONValue.parse(String(decoding: data, as: UTF8.self), path: path) else {
            return ([], "\(path) is no JSON")
        }
        guard json["version"]?.integer == Int64(Self.version), let entries = json["disks"]?.list else {
            return ([], "\(path) is of another version")
        }
        let profiles = entries.compactMap(DiskProfile.init)
        return (profiles, profiles.count < entries.count ? "\(path) holds profiles that cannot be" : nil)
    }
}
