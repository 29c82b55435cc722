public import ExpertStorage
public import Models
public import Residency

/// What streaming did for one request.
public struct StreamingSummary: Sendable {
    /// The way in which experts were read.
    public let method: ReadMethod
    /// While the prompt was computed.
    public var prefill = StreamingCounters()
    /// In the decode steps.
    public var decode = StreamingCounters()

    /// Whether reading ahead paid, in the model's lifetime; nil where nothing is read ahead.
    public var prefetch: RegretMeter.Report?

    /// All of the request.
    public var total: StreamingCounters {
        var total = prefill
        total += decode
        return total
    }

    /// Nothing done yet; nil for a model that is mapped.
    init?(_ model: LanguageModel) {
        guard let method = model.readMethod else { return nil }
        self.method = method
    }
}
