/// How many slots each layer gets where layers share none.
public enum SlotShares {
    /// Equal shares; what does not divide goes to the first layers, one each.
    ///
    /// - Parameter slots: of all layers; what is beyond a slot for every expert stays unused.
    public static func uniform(slots: Int, numbering: ExpertNumbering) -> [Int] {
        precondition(slots >= 0, "\(slots) slots")
        return equal(slots, layers: numbering.layerCount, expertCount: numbering.expertCount)
    }

    /// All experts of the first layers, equal shares of the rest for the others.
    ///
    /// Where the others would be left with fewer slots than a token needs, fewer layers are held whole. That
    /// this serves prediction, which knows least of the first layers, is Fate's finding; whether it serves a
    /// trace has to be judged on it.
    ///
    /// Source: Fate, arXiv 2502.12224; the formula is ours, as the paper gives none.
    /// - Parameter wholeLayers: layers to hold whole, from the first on.
    public static func shallowFavouring(
        slots: Int, wholeLayers: Int, expertsPerToken: Int, numbering: ExpertNumbering
    ) -> [Int] {
        precondition(slots >= 0 && wholeLayers >= 0, "\(slots) slots, \(wholeLayers) layers to hold whole")
        let (layers, experts) = (numbering.layerCount, numbering.expertCount)
        let whole = Self.wholeLayers(
            slots: slots, wanted: wholeLayers, expertsPerToken: expertsPerToken, numbering: numbering)
        let rest = equal(slots - whole * experts, layers: layers - whole, expertCount: experts)
        return Array(repeating: experts, count: whole) + rest
    }

    /// Of the layers that are wanted whole, those that can be: the others keep what a token needs.
    public static func wholeLayers(
        slots: Int, wanted: Int, expertsPerToken: Int, numbering: ExpertNumbering
    ) -> Int {
        let (layers, experts) = (numbering.layerCount, numbering.expertCount)
        var whole = min(wanted, layers)
        while whole > 0 && slots - whole * experts < (layers - whole) * expertsPerToken { whole -= 1 }
        return whole
    }

    private static func equal(_ slots: Int, layers: Int, expertCount: Int) -> [Int] {
        (0..<layers).map { layer in
            min(slots / layers + (layer < slots % layers ? 1 : 0), expertCount)
        }
    }
}

/// What layers are worth against one another in a pool that they share.
public enum LayerWeights {
    /// `factor` for the first layers and 1 for the others: the soft form of the shares of the same
    /// name.
    ///
    /// An expert of weight 2 stays twice as long after its last use (LRU), or needs half the uses (LFU).
    public static func shallowFavouring(
        favouredLayers: Int, factor: Double, numbering: ExpertNumbering
    ) -> [Double] {
        precondition(favouredLayers >= 0 && factor > 0, "\(factor) for \(favouredLayers) layers")
        return (0..<numbering.layerCount).map { $0 < favouredLayers ? factor : 1 }
    }
}
