/// The parts that many split patterns share.
extension ClassifiedText {
    /// `(?i:'s|'t|'re|'ve|'m|'ll|'d)`, or the same without `(?i:)`: where it ends; `start` where it does not
    /// match.
    func end(ofContractionFrom start: Int, limit: Int, anyCase: Bool) -> Int {
        guard start + 1 < limit, bytes[start] == UInt8(ascii: "'") else { return start }
        let fold: UInt8 = anyCase ? 0x20 : 0
        switch bytes[start + 1] | fold {
        case UInt8(ascii: "s"), UInt8(ascii: "t"), UInt8(ascii: "m"), UInt8(ascii: "d"):
            return start + 2
        case UInt8(ascii: "r"), UInt8(ascii: "v"):
            return start + 2 < limit && bytes[start + 2] | fold == UInt8(ascii: "e") ? start + 3 : start
        case UInt8(ascii: "l"):
            return start + 2 < limit && bytes[start + 2] | fold == UInt8(ascii: "l") ? start + 3 : start
        default:
            // U+017F, the long s, is an s to case-insensitive matching.
            let isLongS = anyCase && start + 2 < limit && bytes[start + 1] == 0xC5 && bytes[start + 2] == 0xBF
            return isLongS ? start + 3 : start
        }
    }

    /// `\s*[\r\n]+|\s+(?!\S)|\s+`: where it ends; `start` where no white space starts.
    ///
    /// A run of white space goes up to its last line break; where it has none, all but its last character,
    /// which belongs to the word that follows; where it is one character, or the text ends with it, whole.
    func end(ofWhiteSpaceFrom start: Int, limit: Int) -> Int {
        let end = end(ofRunOf: .space, from: start, limit: limit)
        var newline = end
        while newline > start && !isNewline(at: newline - 1) { newline -= 1 }
        return newline > start ? newline : self.end(ofSpacesFrom: start, runEnd: end, limit: limit)
    }

    /// `\s+(?!\S)|\s+`: where it ends; `start` where no white space starts.
    func end(ofSpacesFrom start: Int, limit: Int) -> Int {
        end(ofSpacesFrom: start, runEnd: end(ofRunOf: .space, from: start, limit: limit), limit: limit)
    }

    private func end(ofSpacesFrom start: Int, runEnd: Int, limit: Int) -> Int {
        guard runEnd > start, runEnd < limit else { return runEnd }
        let last = previous(runEnd)
        return last > start ? last : runEnd
    }

    /// `\p{N}{1,maximum}`: where it ends; `start` where no digit starts.
    func end(ofDigitsFrom start: Int, limit: Int, maximum: Int) -> Int {
        var position = start
        var count = 0
        while count < maximum && position < limit && isAny(.number, at: position) {
            position = next(position)
            count += 1
        }
        return position
    }

    /// Where the character before `position` starts. - Precondition: there is one.
    func previous(_ position: Int) -> Int {
        var start = position - 1
        while bytes[start] & 0xC0 == 0x80 { start -= 1 }
        return start
    }
}
