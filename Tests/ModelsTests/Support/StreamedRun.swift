import ExpertStorage
import Foundation
import Kernels
import ModelFiles
import Models
import Residency
import TestSupport

/// One way to run a model whose experts are streamed.
struct StreamedWay: CustomStringConvertible {
    /// Share of the experts that have a slot; nil for the fewest slots that run: one layer's choice.
    var share: Double?
    var policy: PolicyEntry
    var method: ReadMethod
    var threads: Int
    var isGlobal: Bool
    /// Rows of a step; 0 for the whole prompt.
    var rows: Int
    /// Places for experts that are read ahead.
    var guessAreas: Int

    var description: String {
        "\(share.map { "\($0)" } ?? "smallest"), \(policy.name), \(method.rawValue), \(threads) threads, "
            + "\(isGlobal ? "global" : "layer"), rows \(rows), \(guessAreas) guesses"
    }

    /// - Parameter blockBytes: small, so that an expert is several reads.
    func options(_ needs: ModelNeeds, blockBytes: Int = 8192) -> StreamingOptions {
        let numbering = ExpertNumbering(
            layerCount: needs.expertLayerCount, expertCount: needs.shape.expertCount)
        let all = numbering.layerCount * numbering.expertCount
        let pools: CacheShape.Pools
        if isGlobal {
            pools = .global(slots: max(Int(Double(all) * (share ?? 0)), needs.shape.expertsPerToken))
        } else {
            // One slot of a layer is the least that runs.
            let slots = max(Int(Double(all) * (share ?? 0)), numbering.layerCount)
            pools = .perLayer(SlotShares.uniform(slots: slots, numbering: numbering))
        }
        return StreamingOptions(
            shape: CacheShape(numbering: numbering, pools: pools),
            policy: PolicyChoice(entry: policy, halfLifeTokens: nil),
            reading: ReadPlan(method: method, blockBytes: blockBytes, depth: 4),
            guessAreas: isGlobal ? 0 : guessAreas, isElastic: false)
    }

    /// Every way there is.
    static let all: [StreamedWay] = {
        var ways: [StreamedWay] = []
        for share in [nil, 0.1, 0.25, 0.5, 1] {
            for policy in PolicyRegistry.entries {
                for method in ReadMethod.allCases {
                    for threads in [1, 2] {
                        for isGlobal in [false, true] {
                            for rows in [1, 7, 64, 0] {
                                ways += [0, 2].map {
                                    StreamedWay(
                                        share: share, policy: policy, method: method, threads: threads,
                                        isGlobal: isGlobal, rows: rows, guessAreas: $0)
                                }
                            }
                        }
                    }
                }
            }
        }
        return ways
    }()

    /// The values of its settings, each with its place.
    private var settings: [String] {
        [
            "\(share.map { "\($0)" } ?? "smallest")", policy.name, method.rawValue, "\(threads) threads",
            "\(isGlobal)", "\(rows) rows", "\(guessAreas) guesses",
        ]
    }

    private var pairs: Set<String> {
        let settings = settings
        return Set(
            settings.indices.flatMap { first in
                (first + 1..<settings.count).map { settings[first] + "|" + settings[$0] }
            })
    }

    /// Ways in which every two values of two settings meet at least once, drawn by `generator`.
    static func pairwise(_ generator: inout SeededGenerator) -> [StreamedWay] {
        var missing = all.reduce(into: Set<String>()) { $0.formUnion($1.pairs) }
        var chosen: [StreamedWay] = []
        while !missing.isEmpty {
            var best: (way: StreamedWay, pairs: Set<String>)?
            for _ in 0..<60 {
                guard let way = all.randomElement(using: &generator) else { continue }
                let found = way.pairs.intersection(missing)
                if found.count > best?.pairs.count ?? 0 { best = (way, found) }
            }
            guard let best else { continue }
            missing.subtract(best.pairs)
            chosen.append(best.way)
        }
        return chosen
    }
}
