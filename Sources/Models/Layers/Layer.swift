import Kernels

/// The first half of a layer: how tokens see each other.
public enum Mixer: Sendable {
    case attention(GroupedQueryAttention)
    case latentAttention(LatentAttention)
    case deltaNet(GatedDeltaNet)
}

/// One layer of a model: x += scale * mixer(norm(x)); x += scale * feedForward(norm(x)).
public struct Layer: Sendable {
    /// In front of the mixer.
    public let mixerNorm: Norm
    public let mixer: Mixer
    /// In front of the feed-forward part.
    public let feedForwardNorm: Norm
    public let feedForward: FeedForward
    /// Factor on what each half adds to the residual stream (Granite); 1 elsewhere.
    public let residualScale: Float

    public init(
        mixerNorm: Norm, mixer: Mixer, feedForwardNorm: Norm, feedForward: FeedForward,
        residualScale: Float = 1
    ) {
        self.mixerNorm = mixerNorm
        self.mixer = mixer
        self.feedForwardNorm = feedForwardNorm
        self.feedForward = feedForward
        self.residualScale = residualScale
    }
}

extension Mixer {
    /// What the mixer remembers of a sequence.
    public var stateShape: LayerStateShape {
        switch self {
        case .attention(let attention): attention.stateShape
        case .latentAttention(let attention): attention.stateShape
        case .deltaNet(let net): net.stateShape
        }
    }

    /// By which positions enter the mixer, if they do.
    var rotary: RotaryTable? {
        switch self {
        case .attention(let attention): attention.rotary
        case .latentAttention(let attention): attention.rotary
        case .deltaNet: nil
        }
    }

    /// output = mixer(input). Shape: [rows, hiddenSize]. Allocates: none. Runs on: engine thread.
    func forward(_ input: FloatMatrix, into output: FloatMatrix, layer: Int, context: StepContext) {
        switch self {
        case .attention(let attention): attention.forward(input, into: output, layer: layer, context: context)
        case .latentAttention(let attention):
            attention.forward(input, into: output, layer: layer, context: context)
        case .deltaNet(let net): net.forward(input, into: output, layer: layer, context: context)
        }
    }

    /// Arena elements that `forward` takes.
    func scratchElements(rows: Int) -> Int {
        switch self {
        case .attention(let attention): attention.scratchElements(rows: rows)
        case .latentAttention(let attention): attention.scratchElements(rows: rows)
        case .deltaNet(let net): net.scratchElements(rows: rows)
        }
    }
}
