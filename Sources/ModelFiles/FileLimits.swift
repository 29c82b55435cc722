/// The largest values that a file may claim.
///
/// Every count is checked against the bytes that are really there before anything is allocated; these limits
/// come on top, so that a file which *is* large cannot make the directory larger than any genuine model's.
package enum FileLimits {
    /// DeepSeek-V3 with one tensor per expert, and a scale beside each, has about 92,000.
    package static let tensors = 1_000_000

    /// Genuine files have fewer than 100 keys.
    package static let metadataEntries = 65_536

    /// GGUF documents 65,535 bytes for keys.
    package static let keyBytes = 65_535

    /// GGUF documents 64 bytes for tensor names; the longest of Hugging Face stay below 200.
    package static let tensorNameBytes = 4_096

    /// Chat templates are the longest strings of genuine files and stay below 1 MB.
    package static let stringBytes = 16 << 20

    /// The largest vocabularies have 262,144 tokens and about as many merges, twice; an element takes up to
    /// 24 bytes in memory.
    package static let arrayElements = 16 << 20

    /// GGUF documents arrays of arrays without a bound; no known file nests deeper than two. Reading
    /// recurses.
    package static let arrayNesting = 8

    /// What ggml defines for its tensors.
    package static let ggufDimensions = 4

    /// Convolutions of vision towers have five.
    package static let safetensorsDimensions = 8

    /// The bound of the safetensors reference reader; the largest `tokenizer.json` files are a third of it.
    package static let jsonBytes = 100_000_000

    /// Genuine configurations stay below 10. Reading recurses.
    package static let jsonNesting = 64

    /// What file systems allow for a name.
    package static let fileNameBytes = 255

    /// The parts of a model and the small files beside them.
    package static let storeFiles = 2 * parts

    /// Three per expert of the largest models are below 100,000; the dense runs between them are no more.
    package static let storeRuns = 16 << 20

    /// One for each combination of formats among layers: mixtures of formats have two or three.
    package static let storePatterns = 4_096

    /// Gate, up and down.
    package static let expertMatrices = 16

    /// One mapping each; the kernel's default bound for a process is 65,530. The largest model hub entries
    /// have under 300 parts.
    package static let parts = 4_096
}
