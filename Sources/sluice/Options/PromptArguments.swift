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

    /// Whether the command line names one.
    var isGiven: Bool { prompt != nil || file != nil || tokens != nil }

    /// What the command line names, or else the environment.
    ///
    /// - Throws: `CommandFailure` where the prompt is missing, given twice, empty, unreadable or not UTF-8.
    func resolved(_ resolver: inout SettingResolver) throws -> Prompt {
        guard [prompt, file, tokens].compactMap({ $0 }).count <= 1 else {
            throw CommandFailure.usage("the prompt is given more than once; use one of -p, -f and --tokens")
        }
        // A flag of one kind outranks variables of all kinds.
        let asksEnvironment = !isGiven
        func value(_ names: [String], _ flag: String?) throws -> String? {
            asksEnvironment ? try resolver.text(names, flag: nil) : flag
        }
        if let tokens = try value(["tokens"], tokens) {
            return .tokens(try TokenList(tokens, from: .option("--tokens")))
        }
        if let prompt = try value(["prompt", "p"], prompt) {
            guard !prompt.isEmpty else {
                throw CommandFailure.usage("the prompt is empty; give some text with -p TEXT or -f FILE")
            }
            return .text(Array(prompt.utf8), path: nil)
        } else if let file = try value(["file", "f"], file) {
            let text = try InputText.read(file)
            guard !text.isEmpty else {
                throw CommandFailure.failure("\(InputText.name(file)) is empty; expected a text to continue")
            }
            return .text(text, path: file)
        } else {
            throw CommandFailure.usage(
                "there is no prompt; give one with -p TEXT, -f FILE (- for standard input) or --tokens IDS")
        }
    }
}

/// A text to continue, before a tokenizer is at hand.
enum Prompt {
    /// `path` is that of the file it came from.
    case text([UInt8], path: String?)
    case tokens(TokenList)

    /// Whether nothing can be done with it without a tokenizer.
    var needsTokenizer: Bool { if case .text(_, _) = self { true } else { false } }

    /// The file that was read for it.
    var path: String? { if case .text(_, let path) = self { path } else { nil } }

    /// The prompt's tokens; the text of control tokens counts as those tokens, because whoever writes a
    /// prompt by hand means them.
    ///
    /// - Throws: `CommandFailure` for ids that are not in a vocabulary of `vocabularySize` tokens.
    func tokens(_ tokenizer: Tokenizer?, vocabularySize: Int) throws -> [TokenID] {
        switch self {
        case .tokens(let list): return try list.tokens(vocabularySize: vocabularySize)
        case .text(let text, _):
            guard let tokenizer else {
                throw CommandFailure.failure("the model has no tokenizer; give token ids with --tokens")
            }
            return try tokenizer.encode(text, parseSpecial: true)
        }
    }
}
