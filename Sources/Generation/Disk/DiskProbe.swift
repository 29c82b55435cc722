public import ExpertStorage
import Foundation

/// How the disk under a model is to be read: what is known of it, or what a second of measuring says.
public struct DiskProbe {
    /// Where an answer came from.
    public enum Source: String, Sendable {
        /// A profile that was kept.
        case kept
        /// Measured now.
        case measured
        /// Nothing could be measured.
        case assumed
    }

    /// What a run needs to know.
    public struct Answer: Sendable {
        /// How to read.
        public let choice: ReadChoice
        /// Where that came from.
        public let source: Source
        /// What went wrong on the way, as sentences for people; empty where nothing did.
        public let notes: [String]
    }

    /// Where nothing can be measured: the speed of a common SATA disk without moving parts.
    private static let assumed = ReadChoice(
        plan: .unmeasured, bytesPerSecond: 500e6, blockSeconds: 0.010)

    /// Of a run's memory, what a probe takes: the program itself is there too, its weights not yet.
    private static let shareOfBudget = 3

    /// The answer for the disk that holds `paths`; measures for about a second where none is kept, and keeps
    /// what it finds, unless the budget let it try only small settings.
    ///
    /// - Parameters:
    ///   - profiles: nil where nothing can be kept.
    ///   - budgetBytes: of the whole process; nil for no limit.
    public static func answer(
        for paths: [String], profiles: DiskProfiles?, budgetBytes: Int? = nil,
        expertBytes: Int = ReadProbe.expertBytes
    ) -> Answer {
        var notes: [String] = []
        if let profiles, let path = paths.first {
            let (profile, problem) = profiles.load(for: path)
            if let problem { notes.append(problem + "; it is ignored") }
            if let profile { return Answer(choice: profile.choice, source: .kept, notes: notes) }
        }
        do {
            let probe = ReadProbe(try ProbedFiles(paths: paths), generator: SystemRandomNumberGenerator())
            let allowed = budgetBytes.map { $0 / shareOfBudget } ?? .max
            let bytesUnderWay = min(allowed, ReadProbe.shortBytesUnderWay)
            let result = try probe.short(expertBytes: expertBytes, bytesUnderWay: bytesUnderWay)
            notes += result.refusals.map { "\($0.way.name): \($0.error)" }
            if let choice = result.choice {
                if bytesUnderWay == ReadProbe.shortBytesUnderWay {
                    notes += keep(choice, for: paths, in: profiles)
                }
                return Answer(choice: choice, source: .measured, notes: notes)
            }
        } catch {
            notes.append("\(error)")
        }
        return Answer(choice: Self.assumed, source: .assumed, notes: notes)
    }

    /// Keeps a choice for later runs.
    ///
    /// - Returns: why that was not possible, as sentences.
    public static func keep(_ choice: ReadChoice, for paths: [String], in profiles: DiskProfiles?) -> [String]
    {
        guard let profiles, let path = paths.first, let disk = DiskIdentity.read(of: path) else {
            return ["the answer cannot be kept: neither XDG_CACHE_HOME nor HOME names a folder"]
        }
        do {
            try profiles.store(DiskProfile(disk: disk, choice: choice))
            return []
        } catch {
            return ["the answer cannot be kept in \(profiles.path): \(error.localizedDescription)"]
        }
    }
}
