import Foundation
import Generation
import Residency

/// Traces that a command reads: plain CSV, a line for each choice, layouts as in the demo model's traces.
///
/// Columns `sequence`, `step` (the position in its text), `token`, `layer`, `slot` (0 is the strongest) and
/// `expert`; comments start with `#`, and `layers N`, `experts N`, `top_k N` in them are the model's sizes.
enum TraceInput {
    /// What messages call the trace at `path`.
    static func name(_ path: String) -> String { URL(fileURLWithPath: path).lastPathComponent }

    /// Equal for two paths to one file.
    static func place(_ path: String) -> String {
        URL(fileURLWithPath: path).resolvingSymlinksInPath().standardizedFileURL.path
    }

    /// Reads all, which have to be of one model.
    ///
    /// - Throws: `CommandFailure` naming the file, the line, and what was expected.
    static func read(_ paths: [String]) throws -> [RoutingTrace] {
        let traces = try paths.map(read)
        for (path, trace) in zip(paths, traces) where !trace.shape.hasSameExperts(as: traces[0].shape) {
            throw CommandFailure.failure("\(name(path)) is a trace of another model than \(name(paths[0]))")
        }
        return traces
    }

    private static func read(_ path: String) throws -> RoutingTrace {
        let bytes = try InputFile.contents(of: path)
        var reader = PlainTrace(name: name(path))
        var start = 0
        while start < bytes.count {
            let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
            try reader.add(bytes[start..<end])
            start = end + 1
        }
        return try reader.finish()
    }
}

/// Puts the lines of a plain trace together.
private struct PlainTrace {
    let name: String
    private var sizes: [String: Int] = [:]
    /// By column of the file, its place in `names`.
    private var columns: [Int?]?
    private var numbers = [Int](repeating: 0, count: Self.names.count)
    private var line = 0
    private var trace: RoutingTrace?
    private var row: TraceRow?
    private var experts: [UInt16] = []

    private static let names = ["sequence", "step", "token", "layer", "slot", "expert"]

    init(name: String) { self.name = name }

    mutating func add(_ bytes: ArraySlice<UInt8>) throws {
        line += 1
        if bytes.isEmpty { return }
        if bytes.first == UInt8(ascii: "#") {
            let words = String(decoding: bytes, as: UTF8.self).split(separator: " ")
            for (word, number) in zip(words, words.dropFirst()) {
                if let number = Int(number) { sizes[String(word)] = number }
            }
            return
        }
        guard let columns else {
            return try readHeader(
                bytes.split(separator: UInt8(ascii: ",")).map { String(decoding: $0, as: UTF8.self) })
        }
        try readFields(bytes, columns)
        try addChoice()
    }

    /// Fills `numbers` with the columns wanted.
    private mutating func readFields(_ bytes: ArraySlice<UInt8>, _ columns: [Int?]) throws {
        var (column, value, digits, found) = (0, 0, 0, 0)
        for byte in bytes {
            if byte == UInt8(ascii: ",") {
                if let wanted = columns[column], digits > 0 { (numbers[wanted], found) = (value, found + 1) }
                (column, value, digits) = (column + 1, 0, 0)
                if found == Self.names.count { return }
                guard column < columns.count else { throw failure("found more fields than columns") }
            } else if columns[column] != nil {
                guard (48...57).contains(byte), digits < 9 else {
                    throw failure("found no number in field \(column + 1)")
                }
                (value, digits) = (value * 10 + Int(byte) - 48, digits + 1)
            }
        }
        if let wanted = columns[column], digits > 0 { (numbers[wanted], found) = (value, found + 1) }
        guard found == Self.names.count else { throw failure("found \(found) of 6 numbers") }
    }

    private mutating func readHeader(_ fields: [String]) throws {
        for name in Self.names where !fields.contains(name) {
            throw failure("found no column \(name); expected \(Self.names.joined(separator: ","))")
        }
        columns = fields.map { Self.names.firstIndex(of: $0) }
        guard let layers = sizes["layers"], let experts = sizes["experts"], let chosen = sizes["top_k"],
            (1...4096).contains(layers), (1...65_536).contains(experts), (1...experts).contains(chosen),
            layers * experts <= 1 << 19
        else { throw failure("expected '# layers N experts N top_k N' in front of the columns") }
        trace = RoutingTrace(
            shape: TraceShape(
                numbering: ExpertNumbering(layerCount: layers, expertCount: experts), expertsPerToken: chosen),
            hasWeights: false)
    }

    private mutating func addChoice() throws {
        guard let shape = trace?.shape else { return }
        let (sequence, position, layer, rank) = (numbers[0], numbers[1], numbers[3], numbers[4])
        guard layer < shape.numbering.layerCount, rank < shape.expertsPerToken,
            numbers[5] < shape.numbering.expertCount
        else { throw failure("layer \(layer), slot \(rank) or expert \(numbers[5]) is beyond the model's") }
        if row?.sequence != UInt32(sequence) || row?.position != UInt32(position) {
            append()
            row = TraceRow(
                sequence: UInt32(sequence), position: UInt32(position),
                step: UInt32(trace?.rows.count ?? 0), token: UInt32(numbers[2]), phase: .decode)
            experts = Array(repeating: RoutingTrace.noExpert, count: shape.choicesPerRow)
        }
        experts[layer * shape.expertsPerToken + rank] = UInt16(numbers[5])
    }

    private mutating func append() {
        if let row { trace?.append(row, experts: experts) }
    }

    mutating func finish() throws -> RoutingTrace {
        append()
        guard let trace, !trace.rows.isEmpty else { throw failure("found no choice") }
        return trace
    }

    private func failure(_ finding: String) -> CommandFailure {
        .failure("\(name), line \(line): \(finding)")
    }
}
