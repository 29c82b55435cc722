/// All readers, in the order in which a file is shown to them: those with a magic number first.
enum TraceImporters {
    static let all: [any TraceImporter.Type] = [
        SlipstreamImporter.self,
        RoutedArchiveImporter.self,
        RoutedArrayImporter.self,
        MoEInfinityImporter.self,
        RoutedJSONImporter.self,
        BigMoeOnEdgeImporter.self,
        BoundedMoEImporter.self,
        CacheSimulatorCSVImporter.self,
        PlainCSVImporter.self,
        ColibriUsageImporter.self,
        ColibriTraceImporter.self,
        OracleGeneralImporter.self,
    ]
}
