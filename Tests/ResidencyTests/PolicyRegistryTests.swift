import Residency
import Testing

@Suite("Policy registry")
struct PolicyRegistryTests {
    @Test("finds every policy by its name, and prints what it parses", arguments: PolicyRegistry.entries)
    func names(entry: PolicyEntry) throws {
        let choice = try PolicyRegistry.parse(entry.name.uppercased())
        #expect(choice.entry.name == entry.name && choice.description == entry.name)
        #expect(!entry.summary.isEmpty)
    }

    @Test("names are different")
    func unique() {
        #expect(Set(PolicyRegistry.entries.map(\.name)).count == PolicyRegistry.entries.count)
    }

    @Test("a half-life follows a colon and is used")
    func halfLife() throws {
        let choice = try PolicyRegistry.parse("lfu:64")
        #expect(choice.halfLifeTokens == 64 && choice.description == "lfu:64")
        let trace = try #require(TraceFixtures.synthetic["shifting"])
        let shape = CacheShape(numbering: trace.numbering, pools: .global(slots: 9))
        let usual = trace.replay(try PolicyRegistry.parse("lfu"), shape)
        #expect(trace.replay(try PolicyRegistry.parse("lfu:32"), shape) == usual)
        #expect(trace.replay(try PolicyRegistry.parse("lfu:4"), shape) != usual)
    }

    @Test(
        "a wrong name is an error that helps",
        arguments: [
            ("lruu", "'lruu', did you mean 'lru'? There are: lfu, lru"),
            ("s3fifo", "did you mean 's3-fifo'?"),
            ("", "called ''. There are: lfu"),
            ("something", "called 'something'. There are"),
            ("lru:3", "'lru' takes no half-life; write 'lru' alone."),
            ("lfu:0", "the half-life '0' of 'lfu' is no number of tokens"),
            ("lfu:", "the half-life '' of 'lfu'"),
            ("lfu:nan", "the half-life 'nan'"),
        ])
    func errors(text: String, part: String) {
        let error = #expect(throws: ResidencyError.self) { try PolicyRegistry.parse(text) }
        #expect(error?.description.contains(part) == true, "\(error?.description ?? "")")
    }
}
