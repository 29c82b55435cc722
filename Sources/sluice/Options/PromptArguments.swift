import ArgumentParser
import Foundation
import ModelFiles
import Tokenization

/// Where a text comes from: `-p`, a file, standard input, or token ids.
struct PromptArguments: ParsableArguments {
    @Option(
        name: [.customShort("p"), .long], parsing: .unconditional,
        help: ArgumentHelp("The text to continue.", valueName: "text"))
    var prompt: String?

    @Option(
        name: [.customShort("f"), .long], parsing: .unconditional,
        help: ArgumentHelp("The text to continue is in this file; - is standard input.", valueName: "file"))
    var file: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The text to continue as token ids: 1,2,3.", valueName: "ids"))
    var tokens: String?

    /// The prompt's tokens.
    ///
    /// - Throws: `CommandFailure` where the text is missing, given twice, empty or not UTF-8.
    func tokens(_ tokenizer: Tokenizer?, _ resolver: inout SettingResolver) throws -> [TokenID] {
        let given = [prompt, file, tokens].compactMap { $0 }
        guard given.count <= 1 else {
            throw CommandFailure.usage("the prompt is given more than once; use one of -p, -f and --tokens")
        }
        if let tokens { return try TokenList.parse(tokens, option: "--tokens") }
        let text = try bytes(&resolver)
        guard !text.isEmpty else {
            throw CommandFailure.usage("the prompt is empty; give some text with -p TEXT or -f FILE")
        }
        guard let tokenizer else {
            throw CommandFailure.failure(
                "the model has no tokenizer, so that text cannot be read; give token ids with --tokens")
        }
        return try tokenizer.encode(text)
    }

    /// Whether the prompt is given as ids, so that no tokenizer is needed.
    var isTokens: Bool { tokens != nil }

    private func bytes(_ resolver: inout SettingResolver) throws -> [UInt8] {
        if let file { return try InputText.read(file) }
        if let prompt { return Array(prompt.utf8) }
        if let text = try resolver.text(["prompt", "p"], flag: nil) { return Array(text.utf8) }
        if let path = try resolver.text(["file", "f"], flag: nil) { return try InputText.read(path) }
        throw CommandFailure.usage(
            "there is no prompt; give one with -p TEXT, -f FILE (- for standard input) or --tokens IDS")
    }
}

/// Token ids as users write them.
enum TokenList {
    /// Reads `1,2,3`, with spaces or a list's brackets or not.
    static func parse(_ text: String, option: String) throws -> [TokenID] {
        var body = text.trimmingCharacters(in: .whitespacesAndNewlines)
        if body.hasPrefix("["), body.hasSuffix("]") { body = String(body.dropFirst().dropLast()) }
        let fields = body.split(separator: ",", omittingEmptySubsequences: false)
            .map { $0.trimmingCharacters(in: .whitespacesAndNewlines) }
        if fields == [""] {
            throw CommandFailure.usage("\(option) is empty; expected token ids such as 1,2,3")
        }
        return try fields.map { field in
            guard let id = Int32(field), id >= 0 else {
                throw CommandFailure.usage("\(option) holds \"\(field)\"; expected token ids such as 1,2,3")
            }
            return TokenID(id)
        }
    }
}
