import Residency

/// `--route-trace` of BigMoeOnEdge, version 1, as ``BigMoeOnEdgeImporter`` describes it.
///
/// A sequence is a turn. The rows of a step go layer by layer, as that engine writes them. Where a trace does
/// not say where an expert was, it is written as without a cache: a miss that reads the whole expert.
struct BigMoeOnEdgeExporter: TraceExporter {
    static let format = BigMoeOnEdgeImporter.format
    static let loss = "token ids are lost; residency that is not known is written as a miss"

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
            var end = rowsDone + 1
            while end < trace.rows.count, trace.rows[end].step == trace.rows[rowsDone].step { end += 1 }
            append(step: rowsDone..<end, to: &text)
            rowsDone = end
        }
        return text.take()
    }

    private func append(header shape: TraceShape, to text: inout ByteText) {
        let layerCount = (shape.layerNumbers.max() ?? 0) + 1
        text.append(BigMoeOnEdgeImporter.title + "1\n# model=unknown arch=unknown n_layer=\(layerCount) ")
        text.append("n_expert=\(shape.numbering.expertCount) n_expert_used=\(shape.expertsPerToken)\n")
        let expertBytes = Dictionary(
            zip(shape.layerNumbers, shape.expertBytes), uniquingKeysWith: { first, _ in first })
        for number in 0..<layerCount {
            text.append("# layer=\(number) expert_bytes=\(expertBytes[number] ?? 0) dense_bytes=0\n")
        }
        text.append("turn,phase,step,layer,slot,expert,weight,residency,expert_bytes,dropped\n")
    }

    private func append(step rows: Range<Int>, to text: inout ByteText) {
        for (layer, number) in trace.shape.layerNumbers.enumerated() {
            for row in rows {
                let token = trace.rows[row]
                for rank in 0..<trace.shape.expertsPerToken {
                    guard let expert = trace.expert(row: row, layer: layer, rank: rank) else { break }
                    text.append(columns: Int(token.sequence), Int(token.phase.rawValue), Int(token.position))
                    text.append(columns: number, rank, expert)
                    let weight = trace.weight(row: row, layer: layer, rank: rank) ?? .nan
                    text.append(weight.isNaN ? "nan" : "\(weight)")
                    switch trace.residency(row: row, layer: layer, rank: rank) {
                    case .unknown, .miss:
                        text.append(",0,")
                        text.append(trace.shape.expertBytes[layer])
                    case .hit: text.append(",1,0")
                    case .foreseen: text.append(",2,0")
                    }
                    text.append(",0\n")
                }
            }
        }
    }
}
