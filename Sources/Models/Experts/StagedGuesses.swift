import ExpertStorage
import Residency

/// Experts that are read before a step has asked for them, each into an area of memory of its own.
///
/// A guess takes nobody's slot. One that comes true exchanges its area for that of the expert that has to
/// leave, without a copy; the others end when their layer has passed. Allocates: once. Runs on: engine
/// thread.
final class StagedGuesses {
    /// Where a guess can lie.
    private struct Place: BitwiseCopyable {
        var area: Int32
        let byteCount: Int
        /// Numbered through; -1 where nobody is guessed.
        var expert: Int32 = -1
        /// Whether its bytes are there.
        var isReady = false
    }

    /// What became of the guesses so far.
    struct Counters {
        var begun = 0
        var used = 0
        /// Bytes that were there when a guess came true.
        var bytesUsed = 0
        /// Bytes of those that did not.
        var bytesWasted = 0
    }

    private(set) var counters = Counters()
    private let loader: ExpertLoader
    private let areaOffsets: [Int]
    private let catalog: ExpertCatalog
    private var places: FlatArray<Place>

    /// - Parameter areas: the areas of guesses, by number, with their bytes.
    init(
        areas: [(area: Int, byteCount: Int)], areaOffsets: [Int], loader: ExpertLoader,
        catalog: ExpertCatalog
    ) {
        self.loader = loader
        self.areaOffsets = areaOffsets
        self.catalog = catalog
        places = FlatArray(repeating: Place(area: 0, byteCount: 0), count: areas.count)
        for (index, area) in areas.enumerated() {
            places[index] = Place(area: Int32(area.area), byteCount: area.byteCount)
        }
    }

    /// Whether `expert` (numbered through) is being read ahead, or has been.
    func contains(_ expert: Int) -> Bool { place(of: expert) != nil }

    /// Whether the bytes of `expert` have been read ahead.
    func isReady(_ expert: Int) -> Bool { place(of: expert).map { places[$0].isReady } ?? false }

    /// Starts to read `expert`, which takes `byteCount` bytes; false where there is no room for it.
    func begin(_ expert: Int, byteCount: Int) -> Bool {
        for index in 0..<places.count {
            let place = places[index]
            // One that was called off may still wait for its last block.
            guard place.expert < 0, place.byteCount == byteCount, !loader.isLoading(slot: Int(place.area))
            else { continue }
            places[index].expert = Int32(expert)
            places[index].isReady = false
            counters.begun += 1
            let area = Int(place.area)
            loader.begin(expert: expert, slot: area, slabOffset: areaOffsets[area], urgency: .guess)
            return true
        }
        return false
    }

    /// A guess has come true: gives its area away for `area`, in which nobody is interested any more.
    ///
    /// - Returns: where the expert lies, and whether its bytes are there; nil where it was not guessed.
    func claim(_ expert: Int, for area: Int) -> (area: Int, isReady: Bool)? {
        guard let index = place(of: expert) else { return nil }
        let place = places[index]
        counters.used += 1
        counters.bytesUsed += loader.bytesDelivered(slot: Int(place.area))
        if !place.isReady { loader.promote(slot: Int(place.area)) }
        places[index].area = Int32(area)
        places[index].expert = -1
        return (Int(place.area), place.isReady)
    }

    /// The layer's experts are known: what was guessed of it and not claimed was wrong.
    func expire(layer: Int) {
        for index in 0..<places.count {
            let place = places[index]
            guard place.expert >= 0, catalog.layer(of: Int(place.expert)) <= layer else { continue }
            if place.isReady {
                counters.bytesWasted += loader.bytesDelivered(slot: Int(place.area))
            } else {
                // What is under way still comes; it is counted when it has.
                loader.cancel(slot: Int(place.area))
            }
            places[index].expert = -1
        }
    }

    /// A read into `area` has ended: a guess is ready, or over.
    func noteEnded(area: Int, _ outcome: ExpertLoader.Outcome) {
        for index in 0..<places.count where Int(places[index].area) == area {
            if outcome == .ready, places[index].expert >= 0 {
                places[index].isReady = true
            } else {
                counters.bytesWasted += loader.bytesDelivered(slot: area)
                places[index].expert = -1
            }
        }
    }

    private func place(of expert: Int) -> Int? {
        for index in 0..<places.count where Int(places[index].expert) == expert { return index }
        return nil
    }
}
