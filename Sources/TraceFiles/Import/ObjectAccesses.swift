import Residency

/// Makes a trace of a cache simulator's accesses: an object is an expert, a time is a token.
struct ObjectAccesses {
    private var assembler: TraceAssembler
    private let input: ImportInput
    private let placesAreLines: Bool
    /// Nil before the first access.
    private var last: (time: Int, layer: Int)?
    /// The largest size of an object, by layer number.
    private var bytesOfLayer: [Int: Int] = [:]

    /// How many ids a layer has.
    static let idsOfLayer = 1 << 16

    init(_ input: ImportInput, placesAreLines: Bool) throws(TraceFilesError) {
        self.input = input
        self.placesAreLines = placesAreLines
        assembler = try TraceAssembler(input, steps: .onePerToken, places: placesAreLines ? .lines : .bytes)
    }

    /// Adds an access. The choices of a layer follow one another.
    mutating func add(time: Int, object: Int, bytes: Int, at place: Int) throws(TraceFilesError) {
        guard time >= last?.time ?? 0, object >= 0, bytes >= 0 else {
            let found =
                if let last, time < last.time {
                    "time \(time) after \(last.time)"
                } else if time < 0 {
                    "time \(time)"
                } else {
                    object < 0 ? "object \(object)" : "size \(bytes)"
                }
            throw input.malformed(
                found, expected: "times that do not fall, and no time, id or size below 0",
                advice: "check that ids are layer * 65536 + expert and the file is not cut or shifted",
                at: placesAreLines ? .line(place) : .byte(place))
        }
        if bytes > ImportLimits.expertBytes {
            try DeclaredShape.check(
                expertBytes: bytes, at: placesAreLines ? .line(place) : .byte(place), of: input)
        }
        let layer = object / Self.idsOfLayer
        if time != last?.time || layer != last?.layer {
            try assembler.begin(TraceAssembler.Token(position: time), layer: layer, at: place)
            last = (time, layer)
        }
        // What is not known stands as 1, because the simulator skips objects of no size.
        if bytes > 1 { bytesOfLayer[layer] = max(bytes, bytesOfLayer[layer] ?? 0) }
        try assembler.choose(object % Self.idsOfLayer, at: place)
    }

    /// Makes the trace.
    consuming func finish() throws(TraceFilesError) -> ImportedTrace {
        assembler.learn(expertBytes: bytesOfLayer)
        var notes = ["accesses have no texts, phases and steps: one text, every token decoded alone"]
        return ImportedTrace(.choices(try assembler.finish(notes: &notes)), notes: notes)
    }
}
