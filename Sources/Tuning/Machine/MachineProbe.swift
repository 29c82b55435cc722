public import ExpertStorage
public import Generation
public import Kernels
public import ModelFiles
import Models
import Residency

/// Measures this machine with one model on one of its disks, for a machine file.
public struct MachineProbe {
    private let file: ModelFile
    private let needs: ModelNeeds
    private let threadCount: Int

    /// Parallel operations of a layer with experts: norms, projections, attention, router, experts.
    private static let operationsPerLayer = 12

    /// - Throws: `ModelFileError` for a model that cannot be run.
    public init(file: ModelFile, threadCount: Int) throws {
        self.file = file
        needs = try ModelNeeds(file: file)
        self.threadCount = threadCount
    }

    /// Takes some twenty seconds.
    ///
    /// - Parameters:
    ///   - reading: how runs read the model's disk.
    ///   - element: how runs store keys and values.
    ///   - progress: is told what is done next.
    /// - Returns: nil where it was cancelled.
    /// - Throws: what reading or loading the model meets; `notStreamable` for one without experts to read.
    public func run(
        reading: ReadPlan, element: CacheElement, name: String, unless interrupt: CancellationFlag,
        progress: (_ what: String) -> Void
    ) throws -> MachineFile? {
        guard let extents = needs.extents else {
            throw ExpertStorageError(.notStreamable, path: file.path)
        }
        progress("memory")
        let memory = BandwidthProbe.bandwidth(threadCount: threadCount).bytesPerSecond
        let overhead = layerOverheadSeconds()
        progress("computing")
        let compute = try ComputeProbe(
            file: file, needs: needs, threadCount: threadCount, element: element, reading: reading
        ).run(unless: interrupt)
        guard let compute else { return nil }
        progress("disk")
        let opened = try reading.open(file.diskPaths)
        let bursts = BurstProbe(
            catalog: extents.catalog, device: opened.device, blockBytes: reading.blockBytes)
        var generator = SystemRandomNumberGenerator()
        guard let disk = try bursts.run(generator: &generator, isCancelled: { interrupt.isCancelled }) else {
            return nil
        }
        let readOverhead = compute.waitingTokenSeconds.map {
            max($0 - compute.tokenSeconds, 0) / max(compute.streamedBytesPerToken, 1)
        }
        let slower = slowdown(disk, of: compute)
        var model = MachineModel.Disk(
            latencySeconds: disk.latencySeconds * slower, bytesPerSecond: disk.bytesPerSecond / slower,
            blockBytes: reading.blockBytes, depth: reading.depth)
        model.readAheadShare = readAheadShare(model, compute.ahead)
        let machine = MachineModel(
            disk: model,
            memoryBytesPerSecond: memory, layerOverheadSeconds: overhead,
            readOverheadSecondsPerByte: readOverhead ?? 0,
            hiddenReadSecondsPerByte: compute.hiddenReadSecondsPerByte ?? 0,
            spread: MachineModel.Spread(compute: compute.spread, disk: disk.spread))
        return MachineFile(
            name: name, threads: threadCount, machine: machine,
            model: rates(compute, machine: machine, element: element))
    }

    /// How many times as long reads take while tokens wait for them, which is what counts, as reads alone: in
    /// latency and transfer alike, for one time does not tell them apart.
    private func slowdown(_ disk: BurstProbe.Result, of compute: ComputeProbe.Result) -> Double {
        let streamed = compute.streamed
        let seconds = Double(streamed.demandNanoseconds) / 1e9
        let steps = streamed.cache.requests / max(needs.expertLayerCount * needs.shape.expertsPerToken, 1)
        let alone =
            Double(steps * needs.expertLayerCount) * disk.latencySeconds
            + Double(streamed.demandBytes) / disk.bytesPerSecond
        guard streamed.demandBytes > 0, seconds > 0, alone > 0 else { return 1 }
        return seconds / alone
    }

    /// Which part of the time in which guesses alone were read they would have taken on `disk`.
    private func readAheadShare(_ disk: MachineModel.Disk, _ counters: StreamingCounters) -> Double {
        let seconds = Double(counters.busyNanoseconds - counters.demandNanoseconds) / 1e9
        let layers = counters.cache.requests / max(needs.shape.expertsPerToken, 1)
        let bytes = Double(counters.bytesRead - counters.demandBytes)
        let alone =
            Double(min(counters.guesses, layers)) * disk.latencySeconds + bytes / disk.burstBytesPerSecond
        return seconds > 0 && alone > 0 ? min(alone / seconds, 1) : 1
    }

    /// What jobs that do nothing take.
    private func layerOverheadSeconds() -> Double {
        let pool = ThreadPool(threadCount: threadCount)
        let clock = ContinuousClock()
        let jobs = 2000
        pool.run(EmptyJob(), blocks: threadCount)
        let start = clock.now
        for _ in 0..<jobs { pool.run(EmptyJob(), blocks: threadCount) }
        return (clock.now - start).inSeconds / Double(jobs) * Double(Self.operationsPerLayer)
    }

    private struct EmptyJob: ParallelJob {
        func run(block: Int, thread: Int) {}
    }

    /// Sizes of the model, and the speeds at which they give the measured times.
    private func rates(
        _ compute: ComputeProbe.Result, machine: MachineModel, element: CacheElement
    ) -> ModelRates {
        let layers = Double(max(needs.expertLayerCount, 1))
        let experts = Double(max(needs.expertLayerCount * needs.shape.expertCount, 1))
        let output = Double(needs.outputBytes)
        let dense = Double(needs.denseBytesPerToken) - output
        let capacity = 1024
        let state =
            needs.stateBytes(capacity: 2 * capacity, element: element)
            - needs.stateBytes(capacity: capacity, element: element)
        let positionBytes = Double(state) / Double(capacity)
        let weightSeconds = max(
            compute.tokenSeconds - layers * machine.layerOverheadSeconds, compute.tokenSeconds / 2)
        let rowBytes = Double(needs.bytesPerToken) - output
        var rates = ModelRates(
            denseBytesPerLayer: dense / layers, rowBytesPerSecond: rowBytes / max(compute.rowSeconds, 1e-9))
        rates.fingerprint = file.fingerprint.description
        rates.expertBytes = Double(needs.expertBytes) / experts
        rates.outputBytes = output
        rates.positionBytesPerLayer = positionBytes / layers
        rates.weightShare = Double(needs.bytesPerToken) / weightSeconds / machine.memoryBytesPerSecond
        if compute.positionSeconds > 0, positionBytes > 0 {
            rates.positionShare = positionBytes / compute.positionSeconds / machine.memoryBytesPerSecond
        }
        return rates
    }
}
