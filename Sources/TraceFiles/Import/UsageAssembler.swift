import Residency

/// Gathers counts of experts and makes a usage of them.
struct UsageAssembler {
    private let input: ImportInput
    private var counts: [(layer: Int, expert: Int, count: Int)] = []
    private var declared: DeclaredShape

    /// - Throws: where the user contradicts the file.
    init(_ input: ImportInput, declared: DeclaredShape = DeclaredShape()) throws(TraceFilesError) {
        self.input = input
        self.declared = declared
        try self.declared.add(input.facts, of: input)
    }

    /// The sizes, where the file tells them behind its start.
    mutating func declare(layers: Int, experts: Int) throws(TraceFilesError) {
        declared.layerCount = layers
        declared.expertCount = experts
        try declared.add(input.facts, of: input)
    }

    /// Adds a count.
    mutating func add(
        layer: Int, expert: Int, count: Int, at place: ImportInput.Place
    ) throws(TraceFilesError) {
        let bounds = [
            ("layer", layer, ImportLimits.layers),
            ("expert", expert, declared.expertCount ?? ImportLimits.experts),
            ("count", count, 1 << 53),
        ]
        for (what, value, bound) in bounds where value < 0 || value >= bound {
            throw input.malformed(
                "\(what) \(value)", expected: "0 to \(bound - 1)",
                advice: "check that the file is of this model and not cut", at: place)
        }
        counts.append((layer, expert, count))
    }

    /// Makes the usage: of the layers that have counts, as a layer without experts has none.
    consuming func finish(notes: inout [String]) throws(TraceFilesError) -> ImportedTrace {
        guard !counts.isEmpty else {
            throw input.malformed(
                "no count", expected: "at least one", advice: "check that the recorder was switched on",
                at: .file)
        }
        let numbers = Set(counts.map(\.layer)).sorted()
        let expertCount = declared.expertCount ?? (counts.map(\.expert).max() ?? 0) + 1
        if declared.expertCount == nil {
            notes.append("took \(expertCount) experts for a layer; --experts says otherwise")
        }
        var shift = 0
        while 1 << shift < expertCount { shift += 1 }
        guard expertCount > 0, expertCount <= ImportLimits.experts, numbers.count << shift <= 1 << 20 else {
            throw input.malformed(
                "\(numbers.count) layers of \(expertCount) experts", expected: "a model's sizes",
                advice: "correct the numbers", at: .file)
        }
        // Counts do not tell how many experts a token takes; one is the least.
        let shape = TraceShape(
            numbering: ExpertNumbering(layerCount: numbers.count, expertCount: expertCount),
            expertsPerToken: 1,
            expertBytes: numbers.map { _ in input.facts.expertBytes ?? 0 }, layerNumbers: numbers)
        var usage = ExpertUsage(shape: shape)
        var indexOfLayer: [Int: Int] = [:]
        for (index, number) in numbers.enumerated() { indexOfLayer[number] = index }
        for (layer, expert, count) in counts {
            usage[layer: indexOfLayer[layer] ?? 0, expert: expert] &+= UInt64(count)
        }
        notes.append("counts have no order: a usage, from which nothing can be replayed")
        return ImportedTrace(.usage(usage), notes: notes)
    }
}
