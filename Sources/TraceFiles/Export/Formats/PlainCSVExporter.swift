import Residency

/// The plain table: rows, choices and weights, as ``PlainCSVImporter`` reads it.
struct PlainCSVExporter: TraceExporter {
    static let format = PlainCSVImporter.format
    static let loss = "candidates, residency and reads of the disk are lost, where the trace has them"

    private let trace: RoutingTrace
    private(set) var rowsDone = 0
    private var isHeaderDone = false

    init(_ trace: RoutingTrace, path: String) { self.trace = trace }

    mutating func next() -> [UInt8]? {
        var text = ByteText()
        if !isHeaderDone {
            isHeaderDone = true
            append(header: trace.shape, to: &text)
        } else if rowsDone == trace.rows.count {
            return nil
        }
        while rowsDone < trace.rows.count, !text.isFull {
            append(row: rowsDone, to: &text)
            rowsDone += 1
        }
        return text.take()
    }

    private func append(header shape: TraceShape, to text: inout ByteText) {
        text.append("# routing trace of sluice\n# layers \(shape.numbering.layerCount) ")
        text.append("experts \(shape.numbering.expertCount) top_k \(shape.expertsPerToken)\n")
        for (number, bytes) in zip(shape.layerNumbers, shape.expertBytes) {
            text.append("# layer \(number) expert_bytes \(bytes)\n")
        }
        text.append("sequence,position,step,token,phase,layer,rank,expert")
        text.append(trace.hasWeights ? ",weight\n" : "\n")
    }

    private func append(row: Int, to text: inout ByteText) {
        let token = trace.rows[row]
        for (layer, number) in trace.shape.layerNumbers.enumerated() {
            for rank in 0..<trace.shape.expertsPerToken {
                guard let expert = trace.expert(row: row, layer: layer, rank: rank) else { break }
                text.append(columns: Int(token.sequence), Int(token.position), Int(token.step))
                if let id = token.token { text.append(Int(id)) }
                text.append(token.phase == .prefill ? ",prefill," : ",decode,")
                text.append(columns: number, rank)
                text.append(expert)
                if let weight = trace.weight(row: row, layer: layer, rank: rank) {
                    text.append(weight.isNaN ? "," : ",\(weight)")
                }
                text.append("\n")
            }
        }
    }
}
