import ModelFiles

/// The tokens that end a text or a turn, by the texts that models give them: files name one of them at most.
///
/// Source: the list in llama.cpp's vocabulary loader, and the published templates of each model.
enum StopTokens {
    private static let texts: Set<String> = [
        "<|eot_id|>", "<|im_end|>", "<|end|>", "<|return|>", "<|call|>", "<|flush|>", "<|calls|>",
        "<end_of_turn>",
        "<|endoftext|>", "<|eom_id|>", "<EOT>", "_<EOT>", "[EOT]", "[EOS]", "<|end_of_text|>",
        "<end_of_utterance>",
        "<｜end▁of▁sentence｜>", "[e~[", "</s>", "<|user|>", "<|observation|>",
    ]
    /// Ends of a file in a repository prompt, which end a plain completion too.
    private static let fileEnds: Set<String> = [
        "<|fim_pad|>", "<fim-pad>", "<fim_pad>", "<|repo_name|>", "<|file_sep|>",
    ]
    /// The Harmony format ends messages with `<|end|>` and goes on; its turns end with these.
    private static let harmonyEnds = ["<|return|>", "<|call|>"]
    /// Parts of a Harmony message's head, without which its channels run into one another.
    private static let harmonyHeads: Set<String> = [
        "<|channel|>", "<|message|>", "<|start|>", "<|constrain|>",
    ]

    /// The stop tokens of a vocabulary that are marked as special there.
    static func found(in vocabulary: Vocabulary) -> Set<TokenID> {
        func token(_ text: String) -> TokenID? {
            vocabulary.token(withText: Array(text.utf8)).flatMap {
                vocabulary.kind(of: $0).isMatchedWhole ? $0 : nil
            }
        }
        var found = Set(texts.union(fileEnds).compactMap(token))
        if harmonyEnds.allSatisfy({ token($0) != nil }), let end = token("<|end|>") { found.remove(end) }
        return found
    }

    /// The kind of a token, given the one in the file: the heads of Harmony messages are shown.
    static func kind(of text: String, listedAs kind: TokenKind) -> TokenKind {
        kind == .control && harmonyHeads.contains(text) ? .shownControl : kind
    }
}
