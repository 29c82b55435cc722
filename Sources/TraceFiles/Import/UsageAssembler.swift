import Residency

/// Gathers counts of experts and makes a usage of them.
struct UsageAssembler {
    private let input: ImportInput
    private var declared: DeclaredShape
    /// By layer number and expert.
    private var uses: [ExpertID: Int] = [:]
    private var total = 0
    /// The largest numbers of counts so far, and where they stand.
    private var largestLayer = (number: -1, place: ImportInput.Place.file)
    private var largestExpert = (number: -1, place: ImportInput.Place.file)

    /// - Throws: where the user contradicts the file, or a size is beyond its limit.
    init(_ input: ImportInput, declared: DeclaredShape = DeclaredShape()) throws(TraceFilesError) {
        self.input = input
        self.declared = declared
        try self.declared.add(input.facts, of: input)
        try self.declared.checkSizes(at: .file, of: input)
    }

    /// The sizes, where the file tells them behind its start.
    ///
    /// - Parameters:
    ///   - layers: with experts, where it tells; nil where it does not.
    ///   - layerLimit: all numbers of layers are below it.
    /// - Throws: for what no model has, and where a count before is of another layer or expert.
    mutating func declare(
        layers: Int?, below layerLimit: Int, experts: Int, at place: ImportInput.Place
    ) throws(TraceFilesError) {
        try declared.declare(layers: layers, experts: experts, at: place, of: input)
        try declared.declare(modelLayers: layerLimit, at: place, of: input)
        try declared.add(input.facts, of: input)
        // Counts may stand in front of the header.
        if largestLayer.number >= 0 {
            try check(("layer", largestLayer.number, layerLimit), at: largestLayer.place)
            try check(("expert", largestExpert.number, experts), at: largestExpert.place)
        }
    }

    /// Adds a count.
    mutating func add(
        layer: Int, expert: Int, count: Int, at place: ImportInput.Place
    ) throws(TraceFilesError) {
        try check(("layer", layer, declared.layerNumberLimit), at: place)
        try check(("expert", expert, declared.expertCount ?? ImportLimits.experts), at: place)
        try check(("count", count, ImportLimits.uses), at: place)
        total += count
        guard total <= ImportLimits.uses else {
            throw input.malformed(
                "\(total) uses up to here", expected: "at most \(ImportLimits.uses) in the whole file",
                advice: "check that the file is not damaged", at: place)
        }
        if layer > largestLayer.number { largestLayer = (layer, place) }
        if expert > largestExpert.number { largestExpert = (expert, place) }
        uses[ExpertID(layer: layer, index: expert), default: 0] += count
    }

    private func check(
        _ value: (name: String, number: Int, limit: Int), at place: ImportInput.Place
    ) throws(TraceFilesError) {
        guard value.number < 0 || value.number >= value.limit else { return }
        throw input.malformed(
            "\(value.name) \(value.number)", expected: "0 to \(value.limit - 1)",
            advice: "check that the file is of this model and not cut", at: place)
    }

    /// Makes the usage: of the layers that have counts, as a layer without experts has none.
    consuming func finish(notes: inout [String]) throws(TraceFilesError) -> ImportedTrace {
        guard !uses.isEmpty else {
            throw input.malformed(
                "no count", expected: "at least one", advice: "check that the recorder was switched on",
                at: .file)
        }
        let numbers = Set(uses.keys.map(\.layer)).sorted()
        let expertCount = declared.expertCount ?? largestExpert.number + 1
        if declared.expertCount == nil {
            notes.append("took \(expertCount) experts for a layer; --experts says otherwise")
        }
        var shift = 0
        while 1 << shift < expertCount { shift += 1 }
        guard numbers.count << shift <= 1 << 20 else {
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
        for (expert, count) in uses {
            usage[layer: indexOfLayer[expert.layer] ?? 0, expert: expert.index] = UInt64(count)
        }
        notes.append("counts have no order: a usage, from which nothing can be replayed")
        return ImportedTrace(.usage(usage), notes: notes)
    }
}
