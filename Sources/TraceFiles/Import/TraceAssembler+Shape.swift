import Residency

extension TraceAssembler {
    /// The sizes, as the file or the user states them, or else as the choices show them.
    func traceShape(notes: inout [String]) throws(TraceFilesError) -> TraceShape {
        let numbers = try layerNumbers()
        let expertCount = declared.expertCount ?? largestExpert + 1
        if declared.expertCount == nil {
            notes.append(
                "the format does not say how many experts a layer has: took \(expertCount), one more than "
                    + "the largest chosen; --experts says otherwise")
        }
        if declared.expertBytes.isEmpty, input.facts.expertBytes == nil {
            notes.append("the format does not say how large an expert is; --expert-bytes does")
        }
        var shift = 0
        while 1 << shift < expertCount { shift += 1 }
        guard numbers.count << shift <= 1 << 20 else {
            throw input.error(
                .limitExceeded(
                    limit: "experts of all layers", found: UInt64(numbers.count << shift),
                    maximum: 1 << 20), at: .file)
        }
        let expertsPerToken = declared.expertsPerToken ?? largestCount
        guard expertsPerToken <= expertCount else {
            throw input.malformed(
                "\(expertsPerToken) experts for a token of \(expertCount)",
                expected: "no more than there are",
                advice: "correct the numbers", at: .file)
        }
        return TraceShape(
            numbering: ExpertNumbering(layerCount: numbers.count, expertCount: expertCount),
            expertsPerToken: expertsPerToken,
            expertBytes: numbers.map { number in
                let stated = declared.expertBytes[number] ?? 0
                return stated > 0 ? stated : input.facts.expertBytes ?? 0
            },
            layerNumbers: numbers)
    }

    /// The model's numbers of its layers with experts, ascending: those that the choices or the file name,
    /// or 0 up to the stated count where those fit below it.
    private func layerNumbers() throws(TraceFilesError) -> [Int] {
        let used = firstPlaces.indices.filter { firstPlaces[$0] >= 0 }
        let named = declared.layerNumbers.union(used).sorted()
        guard let count = declared.layerCount, count != named.count else { return named }
        guard count > named.count, (named.last ?? 0) < count else {
            let beyond = used.first { $0 >= count }
            throw input.malformed(
                "\(named.count) layers up to \(named.last ?? 0)", expected: "\(count) layers",
                advice: "check that the file is of this model",
                at: beyond.map { place(firstPlaces[$0]) } ?? .file)
        }
        return Array(0..<count)
    }
}
