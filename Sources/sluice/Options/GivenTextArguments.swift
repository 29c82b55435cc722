import ArgumentParser
import ModelFiles
import Tokenization

/// A text that is fed to the model as it is: a file, or token ids in a file.
struct GivenTextArguments: ParsableArguments {
    @Option(
        name: [.customShort("f"), .long], parsing: .unconditional,
        help: ArgumentHelp("The text; - is standard input.", valueName: "file"))
    var file: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The text as a JSON array of token ids.", valueName: "file"))
    var tokensFile: String?

    /// What the command line names, or else the environment.
    ///
    /// - Throws: `CommandFailure` where there is no text, or two.
    func resolved(_ resolver: inout SettingResolver) throws -> GivenText {
        let asksEnvironment = file == nil && tokensFile == nil
        let file = asksEnvironment ? try resolver.text(["file", "f"], flag: nil) : file
        let tokensFile = asksEnvironment ? try resolver.text(["tokens-file"], flag: nil) : tokensFile
        return GivenText(file: file, tokensFile: tokensFile)
    }
}

/// Where a text is, before a tokenizer is at hand.
struct GivenText {
    fileprivate let file: String?
    fileprivate let tokensFile: String?

    /// Whether nothing can be done with it without a tokenizer.
    var needsTokenizer: Bool { file != nil }

    /// What messages and traces call it.
    var name: String { file ?? tokensFile ?? "" }

    /// The text's tokens.
    ///
    /// - Throws: `CommandFailure` where there is no text, or two, or one that cannot be read.
    func tokens(_ session: ModelSession) throws -> [TokenID] {
        switch (file, tokensFile) {
        case (let path?, nil):
            guard let tokenizer = session.tokenizer else {
                throw CommandFailure.failure("the model has no tokenizer; use --tokens-file")
            }
            return try tokenizer.encode(InputText.read(path))
        case (nil, let path?):
            let text = String(decoding: try InputText.read(path), as: UTF8.self)
            return try TokenList(text, from: .content(InputText.name(path)))
                .tokens(vocabularySize: session.vocabularySize)
        case (nil, nil):
            throw CommandFailure.usage("there is no text; give one with -f FILE or --tokens-file FILE")
        default: throw CommandFailure.usage("the text is given twice; use one of -f and --tokens-file")
        }
    }
}
