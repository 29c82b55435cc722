/// How many different experts a run of tokens chose: what would have to be in memory to read none twice.
///
/// Windows follow one another without overlap, in the order of the trace; an unfinished last one counts only
/// where there is no other.
///
/// Source: Denning, The working set model for program behavior, CACM 11, 1968, whose windows slide.
public struct WindowDemand: Hashable, Sendable {
    /// Tokens of a window.
    public let windowTokens: Int
    /// Windows that were counted.
    public let windowCount: Int
    /// Different experts of all layers in a window, in the mean.
    public let meanExperts: Double
    /// The most of any window.
    public let mostExperts: Int
    /// Different experts of each layer, in the mean.
    public let meanByLayer: [Double]

    /// The bytes of the mean window's experts; 0 where the trace has no sizes.
    public func meanBytes(_ shape: TraceShape) -> Double {
        zip(meanByLayer, shape.expertBytes).reduce(0) { $0 + $1.0 * Double($1.1) }
    }
}

/// Counts the different experts of every window, for windows of several lengths at once.
struct WindowCounter: ~Copyable {
    /// Tokens of the windows that are counted.
    static let lengths = [1, 4, 16, 64, 256, 1024]
    private let numbering: ExpertNumbering
    /// By length and expert, the number of the last window that it was chosen in.
    private var lastWindow: FlatArray<Int32>
    /// By length and layer, different experts of all finished windows, and of the present one.
    private var finished: FlatArray<Int>
    private var present: FlatArray<Int>
    private var most: [Int]
    private var tokenCount = 0

    init(_ numbering: ExpertNumbering) {
        self.numbering = numbering
        lastWindow = FlatArray(repeating: -1, count: Self.lengths.count * numbering.count)
        finished = FlatArray(repeating: 0, count: Self.lengths.count * numbering.layerCount)
        present = FlatArray(repeating: 0, count: Self.lengths.count * numbering.layerCount)
        most = Array(repeating: 0, count: Self.lengths.count)
    }

    /// Token number `token`, counted from 0 without gaps, chose `experts` of `layer`.
    mutating func add(_ experts: Span<UInt16>, layer: Int, token: Int) {
        for length in Self.lengths.indices {
            let window = Int32(truncatingIfNeeded: token / Self.lengths[length])
            let base = length * numbering.count + layer << numbering.shift
            var new = 0
            for rank in experts.indices where lastWindow[base + Int(experts[rank])] != window {
                lastWindow[base + Int(experts[rank])] = window
                new += 1
            }
            present[length * numbering.layerCount + layer] += new
        }
    }

    /// All layers of a token were added.
    mutating func endToken() {
        tokenCount += 1
        for length in Self.lengths.indices where tokenCount % Self.lengths[length] == 0 { close(length) }
    }

    private mutating func close(_ length: Int) {
        var sum = 0
        for layer in 0..<numbering.layerCount {
            let place = length * numbering.layerCount + layer
            sum += present[place]
            finished[place] += present[place]
            present[place] = 0
        }
        most[length] = max(most[length], sum)
    }

    /// The lengths that the trace fills, and the one that holds all of it where it fills none of that length.
    ///
    /// Ends the count.
    mutating func finish() -> [WindowDemand] {
        var result: [WindowDemand] = []
        for length in Self.lengths.indices {
            var windows = tokenCount / Self.lengths[length]
            var tokens = Self.lengths[length]
            if windows == 0 && tokenCount > 0 {
                (windows, tokens) = (1, tokenCount)
                close(length)
            }
            guard windows > 0, result.last?.windowTokens != tokens else { continue }
            let means = (0..<numbering.layerCount).map {
                Double(finished[length * numbering.layerCount + $0]) / Double(windows)
            }
            result.append(
                WindowDemand(
                    windowTokens: tokens, windowCount: windows, meanExperts: means.reduce(0, +),
                    mostExperts: most[length], meanByLayer: means))
            if windows == 1 && tokens == tokenCount { break }
        }
        return result
    }
}
