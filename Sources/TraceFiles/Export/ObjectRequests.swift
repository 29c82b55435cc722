import Residency

/// A trace as a cache simulator's requests: one for each choice, in the order of rows, layers and ranks.
struct ObjectRequests {
    let trace: RoutingTrace
    /// By request: the number, from 1, of the next that asks for the same object; -1 where none does.
    private let nextRequests: [Int]

    /// Cost: linear in the choices; 8 bytes for each.
    ///
    /// - Throws: `unwritableTrace` where an expert has more bytes than 32 bits count.
    init(_ trace: RoutingTrace, path: String) throws(TraceFilesError) {
        if let bytes = trace.shape.expertBytes.max(), bytes > Int(UInt32.max) {
            throw TraceFilesError(
                .unwritableTrace(found: "experts of \(bytes) bytes", expected: "below 4 GiB"), path: path)
        }
        self.trace = trace
        nextRequests = trace.withChoices { Self.nextRequests($0, trace.shape) }
    }

    private static func nextRequests(_ choices: Span<UInt16>, _ shape: TraceShape) -> [Int] {
        var count = 0
        for index in choices.indices where choices[index] != RoutingTrace.noExpert { count += 1 }
        var requests = Array(repeating: -1, count: count)
        var following = Array(repeating: -1, count: shape.numbering.count)
        for index in choices.indices.reversed() where choices[index] != RoutingTrace.noExpert {
            let layer = index / shape.expertsPerToken % shape.numbering.layerCount
            let object = shape.numbering.number(ExpertID(layer: layer, index: Int(choices[index])))
            requests[count - 1] = following[object]
            following[object] = count
            count -= 1
        }
        return requests
    }

    /// A request as both formats write it.
    struct Request {
        let time: Int
        let object: Int
        let bytes: Int
        let next: Int
    }

    /// Calls `body` with the requests of a row.
    ///
    /// - Parameter number: of the first, from 0; moved on.
    func forEach(row: Int, number: inout Int, _ body: (Request) -> Void) {
        let shape = trace.shape
        for (layer, layerNumber) in shape.layerNumbers.enumerated() {
            // An object of no size would be skipped.
            let bytes = max(1, shape.expertBytes[layer])
            for rank in 0..<shape.expertsPerToken {
                guard let expert = trace.expert(row: row, layer: layer, rank: rank) else { break }
                body(
                    Request(
                        time: row, object: layerNumber * ObjectAccesses.idsOfLayer + expert, bytes: bytes,
                        next: nextRequests[number]))
                number += 1
            }
        }
    }
}
