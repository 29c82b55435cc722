import Kernels

/// Predicts the experts of a later layer: its router, behind its own norm, on the residual stream as it is
/// now.
///
/// The stream changes little from layer to layer, so most of a layer's choice is known a layer early. Cost: a
/// norm and one product of the router's size. Allocates: once. Runs on: engine thread.
/// Source: Fate, arXiv 2502.12224; the re-norming with the later layer's weights is ours.
struct StaleRouter {
    /// What traces call it.
    static let name = "stale-router"

    /// Of the layers with experts, in order.
    private let layers: [(norm: Norm, router: Router)]
    private let routing: Routing

    init(_ graph: ModelGraph) {
        layers = graph.layers.compactMap { layer in
            guard case .experts(let mixture) = layer.feedForward else { return nil }
            return (layer.feedForwardNorm, mixture.router)
        }
        routing = Routing(capacity: 1, expertsPerToken: max(graph.shape.expertsPerToken, 1))
    }

    /// Layers with experts.
    var layerCount: Int { layers.count }

    /// Arena elements that a prediction takes.
    var scratchElements: Int {
        layers.reduce(0) {
            max(
                $0,
                Arena.elements(rows: 1, columns: $1.router.linear.inputs)
                    + $1.router.scratchElements(rows: 1))
        }
    }

    /// What a row with the residual stream `hidden` [1, hiddenSize] will choose in `layer` (of those with
    /// experts), the most likely first; valid until the next call.
    func predict(layer: Int, hidden: FloatMatrix, context: StepContext) -> Routing {
        let mark = context.arena.mark()
        defer { context.arena.release(to: mark) }
        let (norm, router) = layers[layer]
        let normed = context.arena.matrix(rows: 1, columns: hidden.columns)
        norm(hidden, into: normed, on: context.compute)
        router.route(normed, routing: routing, context: context)
        return routing
    }
}
