import ExpertStorage
import Residency

// MARK: - Memory that others need

extension ExpertSlots {
    /// Bytes of slots whose memory was given back.
    var givenBackBytes: Int { givenBack.reduce(0) { $0 + slotBytes[$1.layer] } }

    /// Returns the memory of the slots that are worth least to the system, until `byteCount` bytes are
    /// returned or every layer is down to what one token chooses of it.
    ///
    /// - Precondition: between two steps. Allocates: once per slot.
    func giveBack(byteCount: Int, leastPerLayer: Int) {
        var returned = 0
        var hasMore = true
        while returned < byteCount && hasMore {
            hasMore = false
            for layer in slotBytes.indices where returned < byteCount {
                guard cache.slotsInService(layer: layer) > leastPerLayer,
                    let slot = cache.giveBackSlot(layer: layer)
                else { continue }
                slab.giveBack(bytes(of: slot, layer: layer))
                givenBack.append(GivenBackSlot(slot: slot, layer: layer))
                returned += slotBytes[layer]
                hasMore = true
            }
        }
    }

    /// Where a slot lies in the slab.
    private func bytes(of slot: SlotIndex, layer: Int) -> Range<Int> {
        let start = areaOffsets[Int(areaOfSlot[slot.index])]
        return start..<start + slotBytes[layer]
    }

    /// Puts slots that were given back into service again, as far as `byteCount` bytes go.
    func takeBack(byteCount: Int) {
        var taken = 0
        while let last = givenBack.last, taken + slotBytes[last.layer] <= byteCount {
            cache.takeBack(last.slot)
            slab.takeBack(bytes(of: last.slot, layer: last.layer))
            taken += slotBytes[last.layer]
            givenBack.removeLast()
        }
    }
}

/// A slot out of service.
struct GivenBackSlot {
    let slot: SlotIndex
    let layer: Int
}
