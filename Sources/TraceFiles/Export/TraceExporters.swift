/// All writers.
enum TraceExporters {
    static let all: [any TraceExporter.Type] = [
        PlainCSVExporter.self,
        BigMoeOnEdgeExporter.self,
        OracleGeneralExporter.self,
        CacheSimulatorCSVExporter.self,
    ]
}
