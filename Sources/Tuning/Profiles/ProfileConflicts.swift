import Generation
import Residency

/// Keys of a profile that cannot stand beside one another, or need one another.
struct ProfileConflicts {
    private let file: SettingsFile
    private let io: SettingsFile.Entry?
    private let policy: SettingsFile.Entry?
    private let pools: SettingsFile.Entry?
    private let allocation: SettingsFile.Entry?
    private let layers: SettingsFile.Entry?
    private let expertCache: SettingsFile.Entry?

    init(_ file: SettingsFile) {
        self.file = file
        io = file.entry("experts.io")
        policy = file.entry("experts.policy")
        pools = file.entry("experts.pools")
        allocation = file.entry("experts.allocation")
        layers = file.entry("experts.favoured_layers")
        expertCache = file.entry("memory.expert_cache")
    }

    /// - Throws: `.conflict` or `.missingKey`, at the later of the two keys.
    func check() throws(TuningError) {
        try checkMapping()
        try checkPolicy()
        try checkAllocation()
        try checkSizes()
    }

    /// A mapped model keeps no experts in slots.
    private func checkMapping() throws(TuningError) {
        guard let io, io.text == "mmap" else { return }
        for entry in [policy, expertCache] {
            guard let entry, entry.text != "auto" else { continue }
            throw conflict(entry, io, "io = \"mmap\" keeps no experts in slots")
        }
    }

    private func checkPolicy() throws(TuningError) {
        guard let halfLife = file.entry("experts.half_life_tokens") else { return }
        guard let policy, policy.text != "auto" else { throw missing("experts.policy", for: halfLife) }
        let entry = PolicyRegistry.entries.first { $0.name == policy.text }
        if entry?.defaultHalfLifeTokens == nil {
            throw conflict(halfLife, policy, "\"\(policy.text)\" takes no half-life")
        }
    }

    private func checkAllocation() throws(TuningError) {
        guard let allocation, allocation.text != "uniform" else {
            guard let layers else { return }
            guard let allocation else { throw missing("experts.allocation", for: layers) }
            throw conflict(layers, allocation, "\"uniform\" favours no layers")
        }
        guard layers != nil else { throw missing("experts.favoured_layers", for: allocation) }
        if allocation.text == "shallow", let pools, pools.text == "global" {
            throw conflict(allocation, pools, "\"shallow\" needs slots of each layer's own")
        }
        guard allocation.text == "soft" else { return }
        if let pools, pools.text == "layer" {
            throw conflict(allocation, pools, "\"soft\" needs one pool of all layers")
        }
        let entry = PolicyRegistry.entries.first { $0.name == policy?.text }
        if let policy, entry?.takesLayerWeights == false {
            throw conflict(
                allocation, policy, "\"soft\" needs a policy that ranks by a priority, such as lfu")
        }
    }

    private func checkSizes() throws(TuningError) {
        guard let expertCache, let budget = file.entry("memory.budget"),
            let cacheBytes = ByteSize.parse(expertCache.text), let budgetBytes = ByteSize.parse(budget.text),
            cacheBytes > budgetBytes
        else { return }
        throw conflict(
            expertCache, budget, "\"\(expertCache.text)\" is more than the whole process's \"\(budget.text)\""
        )
    }

    private func conflict(
        _ one: SettingsFile.Entry, _ other: SettingsFile.Entry, _ reason: String
    ) -> TuningError {
        let (first, later) = one.place.line <= other.place.line ? (one, other) : (other, one)
        return TuningError(
            .conflict(later.key.path, with: first.key.path, otherLine: first.place.line, reason: reason),
            path: file.path, place: later.place)
    }

    private func missing(_ key: String, for entry: SettingsFile.Entry) -> TuningError {
        TuningError(.missingKey(key, neededBy: entry.key.path), path: file.path, place: entry.place)
    }
}
