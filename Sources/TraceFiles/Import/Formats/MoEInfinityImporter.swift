import ModelFiles
import Residency

/// The trace of MoE-Infinity: how many tokens of each request chose each expert.
///
/// Layout: one array [requests, layers, experts], as `numpy.save` writes it; floats in its own files.
///
/// Lost: everything but the counts, which are added up over the requests; there is no order to replay.
///
/// Source: github.com/EfficientMoE/MoE-Infinity, `moe_infinity/memory/expert_tracer.py`.
struct MoEInfinityImporter: TraceImporter {
    static let format = ForeignFormat(
        "moe-infinity", "MoE-Infinity .npy [requests, layers, experts], counts without order")

    static func recognizes(_ head: FileHead) -> Bool {
        guard head.starts(with: NumPyArray.magic) else { return false }
        let header = String(decoding: head.bytes.prefix(256), as: UTF8.self)
        return header.contains("'<f4'") || header.contains("'<f8'")
    }

    static func read(_ input: ImportInput) throws(TraceFilesError) -> ImportedTrace {
        try input.withBytes { (bytes) throws(TraceFilesError) in
            let array = try NumPyArray(bytes, 0..<bytes.count, what: "the array", of: input)
            guard array.shape.count == 3 else {
                throw input.malformed(
                    "shape \(array.shape)", expected: "requests, layers, experts",
                    advice: "use --format \(RoutedArrayImporter.format.name) for routed experts",
                    at: .byte(0))
            }
            let (perRequest, overflows) = array.shape[1].multipliedReportingOverflow(by: array.shape[2])
            guard !overflows, perRequest > 0, perRequest <= 1 << 20 else {
                throw input.malformed(
                    "\(array.shape[1]) layers of \(array.shape[2]) experts", expected: "a model's sizes",
                    advice: "check the array's shape", at: .byte(0))
            }
            var sums = Array(repeating: 0, count: perRequest)
            var total = 0
            for index in 0..<array.count {
                guard let count = array.integer(bytes, index), count >= 0, count < 1 << 32 else {
                    throw input.malformed(
                        "a count that is negative, a fraction or too large", expected: "a whole number",
                        advice: "use --format \(RoutedArrayImporter.format.name) for routed experts",
                        at: .byte(array.start + index * array.type.byteCount))
                }
                total += count
                guard total <= ImportLimits.uses else {
                    throw input.malformed(
                        "\(total) uses up to here",
                        expected: "at most \(ImportLimits.uses) in the whole file",
                        advice: "check that the file is not damaged",
                        at: .byte(array.start + index * array.type.byteCount))
                }
                sums[index % perRequest] += count
            }
            var declared = DeclaredShape()
            declared.layerCount = array.shape[1]
            declared.expertCount = array.shape[2]
            var usage = try UsageAssembler(input, declared: declared)
            for (index, sum) in sums.enumerated() where sum > 0 {
                try usage.add(
                    layer: index / array.shape[2], expert: index % array.shape[2], count: sum, at: .file)
            }
            var notes: [String] = []
            return try usage.finish(notes: &notes)
        }
    }
}
