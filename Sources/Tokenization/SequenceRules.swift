import ModelFiles

/// What surrounds an encoded text, and what ends a generated one.
struct SequenceRules: Sendable {
    var bos: TokenID?
    var eos: TokenID?
    var unknown: TokenID?
    var addsBOS = false
    var addsEOS = false
    var endOfGeneration: Set<TokenID> = []
}
