import Kernels

extension FloatMatrix {
    /// The first token whose logit in `row` is infinite or no number; nil for an undamaged model.
    ///
    /// A NaN would lose every comparison and an infinity win it, and a text would go on that the model never
    /// meant. Cost: one pass over vocabularySize values; allocates: none.
    func firstDamagedLogit(row: Int) -> Int? {
        unsafe withRow(row) { logits in
            // Without their sign, bits compare like the numbers: infinities and NaNs above all others.
            var largest: UInt32 = 0
            for index in 0..<logits.count {
                largest = unsafe max(largest, logits[index].magnitude.bitPattern)
            }
            guard largest >= Float.infinity.bitPattern else { return nil }
            return unsafe logits.firstIndex { !$0.isFinite }
        }
    }
}
