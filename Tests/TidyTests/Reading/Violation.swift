/// One place that breaks a rule.
struct Violation: CustomStringConvertible, Equatable {
    let path: String
    /// 1-based; nil where the whole file is meant.
    let line: Int?
    let message: String

    init(_ path: String, line: Int? = nil, _ message: String) {
        self.path = path
        self.line = line
        self.message = message
    }

    var description: String {
        line.map { "\(path):\($0): \(message)" } ?? "\(path): \(message)"
    }
}
