/// A job as the threads see it: where it lies and which type's
/// `run` to call. No box, so nothing is allocated.
@unsafe struct PublishedJob {
    private let type: any ParallelJob.Type
    private let address: UnsafeRawPointer

    init<Job: ParallelJob>(_ pointer: UnsafePointer<Job>) {
        unsafe type = Job.self
        unsafe address = UnsafeRawPointer(pointer)
    }

    func run(block: Int, thread: Int) { unsafe type.run(at: address, block: block, thread: thread) }
}

extension ParallelJob {
    fileprivate static func run(at address: UnsafeRawPointer, block: Int, thread: Int) {
        unsafe address.assumingMemoryBound(to: Self.self).pointee.run(block: block, thread: thread)
    }
}
