import ModelFiles
import Residency

/// `.coli_usage` of colibri: how often each expert was chosen.
///
/// Layout: lines of three integers, `LAYER EXPERT COUNT`; counts of 0 are left out. A layer below 0 is a
/// header: `-1 LAYERS EXPERTS`, numbers of layers running up to LAYERS itself, which is the layer that some
/// models add to predict several tokens, and `-2 VERSION ENGINE`, the engine as a hash; others are passed
/// over. Older files have no header; those of its engine inkling are binary: u32 magic `IKU1`, layers,
/// experts, and a u32 for each layer and expert.
///
/// Lost: everything but the counts; there is no order to replay.
///
/// Source: github.com/JustVugg/colibri, `docs/routing-telemetry.md` and `c/route_trace.h`.
struct ColibriUsageImporter: TraceImporter {
    static let format = ForeignFormat("colibri-usage", "colibri .coli_usage, counts of experts without order")

    private static let binaryMagic = Array("IKU1".utf8)

    static func recognizes(_ head: FileHead) -> Bool {
        if head.starts(with: binaryMagic) { return true }
        let words = (head.lines.first ?? "").split(separator: " ")
        return words.count == 3 && words.allSatisfy { Int($0) != nil }
    }

    static func read(_ input: ImportInput) throws(TraceFilesError) -> ImportedTrace {
        try input.withBytes { (bytes) throws(TraceFilesError) in
            let isBinary =
                bytes.count >= 4 && binaryMagic.indices.allSatisfy { bytes[$0] == binaryMagic[$0] }
            return isBinary ? try readBinary(bytes, input) : try readText(bytes, input)
        }
    }

    private static func readText(
        _ text: Span<UInt8>, _ input: ImportInput
    ) throws(TraceFilesError) -> ImportedTrace {
        var lines = TextLines(text)
        var usage = try UsageAssembler(input)
        var notes: [String] = []
        while try lines.advance(text, of: input) {
            if lines.isEmpty { continue }
            let (layer, expert, count) = try record(text, lines, input)
            switch layer {
            case -1:
                guard (0..<ImportLimits.layers).contains(expert) else {
                    throw input.malformed(
                        "\(expert) layers", expected: "0 to \(ImportLimits.layers - 1)",
                        advice: "correct the number", at: .line(lines.number))
                }
                try usage.declare(
                    layers: nil, below: expert + 1, experts: count, at: .line(lines.number))
            case -2 where expert != 1:
                throw input.malformed(
                    "version \(expert)", expected: "version 1", advice: "update Sluice",
                    at: .line(lines.number))
            case ..<0: continue
            default: try usage.add(layer: layer, expert: expert, count: count, at: .line(lines.number))
            }
        }
        return try usage.finish(notes: &notes)
    }

    /// The three integers of a line.
    private static func record(
        _ text: Span<UInt8>, _ lines: TextLines, _ input: ImportInput
    ) throws(TraceFilesError) -> (Int, Int, Int) {
        var position = lines.start
        var numbers: [Int] = []
        while position < lines.end {
            guard numbers.count < 3, let number = TextNumbers.integer(text, &position, end: lines.end) else {
                break
            }
            numbers.append(number)
            while position < lines.end, text[position] == UInt8(ascii: " ") { position += 1 }
        }
        guard numbers.count == 3, position == lines.end else {
            throw input.malformed(
                quoted(lines.string(text)), expected: "three integers, layer, expert and count",
                advice: "remove the line, or copy the file again", at: .line(lines.number))
        }
        return (numbers[0], numbers[1], numbers[2])
    }

    private static func readBinary(
        _ bytes: Span<UInt8>, _ input: ImportInput
    ) throws(TraceFilesError) -> ImportedTrace {
        guard bytes.count >= 12 else {
            throw input.error(
                .truncated(reading: "the header", needed: 12, available: UInt64(bytes.count)), at: .byte(0))
        }
        let layers = Int(LittleEndian.load(UInt32.self, bytes, at: 4))
        let experts = Int(LittleEndian.load(UInt32.self, bytes, at: 8))
        var usage = try UsageAssembler(input)
        // This bounds both, so that the product fits.
        try usage.declare(layers: layers, below: layers, experts: experts, at: .byte(4))
        guard layers * experts == (bytes.count - 12) / 4, bytes.count % 4 == 0 else {
            throw input.malformed(
                "\(bytes.count - 12) bytes behind the header",
                expected: "4 for each of \(experts) experts in \(layers) layers",
                advice: "copy the file again", at: .byte(12))
        }
        for index in 0..<layers * experts {
            let count = LittleEndian.load(UInt32.self, bytes, at: 12 + 4 * index)
            if count == 0 { continue }
            try usage.add(
                layer: index / experts, expert: index % experts, count: Int(count),
                at: .byte(12 + 4 * index))
        }
        var notes: [String] = []
        return try usage.finish(notes: &notes)
    }
}
