import ModelFiles
import Residency

/// A CSV as libCacheSim reads it, with the columns that ``CacheSimulatorCSVExporter`` writes.
///
/// Layout: `time, obj_id, obj_size` and optionally `next_access_vtime`; an id is `layer * 65536 + expert`,
/// the time counts tokens, the size is the expert's in bytes (1 where it is not known).
///
/// Lost: weights, token ids, texts, phases and which tokens were computed together. Every time is a token and
/// a step of its own; the next access is passed over, it can be computed again.
///
/// Source: github.com/1a1a11a/libCacheSim, `libCacheSim/traceReader/generalReader/csv.c`.
struct CacheSimulatorCSVImporter: TraceImporter {
    static let format = ForeignFormat("libcachesim-csv", "libCacheSim CSV: time, obj_id, obj_size")

    private enum Field: Int, CaseIterable { case time, object, size, next }

    private typealias Table = NumberTable<Field>

    private static let columns: [Table.Column] = [
        .init("time", .time), .init("obj_id", .object), .init("obj_size", .size),
        .init("next_access_vtime", .next, .ignored),
    ]

    static func recognizes(_ head: FileHead) -> Bool { head.columns.contains("obj_id") }

    static func read(_ input: ImportInput) throws(TraceFilesError) -> ImportedTrace {
        try input.withBytes { (text) throws(TraceFilesError) in
            var lines = TextLines(text)
            _ = try lines.advance(text, of: input)
            var table = try Table(
                header: lines, text, known: columns, required: [[.time], [.object], [.size]], of: input)
            var accesses = try ObjectAccesses(input, placesAreLines: true)
            while try lines.advance(text, of: input) {
                if lines.isEmpty { continue }
                try table.read(lines, text, of: input)
                try accesses.add(
                    time: table.integer(.time), object: table.integer(.object), bytes: table.integer(.size),
                    at: lines.number)
            }
            return try accesses.finish()
        }
    }
}
