/// The memory that one call of `encode` works in, and its result.
struct EncodingSession {
    var tokens: [Int32] = []
    var cache: WordCache
    var merger = WordMerger()

    init(textBytes: Int) {
        cache = WordCache(textBytes: textBytes)
        tokens.reserveCapacity(textBytes / 4 + 2)
    }
}
