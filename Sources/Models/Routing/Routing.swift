import Kernels

/// Which experts each row of a step goes to, and with which weight: the router's answer and the trace's
/// event.
///
/// Shape: experts and weights [rows, expertsPerToken], strongest first. Allocates: once. Runs on: engine
/// thread.
public final class Routing {
    /// Rows that fit.
    public let capacity: Int
    public let expertsPerToken: Int
    private let experts: IndexBuffer
    private let weights: FloatMatrix
    private let weightStorage: FloatBuffer
    /// Rows that the current layer has routed.
    public private(set) var rows = 0

    public init(capacity: Int, expertsPerToken: Int) {
        self.capacity = capacity
        self.expertsPerToken = expertsPerToken
        experts = IndexBuffer(count: capacity * expertsPerToken)
        weightStorage = FloatBuffer(count: capacity * expertsPerToken)
        weights = weightStorage.matrix(rows: capacity, columns: expertsPerToken)
    }

    /// Starts the routing of a layer.
    public func begin(rows: Int) {
        precondition(rows <= capacity, "\(rows) rows exceed \(capacity)")
        self.rows = rows
    }

    /// The expert of a row at a rank, strongest first.
    public func expert(row: Int, rank: Int) -> Int { experts[row * expertsPerToken + rank] }

    /// The weight of that expert's output.
    public func weight(row: Int, rank: Int) -> Float { weights[row, rank] }

    /// The weights of the current layer's rows [rows, expertsPerToken].
    var weightRows: FloatMatrix { weights.slice(rows: 0..<rows) }

    /// Notes a choice.
    public func set(row: Int, rank: Int, expert: Int, weight: Float) {
        experts[row * expertsPerToken + rank] = expert
        weights[row, rank] = weight
    }

    func setWeight(row: Int, rank: Int, to weight: Float) { weights[row, rank] = weight }
}
