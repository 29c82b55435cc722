import Generation
import Kernels
import ModelFiles
import Models
import Testing

@Suite("Memory plan")
struct MemoryPlanTests {
    private func plan(
        context: Int = 512, rows: Int = 512, element: CacheElement = .float16, budget: Int? = nil
    ) throws
        -> MemoryPlan
    {
        let file = try ModelFile.open(BundledModel.path())
        return MemoryPlan(
            needs: try ModelNeeds(file: file), file: file,
            options: LanguageModel.Options(
                threadCount: 2, maximumRows: rows, contextCapacity: context, cacheElement: element),
            budgetBytes: budget)
    }

    private func bytes(_ plan: MemoryPlan, _ name: String) -> Int {
        plan.lines.first { $0.name == name }?.bytes ?? -1
    }

    @Test("states the weights and the cache exactly")
    func lines() throws {
        let plan = try plan()
        #expect(bytes(plan, "weights") == 44_289_440)
        // 12 layers, keys and values of 2 heads of 64, two bytes each.
        #expect(bytes(plan, "KV cache") == 12 * 512 * 2 * 2 * 64 * 2)
        #expect(bytes(try self.plan(element: .float32), "KV cache") == 2 * bytes(plan, "KV cache"))
        #expect(plan.totalBytes == plan.lines.reduce(0) { $0 + $1.bytes })
        #expect(plan.lines.allSatisfy { $0.bytes >= 0 })
    }

    @Test("grows with the context and the chunk")
    func growth() throws {
        let plan = try plan()
        #expect(try self.plan(context: 1024).totalBytes > plan.totalBytes)
        #expect(try bytes(self.plan(rows: 64), "activations") < bytes(plan, "activations"))
    }

    @Test("refuses a budget below the smallest with the number that works, and takes that number")
    func budget() throws {
        let needed = try plan().smallestBytes
        #expect(needed < (try plan().totalBytes))
        let tooSmall = try plan(budget: needed - 1)
        let refusal = GenerationError(
            .budgetTooSmall(
                budgetBytes: needed - 1, neededBytes: needed, mostlyFor: tooSmall.largestUse))
        #expect(throws: refusal) { try tooSmall.check() }
        // What is printed above the refusal adds up to what it says, and names what takes most.
        #expect(tooSmall.totalBytes == needed)
        #expect(refusal.description.contains("most of it for runtime with 32."))
        try plan(budget: needed).check()
        try plan(budget: ByteSize.parse(ByteSize.flagText(atLeast: needed))).check()
        #expect(refusal.description.contains(ByteSize.flagText(atLeast: needed)))
    }

    @Test("a budget too small for large steps gets smaller ones, and no refusal")
    func smallerSteps() throws {
        let needed = try plan(rows: 512).smallestBytes
        #expect(try plan(rows: 16).smallestBytes == needed)
        let tight = try plan(rows: 512, budget: needed + 3 << 20)
        try tight.check()
        #expect(tight.options.maximumRows < 512 && tight.options.maximumRows > 1)
        let ample = try plan(rows: 512, budget: needed + 12 << 20)
        try ample.check()
        #expect(ample.options.maximumRows == 512 && ample.options.streaming != nil)
    }

    @Test("counts what a token reads: all dense weights and its own experts")
    func bytesPerToken() throws {
        let needs = try ModelNeeds(file: try ModelFile.open(BundledModel.path()))
        #expect(needs.expertLayerCount == 12)
        // 3 projections of 128 x 256 in Q8_0 (34 bytes per 32 weights), 32 experts, 12 layers.
        #expect(needs.expertBytes == 12 * 32 * 3 * 128 * 256 / 32 * 34)
        #expect(needs.expertBytesPerToken == needs.expertBytes / 8)
        #expect(needs.denseBytesPerToken == needs.weightBytes - needs.expertBytes)
    }
}
