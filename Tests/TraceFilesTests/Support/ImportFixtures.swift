import Foundation
import Residency
import Testing
import TraceFiles

/// The files that `tools/make_trace_fixtures.py` wrote, and what they hold.
enum ImportFixtures {
    /// All bytes of one.
    static func bytes(_ name: String) throws -> [UInt8] {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        return Array(try Data(contentsOf: folder.appending(path: "Fixtures/" + name)))
    }

    /// What all files hold.
    struct Expected: Decodable {
        /// Sequence, position, step, token (-1 for none), phase.
        let rows: [[Int]]
        /// [rows, layers, expertsPerToken]
        let choices: [[[Int]]]
        /// [layers, experts]
        let counts: [[Int]]
    }

    /// The contents of `expected.json`.
    static func expected() throws -> Expected {
        try JSONDecoder().decode(Expected.self, from: Data(bytes("expected.json")))
    }

    /// Reads a fixture.
    static func read(
        _ name: String, format: String? = nil, facts: ImportFacts = ImportFacts()
    ) throws -> ImportedTrace {
        try TraceImport.read(bytes(name), path: name, format: format, facts: facts)
    }
}

/// Reads a text.
func imported(
    _ text: String, format: String? = nil, facts: ImportFacts = ImportFacts()
) throws -> ImportedTrace {
    try TraceImport.read(Array(text.utf8), path: "a", format: format, facts: facts)
}

/// What reading bytes fails with.
func failure(_ bytes: [UInt8], format: String? = nil, facts: ImportFacts = ImportFacts()) -> String {
    do {
        _ = try TraceImport.read(bytes, path: "a", format: format, facts: facts)
        return "no error"
    } catch {
        return error.description
    }
}

extension ImportedTrace {
    /// The trace, where it is one.
    var trace: RoutingTrace? {
        if case .choices(let trace) = content { trace } else { nil }
    }

    /// The counts, where these are all.
    var usage: ExpertUsage? {
        if case .usage(let usage) = content { usage } else { nil }
    }
}

extension RoutingTrace {
    /// [rows, layers, choices that were made]
    var choiceLists: [[[Int]]] {
        rows.indices.map { row in
            (0..<shape.numbering.layerCount).map { layer in
                (0..<shape.expertsPerToken).compactMap { expert(row: row, layer: layer, rank: $0) }
            }
        }
    }

    /// The weights of these in the same order; nil for what is not known.
    var weightList: [Float?] {
        rows.indices.flatMap { row in
            (0..<shape.numbering.layerCount).flatMap { layer in
                (0..<shape.expertsPerToken).filter { rank in
                    expert(row: row, layer: layer, rank: rank) != nil
                }.map { rank -> Float? in
                    let weight = weight(row: row, layer: layer, rank: rank)
                    return weight?.isNaN == true ? nil : weight
                }
            }
        }
    }

    /// Sequence, position, step, token (-1 for none), phase of each row.
    var rowLists: [[Int]] {
        rows.map {
            [
                Int($0.sequence), Int($0.position), Int($0.step), $0.token.map { Int($0) } ?? -1,
                Int($0.phase.rawValue),
            ]
        }
    }
}
