public import ExpertStorage
import Foundation
public import Generation
public import ModelFiles
public import Models
public import Tokenization

/// A model that is tuned, with what all its runs have in common.
public struct TuningModel: Sendable {
    /// The model.
    public let file: ModelFile
    /// What it takes of a machine.
    public let needs: ModelNeeds
    /// Turns text into tokens.
    public let tokenizer: Tokenizer
    /// Threads, context and the KV cache's type of all runs.
    public let options: LanguageModel.Options
    /// How its disk is read.
    public let reading: ReadPlan

    public init(
        file: ModelFile, needs: ModelNeeds, tokenizer: Tokenizer, options: LanguageModel.Options,
        reading: ReadPlan
    ) {
        self.file = file
        self.needs = needs
        self.tokenizer = tokenizer
        self.options = options
        self.reading = reading
    }

    /// The prompt of all runs that are timed. Runs of a profile take memory for steps by the length of their
    /// own prompt; tuned is for one like this.
    ///
    /// - Throws: what encoding meets.
    public static func prompt(_ tokenizer: Tokenizer, context: Int) throws -> [TokenID] {
        let room = max(context - TuningRun.longestAnswer, 1)
        return Array(
            try tokenizer.encode(Array(TuningTexts.measured.utf8), parseSpecial: false).prefix(room))
    }

    /// The plan of a candidate; nil where it cannot run.
    public func plan(_ candidate: TuningCandidate) -> MemoryPlan? {
        guard let preference = try? candidate.knobs.preference() else { return nil }
        var plan = MemoryPlan(
            needs: needs, file: file, options: options, budgetBytes: candidate.budgetBytes,
            preference: preference)
        guard (try? plan.check()) != nil else { return nil }
        plan.read(by: reading)
        return plan
    }

    /// Budgets from the smallest that works to `largestBytes`, each larger than the one before by about as
    /// large a share; where the whole model fits, the smallest with which it does comes last.
    ///
    /// - Returns: empty where nothing works.
    public func budgets(upTo largestBytes: Int) -> [Int] {
        let all = MemoryPlan(needs: needs, file: file, options: options, budgetBytes: nil).totalBytes
        let least = smallestBudget
        let most = min(all, largestBytes)
        guard most >= least else { return [] }
        // Whole MiB, as a profile gives them.
        let (first, last) = (Self.mebibytes(least), largestBytes >= all ? Self.mebibytes(all) : most >> 20)
        guard last > first else { return [max(last, first) << 20] }
        var budgets: [Int] = []
        for step in 0..<Self.budgetCount {
            let share = Double(step) / Double(Self.budgetCount - 1)
            let size = (Double(first) * pow(Double(last) / Double(first), share)).rounded()
            if let previous = budgets.last, Int(size) << 20 <= previous { continue }
            budgets.append(Int(size) << 20)
        }
        return budgets
    }

    /// The smallest budget that works.
    public var smallestBudget: Int {
        MemoryPlan(needs: needs, file: file, options: options, budgetBytes: 1).smallestBytes
    }

    /// The shortest context in which a run has room, with some of a prompt.
    public static let smallestContext = TuningRun.longestAnswer + 32

    /// A knee is told to a sixth or so of the budget, or better.
    private static let budgetCount = 14

    private static func mebibytes(_ bytes: Int) -> Int { (bytes + (1 << 20) - 1) >> 20 }
}
