import Foundation
import ModelFiles

/// Token ids as users write them, in an option or in a file.
struct TokenList {
    /// Where they are written: decides who has to mend what is wrong with them.
    enum Origin {
        /// A flag: the command line is wrong.
        case option(String)
        /// A path, or standard input: the file is wrong.
        case content(String)

        fileprivate func failure(_ finding: String) -> CommandFailure {
            switch self {
            case .option(let name): .usage("\(name) \(finding)")
            case .content(let name): .failure("\(name) \(finding)")
            }
        }
    }

    private let ids: [TokenID]
    private let origin: Origin

    private init(ids: [TokenID], origin: Origin) {
        self.ids = ids
        self.origin = origin
    }

    /// Reads `1,2,3`, with spaces or a list's brackets or not.
    ///
    /// - Throws: `CommandFailure` naming the origin and what is no id.
    init(_ text: String, from origin: Origin) throws {
        var body = text.trimmingCharacters(in: .whitespacesAndNewlines)
        let isList = body.hasPrefix("[") && body.hasSuffix("]") && body.count >= 2
        if isList { body = body.dropFirst().dropLast().trimmingCharacters(in: .whitespacesAndNewlines) }
        if body.isEmpty {
            guard isList else { throw origin.failure("is empty; expected token ids such as 1,2,3") }
            self.init(ids: [], origin: origin)
            return
        }
        let ids = try body.split(separator: ",", omittingEmptySubsequences: false).map { field in
            let field = field.trimmingCharacters(in: .whitespacesAndNewlines)
            guard let id = Int32(field), id >= 0 else {
                throw origin.failure("holds \"\(field)\"; expected token ids such as 1,2,3")
            }
            return TokenID(id)
        }
        self.init(ids: ids, origin: origin)
    }

    /// The ids.
    ///
    /// - Throws: `CommandFailure` naming the first that is not in a vocabulary of `vocabularySize` tokens.
    func tokens(vocabularySize: Int) throws -> [TokenID] {
        if let index = ids.firstIndex(where: { $0.rawValue >= vocabularySize }) {
            throw origin.failure(
                "holds \(ids[index]) at index \(index), which is outside the vocabulary; "
                    + "expected 0 to \(vocabularySize - 1)")
        }
        return ids
    }
}
