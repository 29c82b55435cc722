import Residency

/// `oracleGeneral` of libCacheSim, as ``OracleGeneralImporter`` describes it.
struct OracleGeneralExporter: TraceExporter {
    static let format = OracleGeneralImporter.format
    static let loss = "weights, token ids, texts, phases and steps are lost"

    private let requests: ObjectRequests
    private(set) var rowsDone = 0
    private var number = 0

    init(_ trace: RoutingTrace, path: String) throws(TraceFilesError) {
        requests = try ObjectRequests(trace, path: path)
    }

    mutating func next() -> [UInt8]? {
        guard rowsDone < requests.trace.rows.count else { return nil }
        var records = ByteText()
        while rowsDone < requests.trace.rows.count, !records.isFull {
            requests.forEach(row: rowsDone, number: &number) { request in
                records.append(littleEndian: UInt32(request.time))
                records.append(littleEndian: UInt64(request.object))
                records.append(littleEndian: UInt32(request.bytes))
                records.append(littleEndian: Int64(request.next))
            }
            rowsDone += 1
        }
        return records.take()
    }
}
