/// The names that an object has so far, compared by their bytes: vocabularies hold names that are canonically
/// equivalent and still different.
struct ObjectNames {
    /// Up to here comparing with each earlier name is cheaper than hashing.
    private static let fewMembers = 8

    private var hashed: Set<ExactName> = []

    /// Notes `name`, which stands behind the `earlier` members; false where one of them has it.
    mutating func insert(_ name: String, earlier: [JSONMember]) -> Bool {
        if earlier.count < Self.fewMembers {
            return !earlier.contains { ExactName(text: $0.name) == ExactName(text: name) }
        }
        if hashed.isEmpty { for member in earlier { hashed.insert(ExactName(text: member.name)) } }
        return hashed.insert(ExactName(text: name)).inserted
    }

    private struct ExactName: Hashable {
        let text: String

        static func == (left: ExactName, right: ExactName) -> Bool {
            // Equality of strings tells most names apart faster than their bytes do.
            left.text == right.text && left.text.utf8.elementsEqual(right.text.utf8)
        }

        func hash(into hasher: inout Hasher) {
            var text = text
            text.withUTF8 { unsafe hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
        }
    }
}
