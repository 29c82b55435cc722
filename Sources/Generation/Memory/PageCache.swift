import Foundation

/// Brings a model's files into the page cache before the first step, so that no step waits for the disk.
public enum PageCache {
    /// Read at a time: large enough for any disk's sequential speed, small enough for smooth progress.
    private static let chunkBytes = 4 << 20

    /// Reads the parts of `paths` that are not in memory yet.
    ///
    /// - Parameter progress: called with the bytes read so far and all that have to be read; returning false
    ///   stops.
    /// - Returns: bytes that had to be read.
    @discardableResult
    public static func fill(_ paths: [String], progress: (_ done: Int, _ total: Int) -> Bool) -> Int {
        let missing = paths.map { ($0, missingChunks($0)) }
        let total = missing.reduce(0) { $0 + $1.1.count } * chunkBytes
        var done = 0
        for (path, chunks) in missing where !chunks.isEmpty {
            // A file that cannot be read here is reported by whoever needs its bytes.
            guard let handle = FileHandle(forReadingAtPath: path) else { continue }
            defer { try? handle.close() }
            for chunk in chunks {
                guard (try? handle.seek(toOffset: UInt64(chunk * chunkBytes))) != nil,
                    (try? handle.read(upToCount: chunkBytes)) != nil
                else { break }
                done += chunkBytes
                if !progress(done, total) { return done }
            }
        }
        return done
    }

    /// The chunks of a file of which at least one page is not in memory.
    private static func missingChunks(_ path: String) -> [Int] {
        guard let file = try? MappedPages(path) else { return [] }
        let pagesPerChunk = chunkBytes / file.pageBytes
        let isResident = file.residentPages()
        return stride(from: 0, to: isResident.count, by: pagesPerChunk).filter { first in
            isResident[first..<min(first + pagesPerChunk, isResident.count)].contains(false)
        }.map { $0 / pagesPerChunk }
    }
}
