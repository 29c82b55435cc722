/// What kind of character a byte belongs to: the Unicode general categories that split patterns ask about.
struct CharacterClass: OptionSet, Sendable {
    let rawValue: UInt8

    /// `\p{L}`
    static let letter = CharacterClass(rawValue: 1)
    /// `\p{N}`
    static let number = CharacterClass(rawValue: 2)
    /// `\p{P}`
    static let punctuation = CharacterClass(rawValue: 4)
    /// `\p{S}`
    static let symbol = CharacterClass(rawValue: 8)
    /// `\p{M}`
    static let mark = CharacterClass(rawValue: 16)
    /// `\s`
    static let space = CharacterClass(rawValue: 32)
    /// `\p{Lu}` and `\p{Lt}`
    static let upper = CharacterClass(rawValue: 64)
    /// `\p{Ll}`
    static let lower = CharacterClass(rawValue: 128)
}
