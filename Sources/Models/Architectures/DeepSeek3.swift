import Kernels
import ModelFiles

/// DeepSeek-V3, arXiv 2412.19437: as V2, with sigmoid scores whose choice is corrected by a bias that
/// balances the experts.
enum DeepSeek3 {
    static let architecture = Architecture(name: "deepseek_v3", ggufName: "deepseek2", graph: graph)

    @Sendable
    private static func graph(_ source: WeightSource, contextCapacity: Int) throws(ModelFileError)
        -> ModelGraph
    {
        let experts = try source.expertSizes()
        let routing = DeepSeekRouting(
            scoring: .sigmoid, groups: try source.expertGroups(experts, score: .sumOfBestTwo),
            normalizesWeights: try source.boolean(.normalizesExpertWeights) ?? !source.isGGUF,
            hasChoiceBias: true)
        return try source.deepSeekGraph(
            architecture: architecture.name, experts: experts, routing: routing,
            contextCapacity: contextCapacity)
    }
}
