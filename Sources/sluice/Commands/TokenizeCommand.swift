import ArgumentParser
import Foundation
import Generation
import ModelFiles
import Tokenization

/// `sluice tokenize`: text to token ids and back.
struct TokenizeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tokenize",
        abstract: "Turn text on standard input into a JSON array of token ids, or ids back into text.",
        discussion: """
            GGUF files that hold a vocabulary only are fine, and so is a tokenizer.json without weights.

            Examples:
              echo -n "Hello world" | sluice tokenize model.gguf
              echo "[9906, 1917]" | sluice tokenize model.gguf --decode
              sluice tokenize model.gguf --no-special < text.txt
            """)

    @Argument(
        help: ArgumentHelp(
            "A GGUF file, a Hugging Face folder or its tokenizer.json. Without it, the bundled demo model.",
            valueName: "model"))
    var model: String?

    @Flag(help: "Read a JSON array of ids and print the text.")
    var decode = false

    @Flag(help: "Add no BOS or EOS token.")
    var noSpecial = false

    @Flag(
        help: "Read the text of control tokens, such as <|im_start|>, as those tokens, or show it."
    )
    var parseSpecial = false

    @Flag(help: "The result is JSON in any case; accepted for uniformity.")
    var json = false

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Cut text as this pre-tokenizer does, whatever the file says: "
                + Tokenizer.pretokenizerNames.joined(separator: ", ") + ".", valueName: "name"))
    var pretokenizer: String?

    func run() throws {
        var resolver = SettingResolver(environment: ProcessInfo.processInfo.environment)
        let path = try resolver.text(["model"], flag: model) ?? BundledModel.path()
        let decode = try resolver.isOn("decode", flag: decode)
        let noSpecial = try resolver.isOn("no-special", flag: noSpecial)
        let parseSpecial = try resolver.isOn("parse-special", flag: parseSpecial)
        let json = try resolver.isOn("json", flag: json)
        let forced = try resolver.text(["pretokenizer"], flag: pretokenizer)
        let tokenizer = try Tokenizer.load(at: path, forcing: forced)
        let input = try InputText.read("-")
        if decode {
            let list = try TokenList(
                String(decoding: input, as: UTF8.self), from: .content("standard input"))
            let tokens = try list.tokens(vocabularySize: tokenizer.vocabularySize)
            let text = tokenizer.decode(tokens, showingControl: parseSpecial)
            try StandardOutput.write(json ? JSONValue.string(text).text + "\n" : text)
        } else {
            let tokens = try tokenizer.encode(input, addSpecial: !noSpecial, parseSpecial: parseSpecial)
            try StandardOutput.write(JSONValue.tokens(tokens).text + "\n")
        }
    }
}
