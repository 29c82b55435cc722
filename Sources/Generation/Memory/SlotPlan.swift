import ExpertStorage
import Models
import Residency

/// How many slots fit into the memory that is left for experts, and who may use them.
struct SlotPlan {
    /// What the engine is told.
    let options: StreamingOptions
    /// Bytes of all slots.
    let byteCount: Int
    /// What a user should know about so few slots; nil where they do.
    let warning: String?

    /// The fewest bytes of slots with which a model runs: one for every layer where layers share none, else
    /// those of the experts that one layer chooses.
    static func smallestByteCount(_ needs: ModelNeeds, pools: StreamingPreference.Pools) -> Int? {
        guard let extents = needs.extents else { return nil }
        let slotBytes = extents.catalog.slotBytes
        if pools == .perLayer { return slotBytes.reduce(extents.spareBytes(sharing: false), +) }
        return (slotBytes.max() ?? 0) * needs.shape.expertsPerToken + extents.spareBytes(sharing: true)
    }

    /// The slots that fit into `room` bytes; nil where not even the smallest do.
    init?(_ needs: ModelNeeds, room: Int, preference: StreamingPreference) {
        guard let extents = needs.extents,
            let smallest = Self.smallestByteCount(needs, pools: preference.pools), room >= smallest
        else { return nil }
        let numbering = ExpertNumbering(
            layerCount: needs.expertLayerCount, expertCount: needs.shape.expertCount)
        let set = WorkingSet(numbering: numbering, expertsPerToken: needs.shape.expertsPerToken)
        func shape(_ slots: Int, pools: StreamingPreference.Pools) -> CacheShape {
            let most = min(slots, numbering.layerCount * numbering.expertCount)
            if pools == .perLayer {
                return CacheShape(
                    numbering: numbering,
                    pools: .perLayer(preference.shares(of: most, numbering, needs.shape.expertsPerToken)))
            }
            return CacheShape(
                numbering: numbering, pools: .global(slots: most), layerWeights: preference.weights(numbering)
            )
        }
        // With less than a token's working set the disk is never idle: nothing can be read ahead.
        func guessAreas(_ pools: StreamingPreference.Pools) -> Int {
            guard preference.prefetching != .off && pools != .global else { return 0 }
            let token = extents.areaBytes(
                of: shape(set.slotCount, pools: pools), guesses: ReadAheadRule.areas)
            return token.reduce(0, +) <= room ? ReadAheadRule.areas : 0
        }
        func bytes(_ slots: Int, pools: StreamingPreference.Pools) -> Int {
            extents.areaBytes(of: shape(slots, pools: pools), guesses: guessAreas(pools)).reduce(0, +)
        }
        // The most slots that fit: more slots never take fewer bytes with the same kind of pools.
        func most(_ pools: StreamingPreference.Pools) -> Int {
            var (low, high) = (0, numbering.layerCount * numbering.expertCount)
            while low < high {
                let middle = (low + high + 1) / 2
                if bytes(middle, pools: pools) <= room { low = middle } else { high = middle - 1 }
            }
            return low
        }
        var pools = preference.pools
        if case .soft(_) = preference.allocation { pools = .global }
        if pools == .automatic {
            pools = set.fit(slots: most(.perLayer)) == .whole ? .perLayer : .global
        }
        let slots = most(pools)
        let fit = set.fit(slots: slots)
        options = StreamingOptions(
            shape: shape(slots, pools: pools),
            policy: preference.policy ?? set.advice(slots: slots).policy, reading: preference.reading,
            guessAreas: guessAreas(pools), standsDown: preference.prefetching == .automatic,
            isElastic: preference.isElastic)
        byteCount = bytes(slots, pools: pools)
        let tooFew =
            fit == .whole
            ? nil
            : "\(slots) slots are fewer than the \(set.slotCount) experts of one token: most requests will "
                + "be read from disk; \(ByteSize.text(bytes(set.slotCount, pools: .perLayer))) for experts "
                + "hold a token's"
        let warnings = [tooFew, preference.unmetAllocation(slots, pools, set)].compactMap { $0 }
        warning = warnings.isEmpty ? nil : warnings.joined(separator: "; ")
    }
}

extension StreamingPreference {
    /// Slots of each layer.
    fileprivate func shares(of slots: Int, _ numbering: ExpertNumbering, _ expertsPerToken: Int) -> [Int] {
        guard case .shallow(let wholeLayers) = allocation else {
            return SlotShares.uniform(slots: slots, numbering: numbering)
        }
        return SlotShares.shallowFavouring(
            slots: slots, wholeLayers: wholeLayers, expertsPerToken: expertsPerToken, numbering: numbering)
    }

    /// What `slots` slots cannot keep of the wished allocation; nil where they keep it.
    fileprivate func unmetAllocation(
        _ slots: Int, _ pools: StreamingPreference.Pools, _ set: WorkingSet
    ) -> String? {
        guard case .shallow(let wanted) = allocation else { return nil }
        let whole =
            pools == .global
            ? 0
            : SlotShares.wholeLayers(
                slots: slots, wanted: wanted, expertsPerToken: set.expertsPerToken,
                numbering: set.numbering)
        guard whole < min(wanted, set.numbering.layerCount) else { return nil }
        return "\(slots) slots hold \(whole) whole layers beside what a token needs of the others, not the "
            + "\(wanted) of --allocation shallow:\(wanted)"
    }

    /// What experts of each layer are worth in one pool; nil where all are worth the same.
    fileprivate func weights(_ numbering: ExpertNumbering) -> [Double]? {
        guard case .soft(let layers) = allocation else { return nil }
        return LayerWeights.shallowFavouring(favouredLayers: layers, factor: 2, numbering: numbering)
    }
}
