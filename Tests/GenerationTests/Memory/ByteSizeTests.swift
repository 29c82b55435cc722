import Generation
import Testing

@Suite("Sizes")
struct ByteSizeTests {
    static let sizes: [(text: String, mebibytes: Double)] = [
        ("8G", 8192), ("512M", 512), ("512m", 512), ("1.5G", 1536), ("4194304", 4), ("2T", 2_097_152),
        ("512K", 0.5),
        ("8GB", 8192), ("8GiB", 8192), ("1048576B", 1),
    ]

    @Test("reads binary units", arguments: sizes)
    func reads(text: String, mebibytes: Double) {
        #expect(ByteSize.parse(text) == Int(mebibytes * 1_048_576))
    }

    @Test(
        "refuses what is no size",
        arguments: [
            "", "G", "0", "-1G", "1e3", "1 G", "1.2.3", "NaN", "inf", "9999999999T", "8X", "٣G", ".5G", "0.2",
        ])
    func refuses(text: String) { #expect(ByteSize.parse(text) == nil) }

    @Test("writes sizes for people and for flags")
    func writes() {
        #expect(ByteSize.text(0) == "0 B")
        #expect(ByteSize.text(1023) == "1023 B")
        #expect(ByteSize.text(3 << 29) == "1.5 GiB")
        #expect(ByteSize.flagText(atLeast: 1) == "1M")
        #expect(ByteSize.flagText(atLeast: 5 << 20) == "5M")
        #expect(ByteSize.parse(ByteSize.flagText(atLeast: 123_456_789)) ?? 0 >= 123_456_789)
    }

    @Test("budgets are sizes, shares of the limit, or what is free")
    func budgets() {
        let machine = MachineMemory(
            totalBytes: 1000, availableBytes: 600,
            groups: [MachineMemory.Group(path: "", limitBytes: 800, usedBytes: 300)])
        #expect(MemoryBudget("8G")?.resolved(on: machine) == 8 << 30)
        #expect(MemoryBudget("70%")?.resolved(on: machine) == 560)
        let roomy = MachineMemory(totalBytes: 16 << 30, availableBytes: 8 << 30)
        #expect(MemoryBudget("auto")?.resolved(on: roomy) == roomy.automaticBudgetBytes)
        #expect(MemoryBudget("AUTO") == .automatic)
        for bad in ["0%", "101%", "-5%", "%", "x", "", "70 %"] { #expect(MemoryBudget(bad) == nil, "\(bad)") }
    }
}
