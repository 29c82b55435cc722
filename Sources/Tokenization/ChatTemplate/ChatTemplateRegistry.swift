/// The chat formats that Sluice knows.
enum ChatTemplateRegistry {
    static let names: [String] = []
}
