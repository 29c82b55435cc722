public import Models

/// What a run did and how near it came to the hardware's limit.
///
/// Units: sizes in bytes, times in seconds. The law is that a token cannot take less time than reading its
/// active weights from memory, nor than reading its missing bytes from disk.
public struct Receipt: Sendable {
    /// The path of the model.
    public var model = ""
    /// Tells models apart without reading their weights.
    public var fingerprint = ""
    /// Our name of the architecture.
    public var architecture = ""
    /// Threads of a decode step.
    public var threads = 0
    /// The set whose kernels ran.
    public var instructionSet = ""
    /// What the whole process was allowed; nil without a limit.
    public var memoryBudgetBytes: Int?
    /// What it used at most.
    public var memoryPeakBytes: Int?
    /// Experts that are in memory at once.
    public var expertSlots = 0
    /// Share of the expert bytes that the slots hold.
    public var residency = 1.0
    /// Tokens of the whole prompt.
    public var promptTokens = 0
    /// Prompt tokens that were computed: those whose keys and values an earlier request left are not.
    public var prefilledTokens = 0
    /// Tokens chosen.
    public var generatedTokens = 0
    /// Time until the first token was chosen.
    public var prefillSeconds = 0.0
    /// Time of the decode steps.
    public var decodeSeconds = 0.0
    /// Decode steps: the first token of an answer comes from the prefill.
    public var decodeSteps = 0
    /// Requests of experts: of a mapped model the choices of all rows, each of which finds its expert in
    /// memory; of a streamed one an expert of a layer counts once in a step.
    public var expertRequests = 0
    /// Those that found their expert in memory.
    public var expertHits = 0
    /// What streaming did; nil where the model is mapped.
    public var streaming: StreamingSummary?
    /// How the disk was to be read, and who leaves a slot; nil where the model is mapped.
    public var streamingOptions: StreamingOptions?
    /// Bytes that the process caused to be read from the disk, by mapping or otherwise.
    public var diskReadBytes = 0
    /// Bytes of weights that one decoded token uses.
    public var bytesPerToken = 0
    /// Measured with the run's threads; nil where it was not measured.
    public var memoryBandwidth: MemoryBandwidth?
    /// Size of the blocks in which the mapping is read.
    public var pageBytes = 4096

    /// Nothing done yet.
    public init() {}

    /// Tokens of the prompt computed per second; 0 where none were.
    public var prefillTokensPerSecond: Double {
        prefillSeconds > 0 ? Double(prefilledTokens) / prefillSeconds : 0
    }
    /// Decode steps per second; 0 where there were none.
    public var decodeTokensPerSecond: Double { decodeSeconds > 0 ? Double(decodeSteps) / decodeSeconds : 0 }
    /// Experts found in memory among those asked for; 1 where none were asked for.
    public var hitRate: Double { expertRequests > 0 ? Double(expertHits) / Double(expertRequests) : 1 }

    /// The least time per token that the memory's bandwidth allows.
    public var computeFloorSeconds: Double? {
        memoryBandwidth.map { Double(bytesPerToken) / $0.bytesPerSecond }
    }

    /// The least time per decoded token that the disk allows for the bytes that were missed, at the bandwidth
    /// of the run's own reads; nil where nothing was decoded or the disk was not needed.
    public var diskFloorSeconds: Double? {
        guard let decode = streaming?.decode, decodeSteps > 0, let bandwidth = diskBytesPerSecond else {
            return nil
        }
        return Double(decode.bytesRead - decode.guessedBytesWasted) / Double(decodeSteps) / bandwidth
    }

    /// Bytes per second of the decode steps' reads, while one was under way that a step waited for; of the
    /// prompt's where there were none.
    public var diskBytesPerSecond: Double? {
        streaming?.decode.diskBytesPerSecond ?? streaming?.prefill.diskBytesPerSecond
    }

    /// The floor per token divided by the measured time per token; nil where nothing was decoded.
    public var lawShare: Double? {
        guard decodeSteps > 0, decodeSeconds > 0, let floor = computeFloorSeconds else { return nil }
        return max(floor, diskFloorSeconds ?? 0) / (decodeSeconds / Double(decodeSteps))
    }
}
