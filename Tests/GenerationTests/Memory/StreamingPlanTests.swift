import ExpertStorage
import Foundation
import Generation
import Kernels
import ModelFiles
import Models
import Residency
import TestSupport
import Testing

@Suite("Memory plan of a model that is larger")
struct StreamingPlanTests {
    private let file: ModelFile
    private let needs: ModelNeeds

    init() throws {
        file = try ModelFile.open(BundledModel.path())
        needs = try ModelNeeds(file: file)
    }

    private func plan(
        _ budget: Int?, of file: ModelFile? = nil, _ change: (inout StreamingPreference) -> Void = { _ in }
    ) throws -> MemoryPlan {
        var preference = StreamingPreference()
        change(&preference)
        let file = file ?? self.file
        return MemoryPlan(
            needs: try ModelNeeds(file: file), file: file,
            options: LanguageModel.Options(
                threadCount: 1, maximumRows: 16, contextCapacity: 64, cacheElement: .float16),
            budgetBytes: budget, preference: preference)
    }

    /// Ways to share slots, which need different budgets.
    static let pools = StreamingPreference.Pools.allCases

    @Test("stays within every budget from the smallest on, and refuses the one below", arguments: pools)
    func everyBudget(_ pools: StreamingPreference.Pools) throws {
        for source in [StreamingPreference.Source.automatic, .streamed] {
            func plan(_ budget: Int?) throws -> MemoryPlan {
                try self.plan(budget) {
                    $0.pools = pools
                    $0.source = source
                }
            }
            let smallest = try plan(nil).smallestBytes
            let tooSmall = try plan(smallest - 1)
            #expect(
                throws: GenerationError(
                    .budgetTooSmall(
                        budgetBytes: smallest - 1, neededBytes: smallest, mostlyFor: tooSmall.largestUse))
            ) { try tooSmall.check() }
            var slots = 0
            for budget in stride(from: smallest, to: smallest + 60 << 20, by: 370_001) {
                let plan = try plan(budget)
                try plan.check()
                #expect(plan.totalBytes <= budget && plan.smallestBytes == smallest, "\(budget)")
                guard let shape = plan.options.streaming?.shape else {
                    #expect(source == .automatic && plan.slotBytes == nil)
                    continue
                }
                try expectUsable(shape, pools: pools)
                #expect(plan.slotBytes == plan.lines.first { $0.name == "expert slots" }?.bytes)
                // One kind of pools: with more memory there are never fewer slots.
                if pools != .automatic { #expect(shape.slotCount >= slots, "\(budget)") }
                slots = shape.slotCount
            }
            #expect(slots > needs.shape.expertCount)
        }
    }

    /// Every layer can run, and pools are as they were asked for.
    private func expectUsable(_ shape: CacheShape, pools: StreamingPreference.Pools) throws {
        switch shape.pools {
        case .global(let slots):
            #expect(slots >= needs.shape.expertsPerToken && pools != .perLayer)
        case .perLayer(let slots):
            #expect(try #require(slots.min()) >= 1 && pools != .global)
        }
    }

    @Test("a progressive store is streamed even where it fits, with a place where records are joined")
    func progressive() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/demo.sluice"
        let experts = try #require(needs.extents).packedExperts
        _ = try StorePacker(file, experts: experts, to: path, isProgressive: true, replaces: false).run()
        let store = try ModelFile.open(path)
        for pools in [StreamingPreference.Pools.perLayer, .global] {
            let streamed = try plan(nil, of: store) { $0.pools = pools }
            try streamed.check()
            let slotCount = try #require(streamed.options.streaming).shape.slotCount
            #expect(slotCount == needs.expertLayerCount * needs.shape.expertCount)
            let slotBytes = try #require(try ModelNeeds(file: store).extents).catalog.slotBytes
            let guesses = try #require(streamed.options.streaming).guessAreas
            // All layers have experts of one size: so there are as many guesses, and one place to join.
            let largest = try #require(slotBytes.max())
            #expect(streamed.slotBytes == (slotCount + guesses + 1) * largest)
            let smallest = try plan(streamed.smallestBytes, of: store) { $0.pools = pools }
            try smallest.check()
            #expect(smallest.totalBytes <= smallest.smallestBytes)
            #expect(throws: GenerationError.self) {
                try plan(streamed.smallestBytes - 1, of: store) { $0.pools = pools }.check()
            }
        }
        #expect(throws: GenerationError(.notMappable)) {
            try plan(nil, of: store) { $0.source = .mapped }.check()
        }
    }

    @Test("the smallest budget runs, and gives the tokens of the mapped model", arguments: pools)
    func smallestRuns(_ pools: StreamingPreference.Pools) throws {
        func tokens(_ options: LanguageModel.Options) throws -> [Int] {
            let core = try EngineCore(file: file, tokenizer: nil, options: options)
            var token = TokenID(7)
            var chosen: [Int] = []
            for _ in 0..<8 {
                #expect(try core.forward(token, unless: CancellationFlag()))
                let logits = core.model.logits(rows: 0..<1)
                let best = (0..<logits.columns).reduce(0) { logits[0, $1] > logits[0, $0] ? $1 : $0 }
                chosen.append(best)
                token = TokenID(Int32(best))
            }
            return chosen
        }
        let smallest = try plan(plan(nil, { $0.pools = pools }).smallestBytes, { $0.pools = pools })
        #expect(smallest.options.streaming != nil)
        let mapped = try plan(nil)
        #expect(mapped.options.streaming == nil)
        #expect(try tokens(smallest.options) == tokens(mapped.options))
    }

    @Test("--expert-cache is kept; less than the model runs with is refused with the number that works")
    func expertCache() throws {
        for bytes in [2 << 20, 8 << 20, 30 << 20] {
            let plan = try plan(nil) { $0.expertCacheBytes = bytes }
            try plan.check()
            let slotBytes = try #require(plan.slotBytes)
            #expect(slotBytes <= bytes && slotBytes > bytes * 9 / 10)
        }
        // Within --memory: the smaller of the two counts.
        let smallest = try plan(nil).smallestBytes
        let both = try plan(smallest + 1 << 20) { $0.expertCacheBytes = 30 << 20 }
        #expect(both.totalBytes <= smallest + 1 << 20)
        #expect(try plan(nil) { $0.expertCacheBytes = 1 << 30 }.slotBytes == nil, "all fit: mapped")
        let error = try #require(throws: GenerationError.self) {
            try plan(nil) { $0.expertCacheBytes = 1000 }.check()
        }
        guard case .expertCacheTooSmall(1000, let needed) = error.code else {
            Issue.record("\(error)")
            return
        }
        try plan(nil) { $0.expertCacheBytes = needed }.check()
        #expect(throws: GenerationError.self) { try plan(nil) { $0.expertCacheBytes = needed - 1 }.check() }
    }

    @Test("warns below one token's working set, and takes one pool and a policy by frequency there")
    func warning() throws {
        let token = needs.expertLayerCount * needs.shape.expertsPerToken
        let slotBytes = try #require(needs.extents).catalog.slotBytes[0]
        let below = try plan(nil) { $0.expertCacheBytes = (token - 1) * slotBytes }
        let text = try #require(below.warning)
        #expect(text.contains("\(token - 1) slots are fewer than the \(token) experts of one token"))
        #expect(below.options.streaming?.shape.pools == .global(slots: token - 1))
        #expect(below.options.streaming?.policy.entry.name == "lfu")
        let enough = try plan(nil) { $0.expertCacheBytes = token * slotBytes }
        #expect(enough.warning == nil && enough.options.streaming?.guessAreas == 0)
        let shares = Array(repeating: needs.shape.expertsPerToken, count: needs.expertLayerCount)
        #expect(enough.options.streaming?.shape.pools == .perLayer(shares))
    }

    @Test("a model whose experts have to be repacked is refused for streaming, and runs mapped")
    func repacked() throws {
        let folder = Command.packageFolder.appending(path: "Tests/ModelsTests/Fixtures/gpt_oss_mxfp4")
        let file = try ModelFile.open(folder.path)
        #expect(try ModelNeeds(file: file).extents == nil)
        let mapped = try plan(nil, of: file)
        try mapped.check()
        #expect(mapped.options.streaming == nil && mapped.smallestBytes == mapped.totalBytes)
        for change: (inout StreamingPreference) -> Void in [
            { $0.source = .streamed }, { $0.expertCacheBytes = 1000 },
        ] {
            let error = #expect(throws: GenerationError(.notStreamable)) {
                try plan(nil, of: file, change).check()
            }
            #expect(error?.description.contains("convert it to GGUF") == true)
        }
        let total = mapped.totalBytes
        let tooSmall = try plan(total - 1, of: file)
        #expect(
            throws: GenerationError(
                .budgetTooSmall(
                    budgetBytes: total - 1, neededBytes: total, mostlyFor: tooSmall.largestUse))
        ) { try tooSmall.check() }
        var options = mapped.options
        options.streaming = try plan(nil, { $0.source = .streamed }).options.streaming
        let error = try #require(throws: ExpertStorageError.self) {
            try LanguageModel(file: file, options: options)
        }
        #expect(error.code == .notStreamable && error.path == file.path)
    }
}
