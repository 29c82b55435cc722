/// The tokens of a vocabulary by falling logit, sorted lazily: only as many as are asked for.
///
/// A binary heap whose root moves to the sorted part at every step: n log V for the first n of V tokens after
/// one pass over V, in place. Equal logits come in token order; NaN comes last. Allocates: once, at creation.
struct DescendingOrder: ~Copyable {
    /// [0, heapCount) is the heap; from the end backwards lie the sorted tokens.
    private var tokens: [Int32]
    private var heapCount = 0

    init(capacity: Int) { tokens = Array(repeating: 0, count: capacity) }

    /// Starts anew with the tokens of `logits`. Allocates: none.
    mutating func fill(_ logits: [Float]) {
        precondition(logits.count == tokens.count, "\(logits.count) logits for \(tokens.count) tokens")
        for index in 0..<tokens.count { tokens[index] = Int32(index) }
        heapCount = tokens.count
        for parent in stride(from: heapCount / 2 - 1, through: 0, by: -1) { sink(parent, logits) }
    }

    /// The token at `rank` of the order of `logits`, which must be those of `fill`. Allocates: none.
    mutating func token(at rank: Int, in logits: [Float]) -> Int {
        while tokens.count - heapCount <= rank {
            heapCount -= 1
            tokens.swapAt(0, heapCount)
            sink(0, logits)
        }
        return Int(tokens[tokens.count - 1 - rank])
    }

    private mutating func sink(_ start: Int, _ logits: [Float]) {
        var parent = start
        while true {
            let left = 2 * parent + 1
            guard left < heapCount else { return }
            let right = left + 1
            let child = right < heapCount && precedes(tokens[right], tokens[left], logits) ? right : left
            guard precedes(tokens[child], tokens[parent], logits) else { return }
            tokens.swapAt(child, parent)
            parent = child
        }
    }

    private func precedes(_ first: Int32, _ second: Int32, _ logits: [Float]) -> Bool {
        let (left, right) = (logits[Int(first)], logits[Int(second)])
        if left == right || (left.isNaN && right.isNaN) { return first < second }
        return left > right || right.isNaN
    }
}
