import Kernels
import ModelFiles

/// DeepSeek-V2, arXiv 2405.04434: latent attention; experts chosen by softmax, in the large model from the
/// best groups only.
enum DeepSeek2 {
    static let architecture = Architecture(name: "deepseek_v2", ggufName: "deepseek2", graph: graph)

    private static let method = FileName(gguf: [], huggingFace: ["topk_method"])
    private static let scoring = FileName(gguf: ["expert_gating_func"], huggingFace: [])

    @Sendable
    private static func graph(_ source: WeightSource, contextCapacity: Int) throws(ModelFileError)
        -> ModelGraph
    {
        // GGUF has one name for both generations, and a number for what tells them apart: 1 softmax, 2
        // sigmoid.
        if try source.count(scoring, in: 1...2) == 2 {
            return try DeepSeek3.architecture.graph(source, contextCapacity)
        }
        let experts = try source.expertSizes()
        let routing = DeepSeekRouting(
            scoring: .softmax, groups: try groups(source, experts: experts),
            normalizesWeights: try normalizesWeights(source), hasChoiceBias: false)
        return try source.deepSeekGraph(
            architecture: architecture.name, experts: experts, routing: routing,
            contextCapacity: contextCapacity)
    }

    private static func groups(
        _ source: WeightSource, experts: ExpertSizes
    ) throws(ModelFileError) -> Router.Groups? {
        switch try source.string(method) {
        case "greedy"?: return nil
        case nil: return source.isGGUF ? try source.expertGroups(experts, score: .best) : nil
        case "group_limited_greedy"?: return try source.expertGroups(experts, score: .best)
        case let other?:
            throw source.invalid(method, found: other, expected: "greedy or group_limited_greedy")
        }
    }

    /// Checkpoints state it, but transformers' router, by which results are judged, never divides; GGUF's key
    /// is followed.
    private static func normalizesWeights(_ source: WeightSource) throws(ModelFileError) -> Bool {
        source.isGGUF ? try source.boolean(.normalizesExpertWeights) ?? false : false
    }
}
