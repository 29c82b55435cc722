import Residency

/// A CSV for libCacheSim, as ``CacheSimulatorCSVImporter`` describes it.
///
/// Its `cachesim` reads it with the format `csv` and
/// `-t "time-col=1, obj-id-col=2, obj-size-col=3, has-header=true, obj-id-is-num=1"`.
struct CacheSimulatorCSVExporter: TraceExporter {
    static let format = CacheSimulatorCSVImporter.format
    static let loss = OracleGeneralExporter.loss

    private let requests: ObjectRequests
    private(set) var rowsDone = 0
    private var number = 0
    private var isHeaderDone = false

    init(_ trace: RoutingTrace, path: String) throws(TraceFilesError) {
        requests = try ObjectRequests(trace, path: path)
    }

    mutating func next() -> [UInt8]? {
        var text = ByteText()
        if !isHeaderDone {
            isHeaderDone = true
            text.append("time,obj_id,obj_size,next_access_vtime\n")
        } else if rowsDone == requests.trace.rows.count {
            return nil
        }
        while rowsDone < requests.trace.rows.count, !text.isFull {
            requests.forEach(row: rowsDone, number: &number) { request in
                text.append(columns: request.time, request.object, request.bytes)
                text.append(request.next)
                text.append("\n")
            }
            rowsDone += 1
        }
        return text.take()
    }
}
